"""Writes values that a document does not have yet, in the document's own manner."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.yaml.layout import Layout, habits
from adapters.yaml.node import Document, Kind, Node, key_text, members, resolved
from adapters.yaml.quote import block_scalar, double_quoted, json_string, plain_spelling, quoted, tag_text
from adapters.yaml.values import Tagged, Typed

_LONGEST_PLAIN_KEY = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A written value.

    Attributes:
        inline: what follows its key or dash on the same line; may be empty.
        lines: the whole lines below, indented.
    """

    inline: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renderer:
    """Writes values for one document.

    Attributes:
        document: the document.
        careful: whether every string goes into double quotes, and nothing into block scalars.
    """

    document: Document
    careful: bool = False

    @property
    def layout(self) -> Layout:
        """The document's habits; measured when something has to be laid out."""
        return habits(self.document)

    @property
    def is_json(self) -> bool:
        """Whether the document is JSON."""
        return self.document.is_json

    def key(self, key: Node, *, flow: bool) -> str:
        """Return a member's name as it stands before the colon."""
        node = resolved(key)
        if self.is_json:
            return json_string(node.text)
        if isinstance(node.value, Typed) and node.text:
            return node.text
        if isinstance(node.value, Typed):
            return "null"
        styles = ('"',) if self.careful or len(node.text) > _LONGEST_PLAIN_KEY else (node.style, "")
        return quoted(node.text, styles, flow=flow)

    def scalar(self, node: Node, *, flow: bool, like: Node | None = None) -> str:
        """Return a scalar on one line.

        Args:
            node: the scalar.
            flow: whether it stands inside brackets or braces.
            like: the scalar that it replaces; its quotes are kept where the new value allows it.
        """
        value = node.value
        prefix = ""
        if isinstance(value, Tagged) and not self.is_json:
            prefix = tag_text(value.tag) + " "
            value = value.value
            if node.style == "" and node.text and "\n" not in node.text:
                return prefix + node.text
        if isinstance(value, Typed):
            return plain_spelling(node)
        if self.is_json:
            return json_string(node.text)
        if self.careful:
            return prefix + double_quoted(node.text)
        old = like.style if like is not None and isinstance(like.value, str) else node.style
        return prefix + quoted(node.text, (old, node.style, "'" if old == "'" else '"'), flow=flow)

    def flow(self, node: Node, *, like: Node | None = None, base: str | None = None, unit: str = "") -> str:
        """Return a value for inside brackets or braces, or for where a block cannot stand.

        Args:
            node: the value.
            like: the value that it replaces.
            base: the indentation of the line it starts on, to spread collections over lines; None for one line.
            unit: one level of indentation more.
        """
        node = resolved(node)
        if node.kind is Kind.SCALAR:
            return self.scalar(node, flow=True, like=like)
        deeper = None if base is None else base + unit
        if node.kind is Kind.MAPPING:
            parts = [
                f"{self.key(key, flow=True)}: {self.flow(item, base=deeper, unit=unit)}"
                for key, item in members(node).values()
            ]
            opening, closing = "{", "}"
        else:
            parts = [self.flow(item, base=deeper, unit=unit) for item in node.children]
            opening, closing = "[", "]"
        prefix = tag_text(node.tag) + " " if isinstance(node.value, Tagged) and node.tag and not self.is_json else ""
        if deeper is None or not parts:
            return prefix + opening + ", ".join(parts) + closing
        newline = self.layout.newline
        return prefix + opening + newline + deeper + f",{newline}{deeper}".join(parts) + newline + str(base) + closing

    def block(self, node: Node, column: int, *, like: Node | None = None, key: bool = True) -> Piece:
        """Return a value for after a key or a dash.

        Args:
            node: the value.
            column: of the key or the dash.
            like: the value that it replaces.
            key: whether it follows a key; a sequence below a dash is always indented.
        """
        node = resolved(node)
        if node.kind is Kind.SCALAR:
            return self._block_scalar(node, column, like)
        tag = tag_text(node.tag) if isinstance(node.value, Tagged) and node.tag else ""
        if not node.children or node.style != "block":
            return Piece(self.flow(node))
        if node.kind is Kind.MAPPING:
            return Piece(tag, tuple(self.mapping(node, column + (self.layout.step if key else self.layout.gap + 1))))
        flush = key and self.layout.flush and column >= 0
        step = 0 if flush else self.layout.step if key else self.layout.gap + 1
        return Piece(tag, tuple(self.sequence(node, column + step)))

    def _block_scalar(self, node: Node, column: int, like: Node | None) -> Piece:
        old = like.style if like is not None and isinstance(like.value, str) else node.style
        wanted = old in ("|", ">") or (node.style in ("|", ">") and old != '"' and "\n" in node.text)
        if wanted and not self.careful and isinstance(node.value, str):
            step = self.layout.step
            written = block_scalar(node.text, indent=max(column, 0) + step, step=step, folded=old == ">")
            if written is not None:
                return Piece(written[0], tuple(written[1]))
        return Piece(self.scalar(node, flow=False, like=like))

    def collection(self, node: Node, column: int) -> list[str]:
        """Return the lines of a block collection whose keys or dashes stand in a column."""
        node = resolved(node)
        return self.mapping(node, column) if node.kind is Kind.MAPPING else self.sequence(node, column)

    def mapping(self, node: Node, column: int) -> list[str]:
        """Return the lines of a block mapping whose keys stand in a column."""
        lines: list[str] = []
        for key, item in members(node).values():
            lines.extend(self.entry(key, item, column))
        return lines

    def entry(self, key: Node, item: Node, column: int) -> list[str]:
        """Return the lines of one member of a block mapping."""
        piece = self.block(item, column)
        first = f"{' ' * column}{self.key(key, flow=False)}:"
        return [first + (" " + piece.inline if piece.inline else ""), *piece.lines]

    def sequence(self, node: Node, column: int) -> list[str]:
        """Return the lines of a block sequence whose dashes stand in a column."""
        lines: list[str] = []
        for item in node.children:
            lines.extend(self.item(item, column))
        return lines

    def item(self, item: Node, column: int) -> list[str]:
        """Return the lines of one element of a block sequence."""
        piece = self.block(item, column, key=False)
        dash = " " * column + "-"
        if piece.inline or not piece.lines:
            return [dash + " " * self.layout.gap + piece.inline, *piece.lines]
        first = piece.lines[0][column + 1 + self.layout.gap :]
        return [dash + " " * self.layout.gap + first, *piece.lines[1:]]


def synthetic_key(text: str) -> Node:
    """Return a key that stands in no document."""
    return Node(Kind.SCALAR, 0, 0, text, text)


def names(node: Node) -> list[str]:
    """Return the names of a mapping's members as written, merge keys included."""
    return [key_text(key) for key, _ in node.entries()]
