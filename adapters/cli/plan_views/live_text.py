"""How applications stand, for a terminal: a table whose columns are as wide as what is in them."""

from __future__ import annotations

from adapters.cli.plan_views.live_wording import COLUMNS, remarks, row, title
from adapters.cli.plan_views.terminal_tree import Node, Run, cells
from adapters.live.answer import Drift, Live, LiveApplication

_DIM = "dim"
_HEALTH = {"Healthy": "green", "Degraded": "red"}
_DRIFT = {Drift.NONE: "", Drift.UNKNOWN: _DIM}
_GAP = 2


def live_nodes(live: Live) -> list[Node]:
    """Return how the applications of a plan stand, with a line for each."""
    head = Node((Run("Live  ", "bold"), Run(title(live)), Run(f"  {live.asked_at.isoformat()}", _DIM)))
    if not live.applications:
        return [head]
    rows = [(one, row(one)) for one in live.applications]
    # What is unknown says why instead, which would push the columns of the others away.
    known = [COLUMNS, *(texts for one, texts in rows if one.said is not None)]
    widths = [max(cells(texts[index]) for texts in known) for index in range(len(COLUMNS))]
    for index in (0, 1):
        widths[index] = max(widths[index], *(cells(texts[index]) for _, texts in rows))
    nodes = [head, _line(COLUMNS, widths, [_DIM] * len(COLUMNS))]
    for one, texts in rows:
        nodes.append(_line(texts, widths, _styles(one)) if one.said is not None else _unknown(texts, widths))
        indent = "  " + " " * (widths[0] + _GAP)
        nodes += [Node((Run(indent), Run(remark, _DIM)), hang=len(indent) + 2) for remark in remarks(one)]
    return nodes


def _line(texts: tuple[str, ...], widths: list[int], styles: list[str]) -> Node:
    runs = [Run("  ")]
    for text, width, style in zip(texts, widths, styles, strict=True):
        runs += [Run(text, style), Run(" " * (width - cells(text) + _GAP))]
    return Node(tuple(runs), hang=_before_health(widths))


def _before_health(widths: list[int]) -> int:
    """Return the columns before that of the health, below which whatever wraps goes on."""
    return _GAP + sum(widths[:2]) + 2 * _GAP


def _unknown(texts: tuple[str, ...], widths: list[int]) -> Node:
    runs = [Run("  ")]
    for text, width in zip(texts[:2], widths, strict=False):
        runs += [Run(text, "bold" if text is texts[1] else ""), Run(" " * (width - cells(text) + _GAP))]
    runs.append(Run(texts[2], "yellow"))
    if texts[-1] != "-":
        runs.append(Run(f"  planned {texts[-1]}", "cyan"))
    return Node(tuple(runs), hang=_before_health(widths))


def _styles(one: LiveApplication) -> list[str]:
    assert one.said is not None
    health = _HEALTH.get(one.said.health, "yellow")
    sync = "" if one.said.sync == "Synced" else "yellow"
    return ["", "bold", health, sync, "", _DRIFT.get(one.standing.drift, "yellow"), "cyan"]
