"""A YAML document as values with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from adapters.manifests.scalars import Reading


class Kind(Enum):
    """What a node is; the values are how messages call it."""

    SCALAR = "a scalar"
    MAPPING = "a mapping"
    SEQUENCE = "a list"


# Not frozen: collections are filled while they are composed. Nothing changes a node afterwards.
@dataclass(slots=True, eq=False)
class Node:
    """A value as it is written; an alias is the node that it names.

    Attributes:
        kind: what it is.
        start: 0-based offset of its first character.
        end: offset past its last one.
        text: of a scalar, without quotes, escapes and indentation.
        reading: what a scalar is taken for.
        tag: an explicit tag that changes nothing we know of, else None.
        entries: keys and values of a mapping, in order, merge keys included.
        items: of a sequence.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    reading: Reading = Reading.TEXT
    tag: str | None = None
    entries: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    @property
    def is_null(self) -> bool:
        """Whether it says nothing: `null`, `~`, or no value at all."""
        return self.kind is Kind.SCALAR and self.reading is Reading.NULL

    def describe(self) -> str:
        """Return how a message calls it."""
        return self.reading.value if self.kind is Kind.SCALAR else self.kind.value


def is_merge(key: Node) -> bool:
    """Say whether a key is the merge key."""
    return key.kind is Kind.SCALAR and key.tag == MERGE_TAG


MERGE_TAG = "tag:yaml.org,2002:merge"


def members(node: Node) -> dict[str, tuple[Node, Node]]:
    """Return the keys and values of a mapping by key, merge keys applied; none for any other node.

    Its own members come first, in order; of two with the same key the last one is kept.
    """
    own: dict[str, tuple[Node, Node]] = {}
    merged: dict[str, tuple[Node, Node]] = {}
    for key, value in node.entries:
        if is_merge(key):
            for origin in value.items if value.kind is Kind.SEQUENCE else [value]:
                for name, member in members(origin).items():
                    merged.setdefault(name, member)
        elif key.kind is Kind.SCALAR:
            own[key.text] = (key, value)
    for name, member in merged.items():
        own.setdefault(name, member)
    return own
