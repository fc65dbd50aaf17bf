"""Git's tree objects: their format, and walks over them.

Pure: trees come from a function that the caller passes, so nothing here knows where they are stored. Paths and names
are bytes, as Git stores them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple, Protocol

from adapters.git.malformed import MalformedObjectError

MAX_PATHS = 500_000
"""The most paths one walk returns; a tree of a few kilobytes can otherwise describe billions."""

MAX_DEPTH = 500
"""The deepest nesting of folders that is followed."""

FOLDER = 0o040000
SYMLINK = 0o120000
SUBMODULE = 0o160000
_TYPE = 0o170000


class TreeItem(NamedTuple):
    """One row of a tree: its name, its mode and the name of its object in hexadecimal."""

    name: bytes
    mode: int
    oid: str

    @property
    def kind(self) -> int:
        """The type part of the mode: `FOLDER`, `SYMLINK`, `SUBMODULE`, anything else is a file."""
        return self.mode & _TYPE

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, executable or not."""
        return self.kind not in (FOLDER, SYMLINK, SUBMODULE)

    @property
    def is_executable(self) -> bool:
        """Whether it is a regular file with the executable bit."""
        return self.is_file and bool(self.mode & 0o100)


Tree = tuple[TreeItem, ...]


class Trees(Protocol):
    """Where trees come from."""

    def __call__(self, oid: str, /) -> Tree:
        """Return the tree with an object name."""

    def load(self, oids: Collection[str], /) -> None:
        """Make ready trees that are about to be asked for, together."""


def parse_tree(data: bytes, oid_size: int) -> Tree:
    """Parse a tree object.

    Args:
        data: the object's content.
        oid_size: bytes of an object name: 20 for SHA-1, 32 for SHA-256.

    Raises:
        MalformedObjectError: when it is cut short, or holds a name that could lead out of the tree or into ``.git``.
    """
    items: list[TreeItem] = []
    at, size = 0, len(data)
    while at < size:
        space = data.find(b" ", at)
        zero = data.find(b"\0", space)
        stop = zero + 1 + oid_size
        mode = data[at:space]
        if space < 0 or zero < 0 or stop > size or not mode.isdigit() or len(mode) > 6:
            raise MalformedObjectError("a tree object is cut short or damaged")
        name = data[space + 1 : zero]
        if not name or b"/" in name or name in (b".", b"..") or name.lower() == b".git":
            raise MalformedObjectError(f"a tree holds the forbidden name `{name.decode('utf-8', 'replace')}`")
        items.append(TreeItem(name, int(mode, 8), data[zero + 1 : stop].hex()))
        at = stop
    return tuple(items)


def find(trees: Trees, root: str, path: tuple[bytes, ...]) -> TreeItem | None:
    """Return what a path leads to below a tree (itself for the empty path), None where there is nothing."""
    item = TreeItem(b"", FOLDER, root)
    for name in path:
        if item.kind != FOLDER:
            return None
        found = next((row for row in trees(item.oid) if row.name == name), None)
        if found is None:
            return None
        item = found
    return item


def walk(trees: Trees, root: str, prefix: bytes = b"") -> Iterator[tuple[bytes, TreeItem]]:
    """Yield every path below a tree that is not a folder, with its row, in no particular order.

    Args:
        trees: where trees come from.
        root: the tree to begin with.
        prefix: what stands before every path; empty, or ending in ``/``.

    Raises:
        MalformedObjectError: when there are more than `MAX_PATHS` or folders nest deeper than `MAX_DEPTH`.
    """
    level, depth, count = [(prefix, root)], 0, 0
    while level:
        trees.load({oid for _, oid in level})
        below: list[tuple[bytes, str]] = []
        for folder, oid in level:
            for item in trees(oid):
                count = _counted(count, depth)
                path = folder + item.name
                if item.kind == FOLDER:
                    below.append((path + b"/", item.oid))
                else:
                    yield path, item
        level, depth = below, depth + 1


def changed(trees: Trees, before: str, after: str) -> Iterator[bytes]:
    """Yield the paths that differ between two trees: added, removed, or with other content or mode.

    A renamed file is two paths. Equal subtrees are skipped without being read.

    Raises:
        MalformedObjectError: as `walk`.
    """
    level, depth, count = [(b"", before, after)], 0, 0
    while level:
        trees.load({oid for _, *pair in level for oid in pair})
        below: list[tuple[bytes, str, str]] = []
        for folder, old_oid, new_oid in level:
            old = {item.name: item for item in trees(old_oid)}
            new = {item.name: item for item in trees(new_oid)}
            for name in old.keys() | new.keys():
                count = _counted(count, depth)
                a, b = old.get(name), new.get(name)
                if a is not None and b is not None and (a.mode, a.oid) == (b.mode, b.oid):
                    continue
                if a is not None and b is not None and a.kind == FOLDER == b.kind:
                    below.append((folder + name + b"/", a.oid, b.oid))
                else:
                    yield from _leaves(trees, a, b, folder + name)
        level, depth = below, depth + 1


def _leaves(trees: Trees, a: TreeItem | None, b: TreeItem | None, path: bytes) -> Iterator[bytes]:
    """Yield the paths that appear or disappear where a name is not a folder on both sides."""
    if any(item is not None and item.kind != FOLDER for item in (a, b)):
        yield path
    for item in (a, b):
        if item is not None and item.kind == FOLDER:
            for inner, _ in walk(trees, item.oid, path + b"/"):
                yield inner


def _counted(count: int, depth: int) -> int:
    if count >= MAX_PATHS:
        raise MalformedObjectError(f"the tree has more than {MAX_PATHS:,} paths")
    if depth > MAX_DEPTH:
        raise MalformedObjectError(f"folders nest deeper than {MAX_DEPTH}")
    return count + 1
