"""How a document is laid out: line ends, indentation, where lines and comments end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.yaml.node import Document, Kind, Node

_TO_LINE_END = re.compile(r"[^\r\n]*")
_GAP = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029]|#[^\r\n]*)*")
_MEASURED = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """The habits of one document.

    Attributes:
        newline: its line end.
        step: columns by which a mapping is indented inside another.
        flush: whether the dashes of a sequence stand below its key, not indented.
        gap: spaces between a dash and what follows.
        open_literal: whether the text ends inside a block scalar, without a line break.
    """

    newline: str
    step: int
    flush: bool
    gap: int
    open_literal: bool


def habits(document: Document) -> Layout:
    """Return what `measure` finds, found once."""
    if not document.habits:
        document.habits.append(measure(document))
    layout: Layout = document.habits[0]
    return layout


def measure(document: Document) -> Layout:
    """Return the habits of a document, those of its first nested collections; two columns where there are none."""
    text = document.text
    first = text.find("\n")
    newline = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
    step = 0
    flush: bool | None = None
    gap = 0
    pending = [(root, column(text, inner(text, root))) for root in reversed(document.roots)]
    seen = 0
    while pending and seen < _MEASURED and not (step and flush is not None and gap):
        node, at = pending.pop()
        seen += 1
        if node.style != "block":
            continue
        if node.kind is Kind.MAPPING:
            for _, value in node.entries()[:_MEASURED]:
                if value.style != "block" or not value.children:
                    continue
                below = column(text, inner(text, value))
                if value.kind is Kind.MAPPING and not step and 0 < below - at < 10:
                    step = below - at
                if value.kind is Kind.SEQUENCE and flush is None:
                    flush = below == at
                pending.append((value, below))
        else:
            for item in node.children[:_MEASURED]:
                start = item.start
                dash = inner(text, node)
                if not gap and item is node.children[0] and dash < start and line_start(text, start) <= dash:
                    gap = start - dash - 1
                pending.append((item, column(text, inner(text, item))))
    return Layout(newline, step or 2, bool(flush), gap if 1 <= gap <= 8 else 1, _open_literal(document))


def _open_literal(document: Document) -> bool:
    if not document.roots or document.text.endswith(("\n", "\r")):
        return False
    node = document.roots[-1]
    while node.children and node.style == "block":
        node = node.children[-1]
    return node.style in ("|", ">")


def line_start(text: str, offset: int) -> int:
    """Return the offset of the first character of the line that an offset is in."""
    start = text.rfind("\n", 0, offset) + 1
    # Only in this line: a search back from everywhere through a text without carriage returns is quadratic.
    return text.rfind("\r", start, offset) + 1 or start


def line_end(text: str, offset: int) -> int:
    """Return the offset of the line's end: of its line break, or the end of the text."""
    match = _TO_LINE_END.match(text, offset)
    return match.end() if match else offset


def next_line(text: str, offset: int) -> int:
    """Return the offset after the line break that ends the line, or the end of the text."""
    end = line_end(text, offset)
    if text.startswith("\r\n", end):
        return end + 2
    return min(end + 1, len(text))


def column(text: str, offset: int) -> int:
    """Return the 0-based column of an offset."""
    return offset - line_start(text, offset)


def skip_gap(text: str, offset: int) -> int:
    """Return the first offset that is neither white space nor in a comment."""
    match = _GAP.match(text, offset)
    return match.end() if match else offset


def properties_end(text: str, node: Node) -> int:
    """Return the offset after a node's anchor and tag, its start where it has none."""
    if node.anchor is None and node.tag is None:
        return node.start
    at = end = node.start
    limit = len(text)
    while at < limit and text[at] in "&!":
        while at < limit and text[at] not in " \t\r\n,[]{}" and not (at > node.end > node.start):
            at += 1
        end = at
        at = skip_gap(text, at)
    return end


def inner(text: str, node: Node) -> int:
    """Return the offset where a node's content starts, after its anchor and tag."""
    if node.kind is Kind.ALIAS or (node.anchor is None and node.tag is None):
        return node.start
    end = properties_end(text, node)
    if node.kind is Kind.SCALAR and end >= node.end:
        return node.end
    return skip_gap(text, end)
