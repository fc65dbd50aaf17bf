"""A diagram as SVG: its parts one below the other, each laid out in layers."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.graph_views.canvas import PILL, document, pill, pill_width, text
from adapters.cli.graph_views.diagram import Card, Diagram, Part
from adapters.cli.graph_views.measure import fitted, width
from adapters.cli.graph_views.theme import HEADING, NAME, TEXT
from adapters.cli.plan_views.layout import Box, Layout, Point, arrange
from adapters.cli.plan_views.svg_arrow import arrow
from adapters.cli.plan_views.svg_text import escape

_PADDING = 12
_LEFT = _PADDING + 5
_NARROWEST, _WIDEST = 150.0, 264.0
_LINE = 18
_GAP = 6
_PART_GAP = 44


def render(diagram: Diagram) -> str:
    """Return an SVG document; every text is cut where its card ends, and stands whole in the card's title."""
    parts = [(part, *_laid_out(part)) for part in diagram.parts]
    several = len(parts) > 1
    wide = max((layout.width for _, _, layout in parts), default=0.0)
    content: list[str] = []
    y = 10.0 if several else 0.0
    for part, boxes, layout in parts:
        head = _heading(part, several, max(wide, 460.0))
        content.append(f'<g transform="translate(0 {y:.1f})">')
        content += head
        top = len(head) * _LINE + (10 if head else 0)
        content.append(f'<g transform="translate(0 {top})">')
        routes = zip(part.arrows, layout.routes, strict=True)
        content += [arrow(route, layout, "edge warns" if one.warns else "edge") for one, route in routes]
        for card, box, corner in zip(part.cards, boxes, layout.corners, strict=True):
            content += _card(card, box, corner)
        content += ["</g>", "</g>"]
        y += top + layout.height + _PART_GAP
    return document(diagram.title, diagram.about, content, wide, max(0.0, y - _PART_GAP))


def _laid_out(part: Part) -> tuple[list[Box], Layout]:
    wide = min(_WIDEST, max([_NARROWEST, *map(_wanted, part.cards)]))
    boxes = [Box(wide, _height(card, wide)) for card in part.cards]
    return boxes, arrange(boxes, [(one.start, one.end) for one in part.arrows], layer_gap=56, box_gap=22)


def _heading(part: Part, several: bool, room: float) -> list[str]:
    """Return the lines above a part; a picture of only one has its name in the title."""
    lines = [text(fitted(part.title, room, HEADING, bold=True), 0, 14, "heading")] if several else []
    for line in part.lines:
        lines.append(text(fitted(line, room, TEXT), 0, 14 + len(lines) * _LINE, "quiet"))
    return lines


# --- cards -------------------------------------------------------------------------------------------------


def _wanted(card: Card) -> float:
    """Return the width at which nothing of a card would be cut."""
    badge = pill_width(card.badge, 90) + 8 if card.badge else 0
    lines = [width(line, TEXT) for line in card.lines]
    pills = [pill_width(one, _WIDEST) for one in card.pills]
    return max([width(card.title, NAME, bold=True) + badge, *lines, *pills]) + _LEFT + _PADDING


def _height(card: Card, wide: float) -> float:
    rows = len(_pill_rows(card, wide))
    return 2 * _PADDING + 14 + len(card.lines) * _LINE + (rows * (PILL + _GAP) + 4 if rows else 0)


def _pill_rows(card: Card, wide: float) -> list[list[str]]:
    """Return the pills in rows that fit."""
    room = wide - _LEFT - _PADDING
    rows: list[list[str]] = []
    used = 0.0
    for one in card.pills:
        size = pill_width(one, room)
        if not rows or used + _GAP + size > room:
            rows.append([])
            used = -_GAP
        rows[-1].append(one)
        used += _GAP + size
    return rows


def _card(card: Card, box: Box, corner: Point) -> Iterator[str]:
    room = box.width - _LEFT - _PADDING
    whole = "; ".join(part for part in (card.title, card.badge, *card.lines, *card.pills) if part)
    yield f'<g class="card {card.look.value}" transform="translate({corner.x:.1f} {corner.y:.1f})">'
    yield f"<title>{escape(whole)}</title>"
    yield f'<rect class="box" width="{box.width:.1f}" height="{box.height:.1f}" rx="9"/>'
    low = box.height - 0.5
    yield f'<path class="bar" d="M5 .5A8.5 8.5 0 0 0 .5 9V{low - 8.5:.1f}A8.5 8.5 0 0 0 5 {low:.1f}z"/>'
    badge = pill_width(card.badge, 90) if card.badge else 0.0
    name_room = room - (badge + 8 if badge else 0)
    yield text(fitted(card.title, name_room, NAME, bold=True), _LEFT, _PADDING + 12, "name")
    if badge:
        kind = "prod" if card.badge == "prod" else "other"
        yield from pill(card.badge, kind, box.width - _PADDING - badge, _PADDING - 2, badge)
    y = _PADDING + 12.0
    for number, line in enumerate(card.lines):
        y += _LINE
        yield text(fitted(line, room, TEXT), _LEFT, y, "" if number == 0 else "quiet")
    y += 10
    for row in _pill_rows(card, box.width):
        x = float(_LEFT)
        for one in row:
            size = pill_width(one, room)
            yield from pill(one, "later", x, y, size)
            x += size + _GAP
        y += PILL + _GAP
    yield "</g>"
