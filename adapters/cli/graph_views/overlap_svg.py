"""Contests of policies as an SVG table: who sets what, who decides how often, and who overrules whom."""

from __future__ import annotations

import math
from collections.abc import Iterator

from adapters.cli.graph_views.canvas import document, text
from adapters.cli.graph_views.measure import fitted, width
from adapters.cli.graph_views.overlap_diagram import overlap_title
from adapters.cli.graph_views.theme import NAME, SMALL, TEXT
from adapters.cli.graph_views.wording import counted
from adapters.cli.plan_views.svg_text import escape
from engine.graphs import Claim, PolicyOverlap, Standing
from engine.model.settings import SETTING_NAMES
from engine.model.values import written

_ROW, _BEATEN = 44, 16
"""Height of a row, and what a line about those who overrule adds to it."""

_HEAD = 30
_PRIORITY = 64
_PAIRS = 64
_WIDEST_NAME = 240.0
_NARROWEST, _WIDEST = 104, 250
_LEGEND = 34
_TALLY = 50
"""Room for e.g. ``84/120`` beside a bar."""


def render(found: PolicyOverlap) -> str:
    """Return an SVG document: a row for every policy, best first; a column for every setting that one of them sets.

    A bar shows in how many of its pairs a policy decides a setting: full where it always does, empty where others
    always overrule it. Each cell's title names those others.
    """
    settings = [
        name for name in SETTING_NAMES if any(claim.setting == name for one in found.standings for claim in one.claims)
    ]
    names = min(_WIDEST_NAME, max([80.0, *(width(one.policy.name, NAME, bold=True) for one in found.standings)])) + 18
    columns = [_column(name, found) for name in settings]
    lefts = [_PRIORITY + names + _PAIRS + sum(columns[:number]) for number in range(len(columns))]
    inner = _PRIORITY + names + _PAIRS + sum(columns)
    content = [*_legend(found), f'<g transform="translate(0 {_LEGEND})">', *_heads(settings, lefts, columns, names)]
    before: int | None = None
    y = _HEAD
    for standing in found.standings:
        priority = standing.policy.priority
        if priority != before:
            content.append(f'<path class="rule" d="M0 {y}H{inner:.1f}"/>')
            content.append(text(str(priority), 8, y + 27, "name"))
        before = priority
        content += _row(standing, y, names, dict(zip(settings, zip(lefts, columns, strict=True), strict=True)))
        y += _row_height(standing)
    content.append("</g>")
    return document(*overlap_title(found), content, inner, _LEGEND + y)


def _row_height(standing: Standing) -> int:
    return _ROW + (_BEATEN if any(claim.beaten_by for claim in standing.claims) else 0)


def _column(name: str, found: PolicyOverlap) -> int:
    values = [
        width(written(claim.value), TEXT) for one in found.standings for claim in one.claims if claim.setting == name
    ]
    return min(_WIDEST, math.ceil(max([_NARROWEST, width(name, TEXT, bold=True), *values]))) + 20


def _legend(found: PolicyOverlap) -> Iterator[str]:
    yield '<rect class="track" y="5" width="40" height="6" rx="3"/>'
    yield '<rect class="decides" y="5" width="24" height="6" rx="3"/>'
    yield text("decides / matches: in how many pairs its value is in force", 50, 12, "quiet")
    if any(claim.tied for one in found.standings for claim in one.claims):
        left = 66 + width("decides / matches: in how many pairs its value is in force", TEXT)
        yield f'<rect class="tied" x="{left:.1f}" y="5" width="12" height="6" rx="3"/>'
        yield text("only its name decides", left + 20, 12, "quiet")


def _heads(settings: list[str], lefts: list[float], columns: list[int], names: float) -> Iterator[str]:
    yield text("priority", 8, 18, "quiet")
    yield text("policy", _PRIORITY, 18, "quiet")
    yield text("pairs", _PRIORITY + names + _PAIRS - 20, 18, "quiet end")
    for name, left, column in zip(settings, lefts, columns, strict=True):
        yield text(fitted(name, column - 10, TEXT, bold=True), left, 18, "name")


def _row(standing: Standing, y: int, names: float, places: dict[str, tuple[float, int]]) -> Iterator[str]:
    idle = standing.pairs == 0
    policy = standing.policy.name
    about = f"{policy}: priority {standing.policy.priority}, matches {counted(standing.pairs, 'pair')}"
    yield f"<g><title>{escape(about)}</title>"
    yield text(fitted(policy, names - 17, NAME, bold=not idle), _PRIORITY, y + 27, "quiet" if idle else "name")
    yield text(f"{standing.pairs:,}", _PRIORITY + names + _PAIRS - 20, y + 27, "quiet end")
    yield "</g>"
    for claim in standing.claims:
        left, column = places[claim.setting]
        yield from _cell(policy, claim, standing.pairs, left, y, column - 20)


def _cell(policy: str, claim: Claim, pairs: int, left: float, y: int, room: int) -> Iterator[str]:
    value = written(claim.value)
    words = [f"{policy} sets {claim.setting} {value} and decides in {claim.decides:,} of {counted(pairs, 'pair')}"]
    words += [f"{winner} in {times:,}" for winner, times in claim.beaten_by]
    words += [f"only the name decides in {claim.tied:,}"] if claim.tied else []
    yield f'<g transform="translate({left:.1f} {y})"><title>{escape("; ".join(words))}</title>'
    style = "warns" if claim.tied else "" if claim.decides else "quiet"
    yield text(fitted(value, room, TEXT), 0, 19, style)
    bar = room - _TALLY
    yield f'<rect class="track" y="28" width="{bar:.1f}" height="6" rx="3"/>'
    if claim.decides:
        wide = max(4.0, bar * claim.decides / pairs)
        yield f'<rect class="decides" y="28" width="{wide:.1f}" height="6" rx="3"/>'
    if claim.tied:
        wide = max(4.0, bar * claim.tied / pairs)
        yield f'<rect class="tied" x="{bar - wide:.1f}" y="28" width="{wide:.1f}" height="6" rx="3"/>'
    yield text(fitted(f"{claim.decides:,}/{pairs:,}", _TALLY - 6, SMALL), bar + 6, 35, "small quiet")
    if claim.beaten_by:
        yield text(_overruled(claim, room), 0, 51, "small quiet")
    yield "</g>"


def _overruled(claim: Claim, room: float) -> str:
    """Return who overrules a claim: by name where that fits, otherwise how many."""
    winners = [winner for winner, _ in claim.beaten_by]
    more = f" and {len(winners) - 1} more" if len(winners) > 1 else ""
    named = f"under {winners[0]}{more}"
    if width(named, SMALL) <= room:
        return named
    return fitted(f"under {counted(len(winners), 'policy', 'policies')}", room, SMALL)
