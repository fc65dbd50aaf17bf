"""Text inside an SVG: escaped, and cut to the room there is."""

from __future__ import annotations

import unicodedata
from xml.sax.saxutils import escape as _escape

from grammar.render import printable

_WIDE = 1.75
"""Widths of an East Asian wide character, in those of an average one."""


def escape(text: str) -> str:
    """Return a text for an element's content or a quoted attribute; characters that XML forbids are shown escaped."""
    return _escape(printable(text), {'"': "&quot;", "'": "&#39;"})


def text_width(text: str, character: float) -> float:
    """Return about how many pixels a text takes up as it is shown.

    Args:
        text: raw.
        character: average width of a character, in pixels.
    """
    return sum(_width(part) for part in printable(text)) * character


def cut(text: str, room: float, character: float) -> str:
    """Return as much of a text as fits, with an ellipsis where it is cut; its control characters are escaped.

    Args:
        text: raw.
        room: in pixels.
        character: average width of a character, in pixels.
    """
    shown = printable(text)
    if text_width(shown, character) <= room:
        return shown
    left = room / character - 1
    end = 0
    for part in shown:
        left -= _width(part)
        if left < 0:
            break
        end += 1
    return f"{shown[:end].rstrip()}…"


def _width(character: str) -> float:
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else 1.0
