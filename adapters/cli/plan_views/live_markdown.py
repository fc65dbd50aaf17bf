"""How applications stand, for a comment on a pull request: a folded table."""

from __future__ import annotations

import html

from adapters.cli.plan_views.live_wording import COLUMNS, remarks, row, title
from adapters.cli.plan_views.markdown_fit import Piece, Rank
from adapters.cli.plan_views.markdown_text import cell, code, cut, sentence
from adapters.live.answer import Live, LiveApplication

_MARKS = {"Healthy": "🟢", "Degraded": "🔴"}
_LONGEST = 200


def live_pieces(live: Live) -> list[Piece]:
    """Return how the applications of a plan stand, folded."""
    head = f"<details><summary>Live: {html.escape(title(live))}</summary>\n\n"
    if not live.applications:
        return [Piece(f"{head}</details>\n\n", Rank.DETAIL, "live")]
    lines = [f"| | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    lines += [_row(one) for one in live.applications]
    lines += ["", f"asked at {code(live.asked_at.isoformat())}"]
    text = "\n".join(lines)
    return [Piece(f"{head}{text}\n\n</details>\n\n", Rank.DETAIL, "live")]


def _row(one: LiveApplication) -> str:
    environment, key, health, sync, deployed, drift, brings = row(one)
    mark = _MARKS.get(one.said.health, "🟡") if one.said is not None else "⚪"
    below = "".join(f"<br>{sentence(cut(remark, _LONGEST))}" for remark in remarks(one))
    cells = (
        mark,
        code(environment),
        code(cut(key, _LONGEST)),
        sentence(cut(health, _LONGEST)) + below,
        sync,
        code(deployed) if deployed else "",
        sentence(drift),
        code(brings) if brings != "-" else "",
    )
    return f"| {' | '.join(cell(text) for text in cells)} |"
