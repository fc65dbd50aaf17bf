"""What the dry run needs of the world, as protocols that adapters implement.

The planner itself is pure: it reads repositories and edits documents only through
these ports, so the same planner runs against real Git, and against values in a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """One commit, as recorded by Git.

    Attributes:
        sha: the full hexadecimal object name.
        author: the author's display name.
        email: the author's address.
        date: author date, ISO 8601 with offset, e.g. ``2026-11-02T09:30:00+01:00``.
        message: the whole message, without the final newline.
        parents: object names of the parents, first parent first.
    """

    sha: str
    author: str
    email: str
    date: str
    message: str
    parents: tuple[str, ...]


class EntryKind(Enum):
    """What a path in a commit's tree is."""

    FILE = "file"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a commit.

    Attributes:
        path: from the repository's root, with ``/`` and without a leading one.
        kind: a regular file, a symbolic link or a submodule.
        size: bytes; 0 for a submodule.
    """

    path: str
    kind: EntryKind
    size: int


class Repository(Protocol):
    """One Git repository, read-only.

    Every method raises `engine.plan.ports.RepositoryError` when the repository cannot be read;
    a revision or a path that does not exist is an answer (None), not an error.
    """

    @property
    def url(self) -> str:
        """The address the repository was first asked for by, never with credentials."""

    def resolve(self, revision: str) -> str | None:
        """Return the commit a branch, tag or object name (full or abbreviated) stands for."""

    def commit(self, sha: str) -> CommitInfo:
        """Return the record of a commit that `resolve` returned."""

    def read(self, sha: str, path: str) -> bytes | None:
        """Return a regular file's content at a commit; None where there is no such file."""

    def entries(self, sha: str, folder: str) -> tuple[TreeEntry, ...]:
        """Return every entry below a folder at a commit, sorted by path; empty where there is none."""

    def changed_paths(self, sha: str) -> tuple[str, ...]:
        """Return the paths a commit changed against its first parent (all of them for a root), sorted."""

    def branches_with(self, sha: str) -> tuple[str, ...]:
        """Return the short names of the branches that contain a commit, sorted."""

    def tags_at(self, sha: str) -> tuple[str, ...]:
        """Return the short names of the tags that point at a commit, sorted."""


class Repositories(Protocol):
    """Finds the repository for a ``repoURL``."""

    def open(self, url: str) -> Repository:
        """Return the repository at an address: the same object for the same repository, however it is spelt.

        Raises:
            RepositoryError: when it can be neither read locally nor fetched.
        """


class RepositoryError(Exception):
    """A repository cannot be read; the text says which, why, and what to do."""

    def __init__(self, url: str, reason: str, help: str = "") -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.help = help


class ChangeKind(Enum):
    """What happens to one value of a document."""

    REPLACED = "replaced"
    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value that an edit changes.

    Attributes:
        path: the RFC 9535 normalized path, e.g. ``$['image']['tag']``.
        kind: replaced, inserted or removed.
        before: the value before as JSON text; None when inserted.
        after: the value after as JSON text; None when removed.
    """

    path: str
    kind: ChangeKind
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Edited:
    """The result of an edit that succeeded (possibly changing nothing).

    Attributes:
        content: the whole document after the edit.
        changes: what changed, document by document, members in the order of the result and removed ones after them.
        unmatched: the paths, of those asked for, that matched nothing in the source and nothing in the target.
        notes: what a reader should know, e.g. values of the source that have no place in the target.
    """

    content: bytes
    changes: tuple[ValueChange, ...]
    unmatched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditRefused:
    """The edit cannot be made with certainty; nothing was changed.

    Attributes:
        reason: what stands in the way, for a person.
        line: 1-based line in the document the reason is about; 0 when it is about no place.
        column: 1-based column; 0 when it is about no place.
        in_source: whether the place lies in the source document rather than the target.
    """

    reason: str
    line: int = 0
    column: int = 0
    in_source: bool = False


class DocumentEditor(Protocol):
    """Copies values named by JSONPaths from one document into another, byte-exactly elsewhere."""

    def promote(self, *, path: str, source: bytes, target: bytes, json_paths: tuple[str, ...]) -> Edited | EditRefused:
        """Make the values at ``json_paths`` in ``target`` what they are in ``source``.

        Args:
            path: the file's name; its ending says what the document is (YAML or JSON).
            source: the document values come from.
            target: the document that is edited.
            json_paths: RFC 9535 queries. The query ``*`` alone means the whole file.
        """

    def value(self, *, path: str, document: bytes, json_path: str) -> str | EditRefused | None:
        """Return the single scalar a query selects, as text; None when it selects nothing."""

    def check_path(self, json_path: str) -> str | None:
        """Return what is wrong with a query, or None when it is valid."""
