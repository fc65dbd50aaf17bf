"""A value of a document together with its key, for conversions that keep spans."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.manifests.node import Kind, Node, members
from adapters.manifests.scalars import integer
from grammar.span import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a document.

    Attributes:
        node: the value.
        source: the name of the text it stands in.
        key: the key it is the value of; None in lists and at the root.
    """

    node: Node
    source: str
    key: Node | None = None

    @property
    def span(self) -> Span:
        """Return where the value is."""
        return Span(self.node.start, self.node.end, self.source)

    @property
    def key_span(self) -> Span:
        """Return where the key is; the value's place where there is no key."""
        key = self.key or self.node
        return Span(key.start, key.end, self.source)

    @property
    def whole(self) -> Span:
        """Return where key and value are; of a value that stands elsewhere (an alias) only the key."""
        if self.key is None or self.node.start < self.key.start:
            return self.key_span
        return Span(self.key.start, self.node.end, self.source)

    @property
    def text(self) -> str:
        """Return a scalar's text."""
        return self.node.text

    @property
    def number(self) -> int:
        """Return a validated scalar's number."""
        return integer(self.node.text) or 0

    def get(self, *names: str) -> Place | None:
        """Return the value below some keys; None where there is none, or where it says nothing."""
        found: Place | None = self
        for name in names:
            member = members(found.node).get(name) if found is not None else None
            if member is None or member[1].is_null:
                return None
            found = Place(member[1], self.source, member[0])
        return found

    def need(self, *names: str) -> Place:
        """Return the value below some keys, which the shape of the document promises."""
        found = self.get(*names)
        assert found is not None, f"the shape of the document was not checked: {names}"
        return found

    def items(self, *names: str) -> list[Place]:
        """Return the elements of the list below some keys, in order; none where there is none."""
        found = self.get(*names)
        return [Place(item, self.source) for item in found.node.items] if found is not None else []

    def pairs(self, *names: str) -> list[Place]:
        """Return the values, with their keys, of the mapping below some keys, in order."""
        found = self.get(*names)
        if found is None:
            return []
        return [Place(value, self.source, key) for key, value in members(found.node).values()]

    def follow(self, path: tuple[str | int, ...]) -> Place | None:
        """Return the value at a path of keys and positions; None where there is none."""
        found: Place | None = self
        for step in path:
            if found is None:
                return None
            if isinstance(step, int):
                inside = found.node.items
                found = Place(inside[step], self.source) if 0 <= step < len(inside) else None
            else:
                member = members(found.node).get(step)
                found = Place(member[1], self.source, member[0]) if member is not None else None
        return found

    def describe(self) -> str:
        """Return how a message calls the value."""
        if self.node.kind is Kind.SCALAR and self.node.text:
            return f"{self.node.describe()} (`{shortened(self.node.text)}`)"
        return self.node.describe()


def shortened(text: str) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def path_text(path: tuple[str | int, ...]) -> str:
    """Return a path as people write it: ``spec.steps[0].environment``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shortened(step)}" if text else shortened(step)
    return text
