"""A change as one commit on the application's branch: once, whoever else pushes, and however often it is asked for."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from adapters.git.changes.computed import Computed, check_undisturbed
from adapters.git.changes.lookup import effects
from adapters.git.changes.workshop import Workshop, branch_of, require_head
from adapters.git.pushing import Moved
from adapters.git.upstream import Upstream
from engine.execute.errors import RetryableError
from engine.execute.ports import Change, Landed


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a push that somebody else was quicker than is tried.

    Attributes:
        attempts: at most so many pushes.
        first: seconds of the first pause at most; doubled each time.
        longest: seconds no pause exceeds.
        sleep: waits.
        chance: a number from 0 to 1; pauses are random, so that those who collided once do not collide again.
    """

    attempts: int = 10
    first: float = 0.05
    longest: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def pause(self, attempt: int) -> None:
        """Wait after an attempt; the first has number 0."""
        self.sleep(min(self.longest, self.first * 2**attempt) * (0.25 + 0.75 * self.chance()))


def land(workshop: Workshop, change: Change, patience: Patience) -> Landed:
    """Put a change onto the application's branch, unless it is there.

    When somebody else pushes first, the edit is computed anew on what they pushed; text is never rebased. It must
    then still change the same values in the same way.

    Raises:
        AdapterError: when it cannot be done, now or ever.
        RepositoryError: when a repository cannot be read.
        UnreachableError: likewise.
        GitError: when Git fails locally.
        OSError: when there is no room for the commit.
    """
    first: Computed | None = None
    last: Moved | None = None
    for attempt in range(patience.attempts):
        upstream = workshop.repositories.upstream(change.target.repo_url)
        reference = branch_of(upstream, change.target.branch)
        head = require_head(upstream, reference)
        adopted = _adopted(workshop, change, upstream, head)
        if adopted is not None:
            return adopted
        computed = workshop.compute(change, upstream, head)
        if first is None:
            first = computed
        check_undisturbed(first, computed)
        if not computed.writes:
            return Landed(head, False)
        outcome = workshop.make_and_push(change, upstream, head, computed, reference, head)
        if isinstance(outcome, Landed):
            return outcome
        last = outcome
        patience.pause(attempt)
    assert last is not None
    raise RetryableError(
        f"{change.target.repo_url}: others pushed to `{change.target.branch}` first, "
        f"{patience.attempts} times in a row ({last.reason})",
        "it is tried again later",
    )


def _adopted(workshop: Workshop, change: Change, upstream: Upstream, head: str) -> Landed | None:
    """Return the change as an earlier call has landed it.

    Anybody who may push can write a trailer; so a commit counts only when the promoted values stand there.
    """
    for sha in effects(upstream, change, head, change.target.head):
        if not workshop.compute(change, upstream, sha).writes:
            return workshop.landed(upstream, sha, sha)
    return None
