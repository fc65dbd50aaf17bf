"""Whether a commit that is live has what was promoted: asked of Git, never of a server's word."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from adapters.git.overwritten import overwritten
from adapters.git.past import PastRepositories, PastRepository, is_after
from engine.execute.spec import SourceSpec, TargetSpec
from engine.plan.ports import DocumentEditor

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_KEPT = 2_000
_METADATA = "hydrator.metadata"
"""The file in which Argo CD's hydrator says which dry commit it rendered."""


class Stand(Enum):
    """How a live commit stands to the one that is waited for."""

    HAS = "it is that commit or a later one, and what was promoted still stands there"
    BEFORE = "it does not have that commit"
    OVERWRITTEN = "a later commit took back what was promoted"
    UNKNOWN = "no commit of the repository has that name"


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer, and what is to be said about it."""

    stand: Stand
    detail: str = ""


class Ancestry(Protocol):
    """What the landing rule asks of Git. Every method raises `engine.plan.ports.RepositoryError`."""

    def standing(self, target: TargetSpec, source: SourceSpec | None, commit: str, live: str) -> Standing:
        """Say how a live commit stands to ``commit``.

        Args:
            target: the application.
            source: which values were promoted; None where only the commit counts.
            commit: that is waited for.
            live: a full object name.
        """

    def contains(self, url: str, commit: str, live: str) -> bool:
        """Say whether a live commit of a repository is another one or comes after it."""

    def head(self, target: TargetSpec) -> str | None:
        """Return the commit the target's branch stands at now; None where there is no such branch."""

    def dry_commit(self, url: str, live: str, folder: str) -> str:
        """Return the dry commit that a commit of rendered manifests says it was made from; empty where it does not."""


class FreshRepositories(PastRepositories, Protocol):
    """Repositories that can be brought up to date."""

    def refresh(self, url: str) -> PastRepository:
        """Return a repository, with what was pushed until now."""


class GitAncestry:
    """Asks real repositories; answers about commits are kept, since commits do not change."""

    def __init__(self, repositories: FreshRepositories, editor: DocumentEditor) -> None:
        """Prepare to ask."""
        self._repositories, self._editor = repositories, editor
        self._known: OrderedDict[tuple[object, ...], Standing] = OrderedDict()
        self._lock = threading.Lock()

    def standing(self, target: TargetSpec, source: SourceSpec | None, commit: str, live: str) -> Standing:
        """Say how a live commit stands to another; see `Ancestry`."""
        key = (target.repo_url, target.folder, source, commit, live)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = self._standing(target, source, commit, live)
        if found.stand is not Stand.UNKNOWN:
            with self._lock:
                self._known[key] = found
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        return found

    def _standing(self, target: TargetSpec, source: SourceSpec | None, commit: str, live: str) -> Standing:
        repository = self._with(target.repo_url, commit, live)
        if repository is None:
            return Standing(Stand.UNKNOWN)
        if not is_after(repository, live, commit):
            return Standing(Stand.BEFORE)
        if source is None or live == commit:
            return Standing(Stand.HAS)
        lost = overwritten(repository, self._editor, target, source, commit, live)
        if lost is None:
            return Standing(Stand.HAS)
        return Standing(Stand.OVERWRITTEN, f"`{lost.path}` was overwritten by {lost.commit[:10]}")

    def contains(self, url: str, commit: str, live: str) -> bool:
        """Say whether a commit is another or after it; see `Ancestry`."""
        if commit == live:
            return True
        repository = self._with(url, commit, live)
        return repository is not None and is_after(repository, live, commit)

    def head(self, target: TargetSpec) -> str | None:
        """Return where a branch stands; see `Ancestry`."""
        return self._repositories.refresh(target.repo_url).resolve(target.branch)

    def dry_commit(self, url: str, live: str, folder: str) -> str:
        """Return what a rendered commit was made from; see `Ancestry`."""
        repository = self._with(url, live)
        if repository is None:
            return ""
        for path in (f"{folder}/{_METADATA}" if folder else _METADATA, _METADATA):
            content = repository.read(live, path)
            try:
                data = json.loads(content) if content is not None else None
            except (ValueError, RecursionError):
                continue
            dry = data.get("drySha") if isinstance(data, dict) else None
            if isinstance(dry, str) and is_commit(dry):
                return dry
        return ""

    def _with(self, url: str, *commits: str) -> PastRepository | None:
        """Return a repository that has some commits, fetched where it has to be; None where it does not have them."""
        if not all(is_commit(one) for one in commits):
            return None
        repository = self._repositories.open(url)
        if not _has(repository, commits):
            repository = self._repositories.refresh(url)
        return repository if _has(repository, commits) else None


def _has(repository: PastRepository, commits: tuple[str, ...]) -> bool:
    return all(repository.resolve(one) == one for one in commits)


def is_commit(text: str) -> bool:
    """Say whether a text is the full name of a commit, rather than a branch or a chart's version."""
    return _COMMIT.fullmatch(text) is not None
