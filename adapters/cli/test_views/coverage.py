"""Coverage for people, and as data."""

from __future__ import annotations

import math
from typing import Any

from adapters.cli.decision_words import Sources, columns, place, place_data
from engine.testing.coverage import Coverage, Item, Kind
from grammar.render import printable


def coverage_text(coverage: Coverage, sources: Sources) -> str:
    """Return a table by kind, and everything that is not exercised by file and line."""
    rows = [("", "exercised", "of", "")]
    rows += [(kind.value, *_numbers(coverage, kind)) for kind in Kind]
    rows.append(("total", *_numbers(coverage, None)))
    lines = columns(
        [(head, exercised.rjust(9), there.rjust(5), share.rjust(7)) for head, exercised, there, share in rows]
    )
    missed = sorted(coverage.missed, key=lambda item: _order(item, sources))
    if missed:
        lines += ["", "no test exercises"]
        lines += columns(
            [(printable(place(item.span, sources)), printable(item.words)) for item in missed], indent="  "
        )
    return "\n".join(lines) + "\n"


def percent(share: float) -> str:
    """Return a share, rounded down, so that only everything is 100 %."""
    return f"{math.floor(share * 10) / 10:.1f} %"


def coverage_data(coverage: Coverage, sources: Sources) -> dict[str, Any]:
    """Return the same as data; shares are percentages."""
    kinds = {kind.value: _counts(coverage, kind) for kind in Kind}
    missed = sorted(coverage.missed, key=lambda item: _order(item, sources))
    return {
        **_counts(coverage, None),
        "kinds": kinds,
        "missed": [{"kind": item.kind.value, "what": item.words, **place_data(item.span, sources)} for item in missed],
    }


def _counts(coverage: Coverage, kind: Kind | None) -> dict[str, float]:
    exercised, there = coverage.count(kind)
    return {"exercised": exercised, "of": there, "percent": math.floor(coverage.percent(kind) * 100) / 100}


def _numbers(coverage: Coverage, kind: Kind | None) -> tuple[str, str, str]:
    exercised, there = coverage.count(kind)
    return str(exercised), str(there), percent(coverage.percent(kind)) if there else "-"


def _order(item: Item, sources: Sources) -> tuple[str, int]:
    return item.span.source, item.span.start if item.span.source in sources else 0
