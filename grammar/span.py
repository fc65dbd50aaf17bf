"""Where something stands in a text."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters of one source.

    Attributes:
        start: 0-based offset, in code points, of the first character.
        end: offset just past the last one.
        source: the name of the source, as diagnostics print it (a path, or ``<stdin>``).
    """

    start: int
    end: int
    source: str


NOWHERE = Span(0, 0, "")
"""The span of what no text says, e.g. a default."""


class Position(NamedTuple):
    """A place a person can find: 1-based line and 1-based column, in code points."""

    line: int
    column: int


class SourceText:
    r"""A named text with an index of its lines.

    ``\n``, ``\r\n`` and a lone ``\r`` end a line, as editors count them.
    """

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        """Index a text: one pass, O(length)."""
        self.name = name
        self.text = text
        starts = [0]
        position = 0
        for line in text.splitlines(keepends=True) if not _has_exotic_breaks(text) else _lines(text):
            position += len(line)
            starts.append(position)
        if len(starts) > 1 and not text.endswith(("\n", "\r")):
            starts.pop()
        self._starts = starts

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset; offsets past the end are clamped."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line's text by its 1-based number, without the line break; empty past the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a 1-based line and column; places past the end are clamped."""
        if line > len(self._starts):
            return len(self.text)
        start = self._starts[max(line, 1) - 1]
        return min(start + max(column, 1) - 1, len(self.text))


def _has_exotic_breaks(text: str) -> bool:
    """Say whether ``str.splitlines`` would break this text at something other than CR and LF."""
    return any(mark in text for mark in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def _lines(text: str) -> list[str]:
    """Split after CR LF, CR or LF only, keeping the breaks."""
    lines: list[str] = []
    start = 0
    position = 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == "\r" and text[position : position + 1] == "\n":
            position += 1
        if character in "\r\n":
            lines.append(text[start:position])
            start = position
    if start < len(text):
        lines.append(text[start:])
    return lines
