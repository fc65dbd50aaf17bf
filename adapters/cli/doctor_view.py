"""What `promo doctor` found, as lines for people and as data for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from adapters.doctor import Examined, Status
from grammar.render import printable

_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red", Status.SKIPPED: "bright_black"}
_STATUS_WIDTH = max(len(status.value) for status in Status)


def lines(one: Examined, *, width: int, colour: bool) -> str:
    """Return a result: its status, its check, what was found, and below it what to do.

    Args:
        one: the result.
        width: of the column of checks' names.
        colour: whether to use ANSI colours.
    """
    result = one.result
    status = f"{result.status.value:{_STATUS_WIDTH}}"
    if colour:
        status = click.style(status, fg=_COLOURS[result.status], bold=result.status is Status.FAILED or None)
    text = f"{status}  {one.check:{width}}  {printable(result.found)}"
    if result.remedy:
        text += f"\n{'':{_STATUS_WIDTH}}  {'':{width}}  = help: {printable(result.remedy)}"
    return text


def summary(examined: Sequence[Examined]) -> str:
    """Return e.g. ``9 ok, 1 warning, 2 skipped``."""
    counts = {status: sum(one.result.status is status for one in examined) for status in Status}
    words = []
    for status, count in counts.items():
        plural = "s" if status is Status.WARNING and count != 1 else ""
        words += [f"{count} {status.value}{plural}"] if count else []
    return ", ".join(words)


def data(examined: Sequence[Examined]) -> dict[str, Any]:
    """Return everything as JSON can say it."""
    return {
        "healthy": all(one.result.status is not Status.FAILED for one in examined),
        "results": [
            {
                "check": one.check,
                "status": one.result.status.value,
                "found": one.result.found,
                "remedy": one.result.remedy,
            }
            for one in examined
        ],
    }
