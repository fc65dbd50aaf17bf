"""Applications without a server: their folder on their branch is what is deployed."""

from __future__ import annotations

from adapters.live.answer import Said
from adapters.local.health.folder import problems
from engine.plan.ports import Repository


def local_said(repository: Repository, commit: str, folder: str, check: str) -> Said:
    """Return how an application stands by its folder.

    Args:
        repository: where it is.
        commit: the branch's.
        folder: from the repository's root.
        check: the program that has the last word in a release; it is not run here, since a plan runs nothing.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    wrong = problems(repository, commit, folder)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        return Said("Degraded", "Synced", commit, f"{wrong[0]}{more}")
    notes = (f"its folder is right; the check `{check}` is run by releases only",) if check else ()
    return Said("Unknown" if check else "Healthy", "Synced", commit, notes=notes)
