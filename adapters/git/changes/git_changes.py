"""The port for changes in Git, for repositories without a server that knows pull requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from adapters.git.address import redact
from adapters.git.changes.landing import Patience, land
from adapters.git.changes.proposing import propose, withdraw
from adapters.git.changes.trouble import releasing
from adapters.git.changes.workshop import Committing, Workshop
from adapters.git.repositories import GitRepositories
from engine.execute.ports import Change, Clock, Declined, Landed, Proposed
from engine.plan.ports import DocumentEditor

_Result = TypeVar("_Result")


class GitChanges:
    """Commits, and pull requests as branches that somebody merges.

    Implements `engine.execute.ports.Changes`. Changes of one repository are made one after the other in a process, so
    that they do not race each other; other processes are held off by compare-and-swap.
    """

    def __init__(
        self,
        repositories: GitRepositories,
        editor: DocumentEditor,
        clock: Clock,
        committing: Committing | None = None,
        *,
        patience: Patience | None = None,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            repositories: opens repositories; stays open as long as this is used.
            editor: edits documents.
            clock: dates commits.
            committing: who commits, and what signs; None for what Git is configured to.
            patience: how often a push that somebody else was quicker than is tried.
        """
        self._workshop = Workshop(repositories, editor, clock, committing or Committing())
        self._patience = patience or Patience()
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()

    async def commit(self, change: Change) -> Landed:
        """Put a change onto the application's branch as one commit, unless it is there.

        Raises:
            AdapterError: `RetryableError` for trouble that may pass, `TerminalError` for what will not.
        """
        return await self._alone(change, lambda: land(self._workshop, change, self._patience))

    async def propose(self, change: Change) -> Landed | Proposed | Declined:
        """Push the branch of a change unless it is there, and say whether it is merged.

        Raises:
            AdapterError: as `commit`.
        """
        return await self._alone(change, lambda: propose(self._workshop, change, self._patience))

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        """Remove the branch of a change, if it is as it was pushed and not merged; say where it has landed, if it has.

        Raises:
            AdapterError: as `commit`.
        """
        return await self._alone(change, lambda: withdraw(self._workshop, change, self._patience))

    async def _alone(self, change: Change, work: Callable[[], _Result]) -> _Result:
        # The lock is waited for here rather than in the thread, so that waiting takes no thread from others.
        shown = redact(change.target.repo_url)
        locks = self._locks.setdefault(asyncio.get_running_loop(), {})
        async with locks.setdefault(shown, asyncio.Lock()):
            return await asyncio.to_thread(_translated, shown, work)


def _translated(shown: str, work: Callable[[], _Result]) -> _Result:
    with releasing(shown):
        return work()
