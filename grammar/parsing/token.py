"""Tokens: the words of a text with their places."""

from __future__ import annotations

from typing import Final, NamedTuple


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        type: the name of its terminal in `promo.lark`; ``$END`` at the end of the text.
        text: as written.
        start: 0-based offset of its first character in the source.
        end: offset past its last one.
    """

    type: str
    text: str
    start: int
    end: int


Plain = tuple[str, str, int, int]
"""A token while a text is parsed, without names for its parts: it takes a third of the time to make."""

TYPE: Final = 0
TEXT: Final = 1
START: Final = 2
END: Final = 3
"""The parts of a plain token."""
