"""The port for changes in Git, with pull requests where a forge has the repository."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from adapters.forge.forges import Forges, Hosted
from adapters.forge.port import Pull
from adapters.forge.pulling import Pulling
from adapters.git.address import redact
from adapters.git.changes import Committing, GitChanges, Patience
from adapters.git.changes.trouble import releasing
from adapters.git.changes.workshop import Workshop
from adapters.git.repositories import GitRepositories
from engine.execute.ports import Change, Clock, Declined, Landed, Proposed
from engine.plan.ports import DocumentEditor

_Result = TypeVar("_Result")
_REMEMBERED = 10_000


class ForgeChanges:
    """Commits, and pull requests on GitHub, GitLab, Gitea and Forgejo.

    Implements `engine.execute.ports.Changes`. A repository that no forge has is treated as `GitChanges` does. A pull
    request that waits costs one request, which the forge answers without a body while nothing has changed.
    """

    def __init__(
        self,
        forges: Forges,
        repositories: GitRepositories,
        editor: DocumentEditor,
        clock: Clock,
        committing: Committing | None = None,
        *,
        patience: Patience | None = None,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            forges: the forges; they stay open as long as this is used.
            repositories: opens repositories; stays open as long as this is used.
            editor: edits documents.
            clock: dates commits.
            committing: who commits, and what signs; None for what Git is configured to.
            patience: how often a push that somebody else was quicker than is tried.
        """
        self._forges = forges
        self._git = GitChanges(repositories, editor, clock, committing, patience=patience)
        self._workshop = Workshop(repositories, editor, clock, committing or Committing())
        self._patience = patience or Patience()
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    async def commit(self, change: Change) -> Landed:
        """Put a change onto the application's branch as one commit, unless it is there.

        Raises:
            AdapterError: `RetryableError` for trouble that may pass, `TerminalError` for what will not.
        """
        return await self._git.commit(change)

    async def propose(self, change: Change) -> Landed | Proposed | Declined:
        """Open a pull request unless there is one, and say how it stands.

        Raises:
            AdapterError: as `commit`.
        """
        hosted = self._forges.of(change.target.repo_url)
        if hosted is None:
            return await self._git.propose(change)
        return await self._working(change, lambda: self._propose(hosted, change))

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        """Close the pull request of a change with a comment that says why, and remove its branch.

        A branch that others pushed to stays.

        Raises:
            AdapterError: as `commit`.
        """
        hosted = self._forges.of(change.target.repo_url)
        if hosted is None:
            return await self._git.withdraw(change, reason)
        return await self._working(change, lambda: self._withdraw(hosted, change, reason))

    def _propose(self, hosted: Hosted, change: Change) -> Landed | Proposed | Declined:
        pulling = self._pulling(hosted, change)
        pull = self._known(hosted, change) or pulling.find()
        answer = pulling.stands(pull)
        self._remember(change, pulling.found)
        return answer

    def _withdraw(self, hosted: Hosted, change: Change, reason: str) -> Landed | None:
        pulling = self._pulling(hosted, change)
        answer = pulling.withdraw(pulling.find(), reason)
        with self._lock:
            self._numbers.pop(change.key, None)
        return answer

    def _pulling(self, hosted: Hosted, change: Change) -> Pulling:
        return Pulling(self._workshop, hosted, change, self._patience)

    def _known(self, hosted: Hosted, change: Change) -> Pull | None:
        """Return a pull request that was found before, which costs one request instead of two."""
        number = self._numbers.get(change.key)
        return None if number is None else hosted.forge.look(hosted.project, number)

    def _remember(self, change: Change, pull: Pull | None) -> None:
        if pull is None:
            return
        with self._lock:
            self._numbers[change.key] = pull.number
            while len(self._numbers) > _REMEMBERED:
                self._numbers.popitem(last=False)

    async def _working(self, change: Change, work: Callable[[], _Result]) -> _Result:
        return await asyncio.to_thread(_translated, redact(change.target.repo_url), work)


def _translated(shown: str, work: Callable[[], _Result]) -> _Result:
    with releasing(shown):
        return work()
