"""Whether a commit is in another's past, at a cost that does not grow with the whole history."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from engine.plan.ports import CommitInfo, Repository

_NEAR = 256
"""Commits of each past that are looked at here, which costs less than a process of Git while two are close."""


class Commits(Protocol):
    """What is asked of a repository; every method raises `engine.plan.ports.RepositoryError`."""

    def commit(self, sha: str) -> CommitInfo:
        """Return the record of a commit."""

    def is_ancestor(self, earlier: str, later: str) -> bool:
        """Say whether a commit is another one or in its past, however long that is."""


class PastRepository(Repository, Commits, Protocol):
    """A repository whose past can be asked about."""


class PastRepositories(Protocol):
    """Finds such a repository; see `engine.plan.ports.Repositories`."""

    def open(self, url: str) -> PastRepository:
        """Return the repository at an address."""


def is_after(repository: Commits, later: str, earlier: str) -> bool:
    """Say whether a commit is another one or comes after it.

    Both pasts are walked in turn, since usually one commit is a few steps from the other, whichever is the later; where
    they are further apart than 256 commits, Git is asked, which does not look at what is older than both.

    Args:
        repository: that has them.
        later: a full object name.
        earlier: a full object name.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    if later == earlier:
        return True
    forth, back = _Past(repository, later, earlier), _Past(repository, earlier, later)
    for _ in range(_NEAR):
        found = forth.step()
        if found is not None:
            return found
        if back.step():
            return False
    return repository.is_ancestor(earlier, later)


class _Past:
    """The commits before one, walked breadth first in search of another."""

    def __init__(self, repository: Commits, start: str, wanted: str) -> None:
        self._repository, self._wanted = repository, wanted
        self._seen = {start}
        self._waiting = deque([start])

    def step(self) -> bool | None:
        """Look at one commit: True when it leads to the one, False when there are no more, None to go on."""
        if not self._waiting:
            return False
        for parent in self._repository.commit(self._waiting.popleft()).parents:
            if parent == self._wanted:
                return True
            if parent not in self._seen:
                self._seen.add(parent)
                self._waiting.append(parent)
        return None
