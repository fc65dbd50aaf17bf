"""Commits, folders and files of one repository, remembered where Git's immutability allows it."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Sequence
from typing import NoReturn

from adapters.git.failure import GitError
from adapters.git.location import Location
from adapters.git.objects import Ambiguous, ObjectHeader, ObjectReader, StoredObject
from adapters.git.process import Git
from adapters.git.promised import PromisedObjects
from adapters.git.record import CommitObject, parse_commit
from adapters.git.trees import Tree, TreeItem, parse_tree

_CACHED_COMMITS = 2_000
_CACHED_TREE_ITEMS = 300_000
_LOADED_TREES = 400  # folders whose bytes are held at once
_SIBLINGS = 256  # files of one folder that are fetched together with the one that was asked for


class ObjectStore:
    """Typed access to a repository's objects; safe to use from several threads.

    It is itself the `adapters.git.trees.Trees` that walks read from.

    Every method raises `GitError` when the repository cannot be read, and `MalformedObjectError` for an object that
    does not have its format.
    """

    def __init__(self, git: Git, location: Location) -> None:
        """Prepare to read; nothing is started yet.

        Args:
            git: how Git is run; its transports say whether missing objects may be fetched.
            location: where the repository lies.
        """
        self._git = git
        self._location = location
        self._objects = ObjectReader(git, location.folder)
        self._promised = None
        if location.promisor is not None:
            self._promised = PromisedObjects(git, location.folder, location.promisor)
        self._commits: dict[str, CommitObject] = {}
        self._trees: dict[str, Tree] = {}
        self._tree_items = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the processes; a later read starts them again."""
        self._objects.close()

    def commit(self, sha: str) -> CommitObject | None:
        """Return the commit with a full object name, None where there is none."""
        known = self._commits.get(sha)
        if known is not None:
            return known
        if re.fullmatch(r"[0-9a-f]+", sha) is None or len(sha) != self._location.oid_size * 2:
            return None
        found = self._objects.read(sha, f"the commit {sha}")
        if not isinstance(found, StoredObject) or found.header.type != "commit":
            return None
        return self._remember(found)

    def find_commit(self, expression: str) -> CommitObject | None:
        """Return the commit a reference or name, with steps to an ancestor, leads to; None where it leads to none."""
        found = self._objects.read(f"{expression}^{{commit}}", f"the commit `{expression}`")
        return self._remember(found) if isinstance(found, StoredObject) else None

    def count_commits(self, prefix: str) -> int:
        """Return how many commits have a name that begins like this, where Git finds it ambiguous; otherwise 0."""
        if not isinstance(self._objects.headers([prefix])[0], Ambiguous):
            return 0
        answer = self._git.run(self._location.folder, "rev-parse", f"--disambiguate={prefix}")
        headers = self._objects.headers(answer.decode("ascii").split())
        return sum(isinstance(header, ObjectHeader) and header.type == "commit" for header in headers)

    def __call__(self, oid: str, /) -> Tree:
        """Return the rows of a folder."""
        known = self._trees.get(oid)
        return self._read_trees([oid])[0] if known is None else known

    def load(self, oids: Collection[str], /) -> None:
        """Read folders that are about to be asked for together, which is faster than one after the other."""
        unknown = [oid for oid in oids if oid not in self._trees]
        for start in range(0, len(unknown), _LOADED_TREES):
            self._read_trees(unknown[start : start + _LOADED_TREES])

    def _read_trees(self, oids: Sequence[str]) -> list[Tree]:
        trees: list[Tree] = []
        for oid, found in zip(oids, self._objects.read_all(oids, "a folder"), strict=True):
            if not isinstance(found, StoredObject) or found.header.type != "tree":
                missing(f"the tree {oid}")
            trees.append(parse_tree(found.data, self._location.oid_size))
        with self._lock:
            if self._tree_items > _CACHED_TREE_ITEMS:
                self._trees.clear()
                self._tree_items = 0
            for oid, tree in zip(oids, trees, strict=True):
                self._trees[oid] = tree
                self._tree_items += len(tree) + 1
        return trees

    def content(self, folder: str, item: TreeItem, path: str) -> bytes:
        """Return the content of a file; in a partial clone its siblings are fetched along with it.

        Args:
            folder: the object name of the tree that holds it.
            item: its row there.
            path: for messages.
        """
        if self._promised is not None:
            files = [row.oid for row in self(folder) if row.is_file]
            self._promised.ensure(folder, files if len(files) <= _SIBLINGS else [item.oid])
        found = self._objects.read(item.oid, f"the file `{path}`")
        if not isinstance(found, StoredObject):
            missing(f"the content of `{path}`")
        return found.data

    def sizes(self, folder: str, oids: Sequence[str]) -> dict[str, int]:
        """Return the sizes, in bytes, of files below a folder; those that are missing are left out."""
        self.bring(folder, oids)
        headers = self._objects.headers(oids)
        return {oid: header.size for oid, header in zip(oids, headers, strict=True) if isinstance(header, ObjectHeader)}

    def bring(self, folder: str, oids: Iterable[str]) -> None:
        """Fetch those files below a folder that a partial clone lacks, in one connection."""
        if self._promised is not None:
            self._promised.ensure(folder, oids)

    def _remember(self, found: StoredObject) -> CommitObject:
        commit = parse_commit(found.header.name, found.data)
        with self._lock:
            if len(self._commits) >= _CACHED_COMMITS:
                self._commits.clear()
            self._commits[commit.info.sha] = commit
        return commit


def missing(what: str) -> NoReturn:
    """Raise because an object that another one names is not there."""
    raise GitError(128, f"fatal: missing object: {what} is not in the repository")
