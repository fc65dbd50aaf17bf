"""The repositories as the plan sees them: real commits, with the plan's own edits laid on top.

Later environments are computed on the result of earlier steps, so an edit is kept here and never written
anywhere.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from engine.model.argo import Application, Source
from engine.model.promoted_source import NoPromotedSource, promoted_source
from engine.plan.ports import CommitInfo, EntryKind, Repositories, Repository, RepositoryError


@dataclass(frozen=True, slots=True)
class Location:
    """Where an application's files are: a repository, a branch and a folder.

    Attributes:
        repository: the open repository.
        repo_url: its address, as the application says it.
        branch: the target revision.
        folder: the source path, normalised; empty for the root.
        commit: the commit the branch stands at, or the pinned one.
    """

    repository: Repository
    repo_url: str
    branch: str
    folder: str
    commit: str

    def file(self, name: str) -> str | None:
        """Return the path of a file below the folder; None when the name leads outside it."""
        path = posixpath.normpath(posixpath.join(self.folder, name))
        inside = path == self.folder or path.startswith(f"{self.folder}/") if self.folder else path != ".."
        if not inside or path.startswith(("../", "/")) or name.startswith("/"):
            return None
        return path


class UnreachableError(Exception):
    """An application's files cannot be had; the text says why, ``unblock`` what to do."""

    def __init__(self, reason: str, unblock: str, *, repository: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unblock = unblock
        self.repository = repository


class NotABranchError(UnreachableError):
    """An application follows something that no commit can be added to."""


@dataclass(slots=True)
class World:
    """Every repository of a plan, read through the port, and the edits made so far.

    Attributes:
        repositories: opens a repository by address.
        pins: commits that stand in for a branch's head, by application key.
    """

    repositories: Repositories
    pins: dict[str, str] = field(default_factory=dict)
    _open: dict[str, Repository] = field(default_factory=dict)
    _edits: dict[tuple[int, str], dict[str, bytes]] = field(default_factory=dict)
    _heads: dict[tuple[str, str], str] = field(default_factory=dict)

    def repository(self, url: str) -> Repository:
        """Open a repository once.

        Raises:
            UnreachableError: when it cannot be read.
        """
        if url not in self._open:
            try:
                self._open[url] = self.repositories.open(url)
            except RepositoryError as failed:
                raise _unreachable(failed) from failed
        return self._open[url]

    def locate(self, application: Application, *, writable: bool) -> Location:
        """Return where an application's files are.

        Args:
            application: an application of which a source can be promoted.
            writable: whether a commit must be possible there.

        Raises:
            UnreachableError: when its repository or revision cannot be read.
            NotABranchError: when ``writable`` and it follows a tag or a commit.
        """
        source = dry_source(application)
        repository = self.repository(source.repo_url)
        pinned = self.pins.get(application.key)
        commit = pinned or self._resolve(repository, source)
        if writable and source.target_revision != "HEAD":
            with _reading():
                branches = repository.branches_with(commit)
            if source.target_revision not in branches:
                raise NotABranchError(
                    f"it follows `{source.target_revision}`, which is not a branch of {repository.url}",
                    "let the application follow a branch",
                )
        folder = posixpath.normpath(source.path) if source.path else ""
        if folder == ".":
            folder = ""
        if folder.startswith(("../", "/")) or folder == "..":
            raise UnreachableError(
                f"its path `{source.path}` leads outside the repository", "correct `spec.source.path`"
            )
        return Location(repository, source.repo_url, source.target_revision, folder, commit)

    def _resolve(self, repository: Repository, source: Source) -> str:
        with _reading():
            commit = repository.resolve(source.target_revision)
        if commit is None:
            raise UnreachableError(
                f"{repository.url} has no revision `{source.target_revision}`",
                "push the branch, or correct `targetRevision`",
                repository=True,
            )
        self._heads[(source.repo_url, source.target_revision)] = commit
        return commit

    @property
    def heads(self) -> dict[tuple[str, str], str]:
        """Return every branch head that was read: ``(repository, revision)`` to commit."""
        return dict(self._heads)

    def commit(self, location: Location) -> CommitInfo:
        """Return the record of the commit an application is read at.

        Raises:
            UnreachableError: when the repository cannot be read.
        """
        with _reading():
            return location.repository.commit(location.commit)

    def read(self, location: Location, path: str) -> bytes | None:
        """Return a file as the plan has left it; None where there is no regular file."""
        edited = self._edits.get((id(location.repository), location.branch), {})
        if path in edited:
            return edited[path]
        with _reading():
            return location.repository.read(location.commit, path)

    def write(self, location: Location, path: str, content: bytes) -> None:
        """Remember an edit for later steps."""
        self._edits.setdefault((id(location.repository), location.branch), {})[path] = content

    def is_edited(self, location: Location) -> bool:
        """Say whether the plan changed anything in an application's folder."""
        prefix = f"{location.folder}/" if location.folder else ""
        edits = self._edits.get((id(location.repository), location.branch), {})
        return any(path.startswith(prefix) for path in edits)

    def files(self, location: Location) -> tuple[tuple[str, EntryKind], ...]:
        """Return every entry below an application's folder as the plan has left it, sorted by path."""
        with _reading():
            entries = location.repository.entries(location.commit, location.folder)
        kinds = {entry.path: entry.kind for entry in entries}
        prefix = f"{location.folder}/" if location.folder else ""
        for path in self._edits.get((id(location.repository), location.branch), {}):
            if path.startswith(prefix):
                kinds[path] = EntryKind.FILE
        return tuple(sorted(kinds.items()))


def dry_source(application: Application) -> Source:
    """Return the one source a promotion would edit; see `promoted_source`.

    Raises:
        UnreachableError: when there is none, or which it is is not certain.
    """
    found = promoted_source(application)
    if isinstance(found, NoPromotedSource):
        raise UnreachableError(found.reason, found.unblock)
    return found


class _reading:  # noqa: N801 - used like a statement
    """Turns a repository's failure into `UnreachableError`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, value: BaseException | None, trace: object) -> None:
        if isinstance(value, RepositoryError):
            raise _unreachable(value) from value


def _unreachable(failed: RepositoryError) -> UnreachableError:
    return UnreachableError(str(failed), failed.help or "check the address and your access to it", repository=True)
