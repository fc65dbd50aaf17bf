"""What can be folded: blocks in braces, and runs of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from adapters.lsp.positions import Lines

_TOKENS = re.compile(r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"?|#[^\r\n]*+|[{}]')


def folds(lines: Lines) -> list[types.FoldingRange]:
    """Return what can be folded in a `.promo` text, by the line it begins on. Cost: O(length)."""
    return sorted([*_blocks(lines), *_comments(lines)], key=lambda fold: (fold.start_line, -fold.end_line))


def _blocks(lines: Lines) -> Iterator[types.FoldingRange]:
    opened: list[int] = []
    for match in _TOKENS.finditer(lines.text):
        if match[0] == "{":
            opened.append(lines.line_of(match.start()))
        elif match[0] == "}" and opened:
            first, last = opened.pop(), lines.line_of(match.start())
            # The line of the closing brace stays visible.
            if last - 1 > first:
                yield types.FoldingRange(first, last - 1, kind=types.FoldingRangeKind.Region)


def _comments(lines: Lines) -> Iterator[types.FoldingRange]:
    first: int | None = None
    for number in range(lines.count + 1):
        comment = number < lines.count and lines.line(number).lstrip().startswith("#")
        if comment and first is None:
            first = number
        elif not comment and first is not None:
            if number - 1 > first:
                yield types.FoldingRange(first, number - 1, kind=types.FoldingRangeKind.Comment)
            first = None
