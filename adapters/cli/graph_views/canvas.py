"""What all graphs as SVG have in common: the document around them, texts, pills."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from adapters.cli.graph_views.measure import fitted, width
from adapters.cli.graph_views.theme import SMALL, STYLE, TEXT, TITLE
from adapters.cli.plan_views.svg_text import escape

MARGIN = 24
TOP = 78
"""Where the content begins, below title and summary."""

PILL = 18
_NARROWEST = 460


def document(title: str, about: str, content: Iterable[str], inner_width: float, inner_height: float) -> str:
    """Return a whole SVG document, with a final line break.

    It loads nothing, follows the reader's light or dark scheme, and has a title and a description for people who
    cannot see it.

    Args:
        title: its heading.
        about: one sentence about what it shows.
        content: elements, placed from 0, 0.
        inner_width: of the content.
        inner_height: of the content.
    """
    room = max(inner_width, _NARROWEST)
    full_width, full_height = room + 2 * MARGIN, inner_height + TOP + MARGIN
    key = f"{zlib.crc32(f'{title}{about}'.encode('utf-8', 'backslashreplace')):08x}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="promo-graph" width="{full_width:.0f}" '
        f'height="{full_height:.0f}" viewBox="0 0 {full_width:.0f} {full_height:.0f}" role="img" '
        f'aria-labelledby="title-{key} desc-{key}">',
        f'<title id="title-{key}">{escape(title)}</title>',
        f'<desc id="desc-{key}">{escape(about)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{full_width:.0f}" height="{full_height:.0f}" rx="12"/>',
        text(fitted(title, room, TITLE, bold=True), MARGIN, MARGIN + 16, "title"),
        text(fitted(about, room, TEXT), MARGIN, MARGIN + 38, "quiet"),
        f'<g transform="translate({MARGIN} {TOP})">',
        *content,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def text(shown: str, x: float, y: float, style: str = "") -> str:
    """Return a text at its baseline; ``style`` is its classes."""
    kind = f' class="{style}"' if style else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}">{escape(shown)}</text>'


def pill_width(shown: str, most: float) -> float:
    """Return how wide a pill is, at most ``most`` pixels."""
    return min(width(shown, SMALL) + 14, most)


def pill(shown: str, style: str, x: float, y: float, wide: float) -> Iterator[str]:
    """Yield a pill: a text in a rounded rectangle, cut to the room it has."""
    yield f'<rect class="pill {style}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{PILL}" rx="9"/>'
    yield text(fitted(shown, wide - 12, SMALL), x + wide / 2, y + 13, f"pill {style}")
