"""A plan's flow as a standalone SVG: no script, no font and no address to load anything from."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from adapters.cli.plan_views.flow_picture import Card, GateMark, Role, picture
from adapters.cli.plan_views.layout import Box, Layout, Point, arrange
from adapters.cli.plan_views.svg_arrow import arrow
from adapters.cli.plan_views.svg_style import STYLE
from adapters.cli.plan_views.svg_text import cut, escape, text_width
from adapters.cli.plan_views.wording import Outlook, plural, summary, verdict
from engine.plan.credentials import credential_free
from engine.plan.nodes import Plan

_MARGIN = 24
_HEADER = 62
_PADDING = 14
_NARROWEST, _WIDEST = 176, 272
_LINE = 19
_NAME, _SMALL = 7.9, 6.4
"""Average widths of a character in pixels: of names, and of everything else."""

_PILL = 18
_OUTLOOKS = {
    Outlook.CHANGES: "changes",
    Outlook.NO_CHANGES: "unchanged",
    Outlook.UNSEEN: "unseen",
    Outlook.WAITS: "waits",
    Outlook.BLOCKED: "blocked",
}


def render(plan: Plan) -> str:
    """Return an SVG document that shows what a release would do to each environment, without a final line break.

    Colours follow the reader's light or dark scheme. Every text is escaped, and cut where its card ends;
    the whole of it stands in the card's title, which browsers show and screen readers read.
    """
    plan = credential_free(plan)
    drawn = picture(plan)
    rows = [_rows(card) for card in drawn.cards]
    wanted = max(_wanted(card, lines) for card, lines in zip(drawn.cards, rows, strict=True))
    width = min(_WIDEST, max(_NARROWEST, wanted))
    boxes = [Box(width, _height(card, lines)) for card, lines in zip(drawn.cards, rows, strict=True)]
    layout = arrange(boxes, drawn.edges)
    title, about = _title(plan), f"{summary(plan)} {verdict(plan)}"
    shown = summary(plan) if plan.applyable else about
    room = max(layout.width, 420)
    full_width, full_height = room + 2 * _MARGIN, layout.height + _HEADER + 2 * _MARGIN
    key = f"{zlib.crc32(repr((title, about, len(boxes))).encode('utf-8', 'backslashreplace')):08x}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="promo-plan" width="{full_width:.0f}" '
        f'height="{full_height:.0f}" viewBox="0 0 {full_width:.0f} {full_height:.0f}" role="img" '
        f'aria-labelledby="title-{key} desc-{key}">',
        f'<title id="title-{key}">{escape(title)}</title>',
        f'<desc id="desc-{key}">{escape(about)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{full_width:.0f}" height="{full_height:.0f}" rx="12"/>',
        f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 16}">{escape(cut(title, room, 9.2))}</text>',
        f'<text class="about" x="{_MARGIN}" y="{_MARGIN + 38}">{escape(cut(shown, room, _SMALL))}</text>',
        f'<g transform="translate({_MARGIN + (room - layout.width) / 2:.1f} {_MARGIN + _HEADER})">',
        *(_edge(drawn.cards[end], route, layout) for (_, end), route in zip(drawn.edges, layout.routes, strict=True)),
    ]
    for card, lines, box, corner in zip(drawn.cards, rows, boxes, layout.corners, strict=True):
        parts += _card(card, lines, box, corner)
    return "\n".join([*parts, "</g>", "</svg>"])


def _title(plan: Plan) -> str:
    title = plan.product
    title += f" along {plan.flow}" if plan.flow is not None else ""
    return title + (f" to {plan.version}" if plan.version is not None else "")


# --- cards -------------------------------------------------------------------------------------------------


def _rows(card: Card) -> list[tuple[str, str]]:
    """Return the lines below a card's name: a class and a text each."""
    rows = [("state", card.state)]
    if card.role is Role.STEP:
        files = plural(card.files, "file", "files") if card.files and card.outlook is not Outlook.CHANGES else ""
        about = ", ".join(part for part in (card.action or "no action", files) if part)
        rows.append(("fact", about))
    rows += [("version", version) for version in card.versions[:2]]
    if len(card.versions) > 2:
        rows.append(("fact", f"and {len(card.versions) - 2} more"))
    return rows


def _wanted(card: Card, rows: list[tuple[str, str]]) -> float:
    """Return the width at which nothing of a card would be cut."""
    name = text_width(card.name, _NAME) + (_pill_width(card.kind) + 10 if card.kind else 0)
    lines = [text_width(text, 7.3 if kind == "version" else _SMALL) for kind, text in rows]
    gates = sum(_pill_width(gate.kind) + 6 for gate in _pills(card))
    return max([name, gates, *lines]) + 2 * _PADDING + 4


def _height(card: Card, rows: list[tuple[str, str]]) -> float:
    return 2 * _PADDING + 16 + len(rows) * _LINE + (_PILL + 8 if card.gates else 0)


def _pills(card: Card) -> list[GateMark]:
    """Return one gate of each sort, the least open first: there is room for no more."""
    rank = {False: 0, None: 1, True: 2}
    kinds: dict[str, GateMark] = {}
    for gate in sorted(card.gates, key=lambda gate: rank[gate.open_now]):
        kinds.setdefault(gate.kind, gate)
    return list(kinds.values())


def _pill_width(text: str) -> float:
    return min(text_width(text, 6.2), 90) + 14


def _card(card: Card, rows: list[tuple[str, str]], box: Box, corner: Point) -> Iterator[str]:
    look = card.role.value if card.outlook is None else _OUTLOOKS[card.outlook]
    whole = [card.name, *(part for part in (card.kind, card.action, card.state) if part), *card.versions]
    whole += [gate.detail for gate in card.gates]
    inner = box.width - 2 * _PADDING - 4
    left = _PADDING + 4
    yield f'<g class="card {look}" transform="translate({corner.x:.1f} {corner.y:.1f})">'
    yield f"<title>{escape('; '.join(whole))}</title>"
    yield f'<rect class="box" width="{box.width:.1f}" height="{box.height:.1f}" rx="10"/>'
    low = box.height - 0.5
    yield f'<path class="bar" d="M5 .5A9.5 9.5 0 0 0 .5 10V{low - 9.5:.1f}A9.5 9.5 0 0 0 5 {low:.1f}z"/>'
    badge = _pill_width(card.kind) if card.kind else 0.0
    name = cut(card.name, inner - badge - (10 if badge else 0), _NAME)
    yield f'<text class="name" x="{left}" y="{_PADDING + 13}">{escape(name)}</text>'
    if card.kind:
        kind = "prod" if card.kind == "prod" else "other"
        yield from _pill(card.kind, f"kind {kind}", box.width - _PADDING - badge, _PADDING - 1, badge)
    y = _PADDING + 13
    for style, text in rows:
        y += _LINE
        shown = cut(text, inner, 7.3 if style == "version" else _SMALL)
        yield f'<text class="{style}" x="{left}" y="{y}">{escape(shown)}</text>'
    x = float(left)
    for gate in _pills(card):
        state = {True: "open", False: "closed", None: "later"}[gate.open_now]
        yield from _pill(gate.kind, f"gate {state}", x, y + 11, _pill_width(gate.kind))
        x += _pill_width(gate.kind) + 6
    yield "</g>"


def _pill(text: str, style: str, x: float, y: float, width: float) -> Iterator[str]:
    yield f'<rect class="pill {style}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_PILL}" rx="9"/>'
    shown = escape(cut(text, width - 12, 6.2))
    yield f'<text class="pill {style}" x="{x + width / 2:.1f}" y="{y + 13}">{shown}</text>'


# --- edges -------------------------------------------------------------------------------------------------


def _edge(target: Card, route: tuple[Point, ...], layout: Layout) -> str:
    return arrow(route, layout, "edge stopped" if target.outlook is Outlook.BLOCKED else "edge")
