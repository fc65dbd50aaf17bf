"""The position tree: every value of a document with the place where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from adapters.yaml.raw import MAPPING, Raw, end_of, style_of, value_of
from adapters.yaml.values import Value, resolve

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
        raw: what it was made of, if it was read as unmarked YAML.
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
    raw: Raw = None

    def entries(self) -> list[tuple[Node, Node]]:
        """Return the members of a mapping as they are written, merge keys included."""
        return list(zip(self.children[::2], self.children[1::2], strict=True))


_PLACE = frozenset(("start", "end", "style", "text", "path", "anchor", "tag", "target", "index"))


class Lazy(Node):
    """A collection that works out what it is when it is asked; without tag, anchor and merge keys.

    One that was read has `raw` and the text that it was read from; one that an edit made has children.
    """

    __slots__ = ("_found", "_places", "whole")
    _places: dict[str, int]
    whole: str

    def __init__(self, raw: Raw, whole: str) -> None:
        self.kind = Kind.MAPPING if raw[0].__class__ is MAPPING else Kind.SEQUENCE
        self.raw = raw
        self.whole = whole
        # The children that were looked up one by one, as long as not all of them were asked for.
        self._found: dict[int, Node] | None = {}

    @staticmethod
    def made(like: Node, children: Sequence[Node]) -> Lazy:
        """Return a collection of other children in the place of one without merge keys."""
        node = Lazy.__new__(Lazy)
        node.kind, node.raw, node.children, node._found = like.kind, None, children, None
        node._place(like.start, like.end, like.style)
        node.anchor, node.tag = like.anchor, like.tag
        return node

    def __getattr__(self, name: str) -> Any:
        """Work out an attribute: Python asks for it here only as long as its slot is empty."""
        if name == "children":
            found, self._found = self._found or {}, None
            self.children = [
                found.get(number) or node_of(item, self.whole) for number, item in enumerate(self.raw[1:-1])
            ]
        elif name == "_places":
            self._places = {key[0]: number for number, key in enumerate(self.raw[1:-1:2])}
        elif name in _PLACE:
            self._place(self.raw[0].start_mark.index, end_of(self.raw, self.whole), style_of(self.raw))
        elif name != "value":
            raise AttributeError(name)
        elif self.raw is not None:
            self.value = value_of(self.raw)
        elif self.kind is Kind.MAPPING:
            self.value = {key_text(key): item.value for key, item in self.entries()}
        else:
            self.value = [item.value for item in self.children]
        return object.__getattribute__(self, name)

    def lookup(self, key: Key) -> Node | None:
        """Return one member or element, without making nodes of the others; None where there is none."""
        if self._found is None:
            if self.kind is Kind.MAPPING:
                member = members(self).get(str(key))
                return member[1] if member is not None else None
            return self.children[int(key)] if int(key) < len(self.children) else None
        number = self._places.get(key) if isinstance(key, str) else key
        if number is None:
            return None
        number = 2 * number + 1 if isinstance(key, str) else number
        if number + 2 >= len(self.raw):
            return None
        if number not in self._found:
            self._found[number] = node_of(self.raw[number + 1], self.whole)
        return self._found[number]

    def _place(self, start: int, end: int, style: str) -> None:
        self.start, self.end, self.style = start, end, style
        self.text, self.path = "", ()
        self.anchor = self.tag = self.target = self.index = None


def node_of(raw: Raw, text: str) -> Node:
    """Return the node of a scalar or a collection.

    Args:
        raw: what was read.
        text: the whole text.
    """
    if raw.__class__ is list:
        return Lazy(raw, text)
    content, style, start, end = raw
    if style == "|" or style == ">":
        end = end_of(raw, text)
    return Node(Kind.SCALAR, start, end, content if style else resolve(content), content, style or "", raw=raw)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as a position tree.

    Attributes:
        text: the whole text, without a byte order mark.
        mark: the byte order mark, or nothing.
        roots: one value for each document of the file; none for an empty file.
        aliases: every alias, in document order.
        is_json: whether it is JSON.
        odd_keys: whether it may have keys that are no strings.
        habits: its layout, once it was measured.
    """

    text: str
    mark: str
    roots: tuple[Node, ...]
    aliases: tuple[Node, ...]
    is_json: bool
    odd_keys: bool = False
    habits: list[Any] = field(default_factory=list, compare=False)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset."""
        line = self.text.count("\n", 0, offset)
        return line + 1, offset - (self.text.rfind("\n", 0, offset) + 1) + 1


def resolved(node: Node) -> Node:
    """Return what a node stands for: an alias's target, any other node itself."""
    return node.target if node.target is not None else node


def is_mapping(node: Node) -> bool:
    """Say whether a node is a mapping that queries look inside; its value is worked out only if it has a tag."""
    return node.kind is Kind.MAPPING and (node.tag is None or isinstance(node.value, dict))


def is_sequence(node: Node) -> bool:
    """Say whether a node is a sequence that queries look inside; its value is worked out only if it has a tag."""
    return node.kind is Kind.SEQUENCE and (node.tag is None or isinstance(node.value, list))


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
    if isinstance(node, Lazy):
        children = node.children
        node.index = {resolved(key).text: (key, item) for key, item in zip(children[::2], children[1::2], strict=True)}
        return node.index
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
    if isinstance(node, Lazy):
        fits = isinstance(key, str) if node.kind is Kind.MAPPING else isinstance(key, int) and key >= 0
        return node.lookup(key) if fits else None
    if isinstance(key, str) and is_mapping(node):
        member = members(node).get(key)
        return member[1] if member is not None else None
    if isinstance(key, int) and is_sequence(node) and 0 <= key < len(node.children):
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
    if is_mapping(node):
        for name, (key, item) in members(node).items():
            value = resolved(key).value
            if type(value) is not str:
                found.append(((*location, name), value))
            if item.children or item.target is not None:
                found.extend(typed_keys(item, (*location, name)))
    elif is_sequence(node):
        for index, item in enumerate(node.children):
            if item.children or item.target is not None:
                found.extend(typed_keys(item, (*location, index)))
    return sorted(found, key=repr) if not location else found
