"""Places as editors count them, and as promo does.

promo counts code points from the beginning of a text; the protocol counts lines, and in a line code units of an
encoding that client and server agree on. Source: Language Server Protocol 3.17, Position.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum

from lsprotocol import types

from grammar.span import Span

_BREAK = re.compile(r"\r\n|\n|\r")


class Encoding(Enum):
    """What a character of a position is; the values are those of the protocol."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"

    def units(self, text: str) -> int:
        """Return how many code units a text has; a lone surrogate counts as what it would be in place of it."""
        if self is Encoding.UTF_32 or text.isascii():
            return len(text)
        if self is Encoding.UTF_8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(character > "\uffff" for character in text)


class Lines:
    r"""A text with the beginnings of its lines; ``\n``, ``\r\n`` and a lone ``\r`` end one."""

    __slots__ = ("_starts", "encoding", "text")

    def __init__(self, text: str, encoding: Encoding = Encoding.UTF_16) -> None:
        """Index a text: one pass, O(length)."""
        self.text = text
        self.encoding = encoding
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    @property
    def count(self) -> int:
        """How many lines there are; a text that ends with a break has an empty last one."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """Return a line by its 0-based number, without its break; empty past the end."""
        start, end = self._bounds(number)
        return self.text[start:end]

    def start(self, number: int) -> int:
        """Return the offset of a line's first character; that of the end of the text past the last line."""
        return self._starts[number] if 0 <= number < len(self._starts) else len(self.text)

    def _bounds(self, number: int) -> tuple[int, int]:
        if not 0 <= number < len(self._starts):
            return len(self.text), len(self.text)
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; past the end of its line, the line's end; in a character, its beginning."""
        start, end = self._bounds(position.line)
        if self.encoding is Encoding.UTF_32 or self.text[start:end].isascii():
            return min(start + position.character, end)
        left = position.character
        for at in range(start, end):
            left -= self.encoding.units(self.text[at])
            if left < 0:
                return at
        return end

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset; offsets outside of the text are clamped."""
        offset = max(0, min(offset, len(self.text)))
        number = bisect_right(self._starts, offset) - 1
        return types.Position(number, self.encoding.units(self.text[self._starts[number] : offset]))

    def range(self, span: Span) -> types.Range:
        """Return what a span covers."""
        return types.Range(self.position(span.start), self.position(span.end))

    def line_of(self, offset: int) -> int:
        """Return the 0-based number of the line an offset is in."""
        return bisect_right(self._starts, max(0, offset)) - 1
