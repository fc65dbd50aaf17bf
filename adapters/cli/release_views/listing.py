"""A list of releases as a table, and as data for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli.release_views.words import took
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.store.listing import ReleaseLine

_COLUMNS = ("release", "product", "version", "flow", "status", "created (UTC)", "by")


def list_text(lines: Sequence[ReleaseLine]) -> str:
    """Return releases as a table, one a line; a sentence where there are none."""
    if not lines:
        return "no releases"
    rows = [_COLUMNS, *(_row(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(line: ReleaseLine) -> tuple[str, ...]:
    lasted = took(line.started_at, line.finished_at)
    status = f"{line.status.value} after {lasted}" if lasted else line.status.value
    return tuple(
        printable(cell)
        for cell in (
            line.id,
            line.product,
            line.version or "-",
            line.flow or "-",
            status,
            f"{line.created_at:%Y-%m-%d %H:%M}",
            line.initiator,
        )
    )


def list_data(lines: Sequence[ReleaseLine]) -> list[dict[str, object]]:
    """Return releases as data, in their order."""
    return [
        {
            "id": line.id,
            "product": line.product,
            "flow": line.flow,
            "version": line.version,
            "commit": line.commit,
            "status": line.status.value,
            "message": line.message,
            "initiator": line.initiator,
            "created_at": line.created_at.isoformat(),
            "started_at": line.started_at.isoformat() if line.started_at else None,
            "finished_at": line.finished_at.isoformat() if line.finished_at else None,
        }
        for line in lines
    ]
