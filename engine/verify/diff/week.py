"""When a window is open in a week, as one bit a minute."""

from __future__ import annotations

from datetime import time

from engine.model.entities import Window

_DAY = 24 * 60


def open_minutes(window: Window) -> int:
    """Return the minutes of a week at which a window is open, as bits; Monday's first is bit 0.

    Times of the language have no seconds, so minutes are exact. A window that ends no later than it starts goes
    on into the next day, on Sunday into Monday.
    """
    found = 0
    start, end = _minute(window.start), _minute(window.end)
    length = end - start if start < end else end - start + _DAY
    for day in window.days:
        begin = (day - 1) * _DAY + start
        found |= ((1 << length) - 1) << begin
    whole = 7 * _DAY
    return (found & ((1 << whole) - 1)) | (found >> whole)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
