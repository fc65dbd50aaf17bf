"""The branch of a proposed change: made, pushed, adopted, kept mergeable, removed.

Whatever knows pull requests, a server or nobody, needs this branch; how a pull request stands is asked elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.git.changes.lookup import effects
from adapters.git.changes.workshop import Workshop, head_of
from adapters.git.pushing import Moved, RefUpdate, push
from adapters.git.revision import branch_reference
from adapters.git.upstream import Upstream
from adapters.git.workbench import workbench
from engine.execute.errors import TerminalError
from engine.execute.ports import Change


@dataclass(frozen=True, slots=True)
class Pushed:
    """The branch is there and holds the change; ``tip`` is where it stands."""

    tip: str


@dataclass(frozen=True, slots=True)
class NothingToPush:
    """The base has all that the change would bring; ``tip`` is where the change's branch stands, if there is one."""

    tip: str | None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A branch of that name is there that does not hold the change; ``tip`` is where it stands."""

    tip: str


def proposed_reference(change: Change) -> str:
    """Return the full reference of a change's branch.

    Raises:
        TerminalError: when its name cannot be one.
    """
    reference = branch_reference(change.proposed)
    if reference is None:
        raise TerminalError(f"`{change.proposed[:80]}` cannot be the name of a branch")
    return reference


def ensure_branch(
    workshop: Workshop, change: Change, upstream: Upstream, head: str, *marks: str, current: bool = False
) -> Pushed | NothingToPush | Foreign | Moved:
    """Make a change's branch as one commit on top of the target's head, unless there is one with the change's key.

    One that is there and that only promo has pushed to is made anew when the files it changes have changed in the
    target, so that it can be merged. One that others pushed to is left as it is.

    Args:
        workshop: reads, commits and pushes.
        change: what is proposed.
        upstream: the target's repository, fresh.
        head: where the target's branch stands.
        marks: full references that are made together with the branch, and must not exist.
        current: whether one that is not on top of ``head`` is made anew in any case, because the target takes no other.

    Returns:
        `Moved` when somebody else moved the branch meanwhile, or a mark exists.

    Raises:
        AdapterError: when the change cannot be made, or the repository refuses.
        RepositoryError: when a repository cannot be read.
        UnreachableError: likewise.
        GitError: when Git fails locally.
        OSError: when there is no room for the commit.
    """
    reference = proposed_reference(change)
    tip = head_of(upstream, reference)
    if tip is not None:
        own = effects(upstream, change, tip, head)
        if not own:
            return Foreign(tip)
        behind = current and upstream.repository.commit(tip).parents != (head,)
        if own[0] != tip or not (behind or _outdated(upstream, tip, head)):
            return Pushed(tip)
    computed = workshop.compute(change, upstream, head)
    if not computed.writes:
        return NothingToPush(tip)
    made_with = marks if tip is None else ()
    outcome = workshop.make_and_push(change, upstream, head, computed, reference, tip or "", *made_with)
    return outcome if isinstance(outcome, Moved) else Pushed(outcome.commit)


def remove_branch(change: Change, upstream: Upstream, head: str | None) -> Moved | None:
    """Remove a change's branch where it stands at the change's own commit, and that is not merged.

    Args:
        change: what was proposed.
        upstream: the target's repository, fresh.
        head: where the target's branch stands; None where it is gone.

    Returns:
        `Moved` when somebody else moved the branch meanwhile.

    Raises:
        AdapterError: when the repository cannot be reached or refuses.
        RepositoryError: when it cannot be read.
        GitError: when Git fails locally.
        OSError: when there is no room to work in.
    """
    reference = proposed_reference(change)
    tip = head_of(upstream, reference)
    if tip is None or effects(upstream, change, tip, head or change.target.head)[:1] != (tip,):
        return None
    with workbench(upstream) as folder:
        return push(upstream, folder, [RefUpdate(reference, tip, "")])


def _outdated(upstream: Upstream, tip: str, head: str) -> bool:
    """Say whether a file that the branch changes differs between its base and the target's head."""
    repository = upstream.repository
    parents = repository.commit(tip).parents
    if len(parents) != 1 or parents[0] == head:
        return False
    return any(
        repository.item(parents[0], path) != repository.item(head, path) for path in repository.changed_paths(tip)
    )
