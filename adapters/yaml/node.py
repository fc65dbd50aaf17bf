"""The position tree: every value of a document with the place where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from adapters.yaml.values import Value

Key: TypeAlias = str | int
"""A step of a normalized path: a member's name or an element's index."""

Location: TypeAlias = tuple[Key, ...]
"""A normalized path, from the root of one document."""


class Kind(Enum):
    """What a node is."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    ALIAS = "alias"


# Not frozen, unlike the other values of the project: the composer makes one for every value of a file, and
# a frozen dataclass takes three times as long to build. Nothing changes a node once it is composed.
@dataclass(slots=True, eq=False)
class Node:
    """A value as it is written.

    Attributes:
        kind: what it is.
        start: 0-based offset of its first character, its anchor and tag included.
        end: offset after its last character; of a block collection, after its last value.
        value: what it means; of an alias, what it stands for; merge keys are applied.
        text: a scalar's text without quotes, escapes and indentation.
        style: of a scalar ``""``, ``'``, ``"``, ``|`` or ``>``; of a collection ``block``, ``flow`` or
            ``pair`` (a mapping of one member in a flow sequence, without braces).
        anchor: the name that it is anchored with.
        tag: its resolved explicit tag.
        children: elements, or keys and values in turn, in document order.
        target: what an alias stands for.
        path: where it is; kept only for anchored nodes and aliases.
        index: what `members` found, once it was asked.
    """

    kind: Kind
    start: int
    end: int
    value: Value
    text: str = ""
    style: str = ""
    anchor: str | None = None
    tag: str | None = None
    children: Sequence[Node] = ()
    target: Node | None = None
    path: Location = ()
    index: dict[str, tuple[Node, Node]] | None = None

    def entries(self) -> list[tuple[Node, Node]]:
        """Return the members of a mapping as they are written, merge keys included."""
        return list(zip(self.children[::2], self.children[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Document:
    """A file as a position tree.

    Attributes:
        text: the whole text, without a byte order mark.
        mark: the byte order mark, or nothing.
        roots: one value for each document of the file; none for an empty file.
        aliases: every alias, in document order.
        is_json: whether it is JSON.
        odd_keys: whether it has keys that are no strings.
    """

    text: str
    mark: str
    roots: tuple[Node, ...]
    aliases: tuple[Node, ...]
    is_json: bool
    odd_keys: bool = False

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset."""
        line = self.text.count("\n", 0, offset)
        return line + 1, offset - (self.text.rfind("\n", 0, offset) + 1) + 1


def resolved(node: Node) -> Node:
    """Return what a node stands for: an alias's target, any other node itself."""
    return node.target if node.target is not None else node


def key_text(key: Node) -> str:
    """Return the name by which queries address a member."""
    return resolved(key).text


def is_merge(key: Node) -> bool:
    """Say whether a key is a merge key."""
    return key.kind is Kind.SCALAR and key.style == "" and key.text == "<<" and key.tag in (None, MERGE_TAG)


MERGE_TAG = "tag:yaml.org,2002:merge"


def merged_nodes(value: Node) -> list[Node]:
    """Return the mappings that the value of a merge key names, the one that wins first."""
    node = resolved(value)
    if node.kind is Kind.SEQUENCE:
        return [resolved(item) for item in node.children]
    return [node]


def members(node: Node) -> dict[str, tuple[Node, Node]]:
    """Return the members of a mapping, merge keys applied: its own first, in document order."""
    if node.index is not None:
        return node.index
    own: dict[str, tuple[Node, Node]] = {}
    merged: dict[str, tuple[Node, Node]] = {}
    for key, value in node.entries():
        if is_merge(key):
            for origin in merged_nodes(value):
                for name, member in members(origin).items():
                    merged.setdefault(name, member)
        else:
            own[key_text(key)] = (key, value)
    node.index = own if not merged else {**own, **{name: own.get(name, member) for name, member in merged.items()}}
    return node.index


def child(node: Node, key: Key) -> Node | None:
    """Return the member or element of a node, through aliases and merge keys; None where there is none."""
    node = resolved(node)
    if isinstance(node.value, dict) and isinstance(key, str):
        member = members(node).get(key)
        return member[1] if member is not None else None
    if isinstance(node.value, list) and isinstance(key, int) and 0 <= key < len(node.children):
        return node.children[key]
    return None


def descend(node: Node, location: Location) -> Node | None:
    """Return the node at a location below another; None where there is none."""
    found: Node | None = node
    for key in location:
        if found is None:
            return None
        found = child(found, key)
    return found


def typed_keys(node: Node, location: Location = ()) -> list[tuple[Location, Value]]:
    """Return the keys that are no strings, with where they stand, in the order of their places.

    Queries address them by their text, so that values alone do not tell ``1`` from ``"1"``.
    """
    node = resolved(node)
    found: list[tuple[Location, Value]] = []
    if isinstance(node.value, dict):
        for name, (key, item) in members(node).items():
            value = resolved(key).value
            if type(value) is not str:
                found.append(((*location, name), value))
            if item.children or item.target is not None:
                found.extend(typed_keys(item, (*location, name)))
    elif isinstance(node.value, list):
        for index, item in enumerate(node.children):
            if item.children or item.target is not None:
                found.extend(typed_keys(item, (*location, index)))
    return sorted(found, key=repr) if not location else found
