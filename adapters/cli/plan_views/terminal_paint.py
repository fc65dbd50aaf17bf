"""Styles as ANSI colours, and characters as ASCII where a stream can show no others."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache

from adapters.cli.plan_views.terminal_tree import Run

_ASCII = str.maketrans({"‖": "!", "✗": "x", "→": "->", "●": "*", "○": "o", "✓": "+", "■": "#"})
_DRAWN = "├─└│‖✗→●○✓■"


def fits(encoding: str | None) -> bool:
    """Say whether a stream of this encoding can show the box characters; pass ``ascii_only`` where not."""
    try:
        codecs.encode(_DRAWN, encoding or "ascii")
    except (LookupError, UnicodeError):
        return False
    return True


def painter(colour: bool, ascii_only: bool) -> Callable[[Run], str]:
    """Return what turns a run into output.

    Args:
        colour: whether to use ANSI colours.
        ascii_only: whether to draw guides and marks in ASCII and to escape every other character.
    """

    def plain(run: Run) -> str:
        if not ascii_only:
            return run.text
        return run.text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")

    if not colour:
        return plain

    from rich.color import ColorSystem
    from rich.style import Style

    style_of = cache(Style.parse)

    def coloured(run: Run) -> str:
        text = plain(run)
        return style_of(run.style).render(text, color_system=ColorSystem.STANDARD) if run.style and text else text

    return coloured
