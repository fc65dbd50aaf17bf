"""Settings and where they come from, in words and as data for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from engine.model.values import Approvals, Seconds, SettingValue, written
from engine.resolve.decision import Effective, InlineOrigin, PolicyOrigin
from grammar.span import SourceText, Span

if TYPE_CHECKING:
    from engine.resolve.reasons import Reason

Sources = Mapping[str, SourceText]


def place(span: Span, sources: Sources) -> str:
    """Return ``file:line`` of where a span begins; empty for what no text says."""
    source = sources.get(span.source)
    return f"{span.source}:{source.position(span.start).line}" if source is not None else span.source


def columns(rows: Sequence[tuple[str, ...]], *, indent: str = "", gap: str = "  ") -> list[str]:
    """Return rows of cells as aligned lines without blanks at their ends."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        (indent + gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in rows
    ]


# --- as data ---------------------------------------------------------------------------------------


def place_data(span: Span, sources: Sources) -> dict[str, Any]:
    """Return file, 1-based line and 1-based column; nothing for what no text says."""
    source = sources.get(span.source)
    if source is None:
        return {"file": span.source} if span.source else {}
    line, column = source.position(span.start)
    return {"file": span.source, "line": line, "column": column}


def value_data(value: SettingValue) -> dict[str, Any]:
    """Return a value as `.promo` writes it, and the parts of those that have parts."""
    match value:
        case Seconds():
            return {"value": written(value), "seconds": value.count}
        case Approvals():
            return {"value": written(value), "count": value.count, "teams": list(value.teams)}
        case _:
            return {"value": written(value)}


def effective_data(effective: Effective, sources: Sources) -> dict[str, Any]:
    """Return a value with where it comes from."""
    origin = effective.origin
    where = place_data(origin.span, sources)
    match origin:
        case PolicyOrigin():
            return value_data(effective.value) | {"policy": origin.policy, "priority": origin.priority, **where}
        case InlineOrigin():
            return value_data(effective.value) | {"flow": origin.flow, **where}
        case _:
            assert_never(origin)


def reason_data(reason: Reason, sources: Sources) -> dict[str, Any]:
    """Return a reason with its place."""
    return {"message": reason.message, **place_data(reason.span, sources)}
