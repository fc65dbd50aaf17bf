"""Where the tokens of a good text begin and end."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.parsing.lexer import SCAN


def boundaries(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each token, a reference such as `product.name` being one."""
    position = 0
    while True:
        match = SCAN.match(text, position)
        if match is None or match.lastindex is None:
            return
        start = match.start(1) if match.lastindex == 2 else match.start(match.lastindex)
        position = match.end()
        yield start, position
