"""How a change that is proposed on a forge stands in Git, which has the last word."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.forge.port import Pull
from adapters.git.changes.branch import proposed_reference
from adapters.git.changes.landing import Patience
from adapters.git.changes.lookup import effects
from adapters.git.changes.merged import brought_by, values_since
from adapters.git.changes.workshop import Workshop, branch_of
from adapters.git.upstream import Upstream
from engine.execute.errors import RetryableError
from engine.execute.ports import Change, Landed


@dataclass(frozen=True, slots=True)
class ChangeInGit:
    """Asks the target's repository about one change.

    Attributes:
        workshop: reads, commits and pushes.
        change: what is proposed.
    """

    workshop: Workshop
    change: Change

    def upstream(self) -> tuple[Upstream, str]:
        """Return the target's repository, brought up to date, and the reference of its branch.

        Raises:
            RepositoryError: when it cannot be read.
        """
        upstream = self.workshop.repositories.upstream(self.change.target.repo_url)
        return upstream, branch_of(upstream, self.change.target.branch)

    def landed(self, upstream: Upstream, head: str) -> Landed | None:
        """Return the change where the target's branch has its commit, however it came there."""
        for sha in effects(upstream, self.change, head, self.change.target.head):
            return self.workshop.landed(upstream, brought_by(upstream, sha, head), sha)
        return None

    def otherwise(self, upstream: Upstream, head: str) -> Landed:
        """Return the change where the target's branch has its values since commits of others."""
        commit = values_since(self.workshop, self.change, upstream, head)
        return self.workshop.landed(upstream, commit, commit)

    def holds(self, pull: Pull) -> bool:
        """Say whether a pull request without the mark, which people can remove, has the change's commit."""
        upstream, _ = self.upstream()
        if upstream.repository.resolve(pull.head) != pull.head:
            return False
        return bool(effects(upstream, self.change, pull.head, self.change.target.head))

    def is_amended(self, upstream: Upstream, tip: str, head: str) -> bool:
        """Say whether others pushed to the change's branch."""
        return effects(upstream, self.change, tip, head)[:1] != (tip,)

    def overtaken(self, patience: Patience) -> RetryableError:
        """Return the error that somebody else was quicker each time."""
        return RetryableError(
            f"others moved the branch `{proposed_reference(self.change)}` first, {patience.attempts} times in a row",
            "it is tried again later",
        )
