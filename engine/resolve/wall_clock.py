"""From what a clock on the wall shows to moments, where clocks are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def shown(moment: datetime, zone: tzinfo) -> datetime:
    """Return what the clocks of a zone show at a moment, without offset."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def first_moment(clock: datetime, zone: tzinfo) -> datetime:
    """Return the first moment, in UTC, at which the clocks of a zone show ``clock`` or later.

    A time that is skipped when clocks are put forward is reached at the skip. To the second.
    """
    early, late = _moments(clock, zone)
    if shown(early, zone) >= clock and shown(early - _SECOND, zone) < clock:
        return early
    return _search(early, late, clock, zone)


def last_moment(clock: datetime, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, from which on the clocks of a zone never show less than ``clock``.

    A time that occurs twice when clocks are put back counts when it occurs last. To the second.
    """
    early, late = _moments(clock, zone)
    if shown(late, zone) == clock:
        return late
    return _search(early, late, clock, zone)


def jumps(start: datetime, end: datetime, zone: tzinfo, step: timedelta = timedelta(hours=3)) -> list[datetime]:
    """Return the moments, in UTC, at which a zone's offset changes between two moments, in order.

    Two changes within one ``step`` that cancel out are not seen; no zone has had any.
    """
    found = []
    moment = start.astimezone(UTC)
    end = end.astimezone(UTC)
    while moment < end:
        following = min(moment + step, end)
        if _offset(moment, zone) != _offset(following, zone):
            found.append(_change(moment, following, zone))
        moment = following
    return found


def moments_of(clock: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the moments, in UTC, at which clocks show exactly ``clock``: none, one or two, in order."""
    return tuple(moment for moment in dict.fromkeys(_moments(clock, zone)) if shown(moment, zone) == clock)


def _moments(clock: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return both readings of a clock, the earlier first; they differ only around a change of the offset."""
    readings = [clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(readings), max(readings)


def _search(low: datetime, high: datetime, clock: datetime, zone: tzinfo) -> datetime:
    """Return the first second after ``low`` at which clocks show ``clock`` or later, by halving."""
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (low, middle) if shown(middle, zone) >= clock else (middle, high)
    return high


def _change(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """Return the first second of the new offset, by halving."""
    before = _offset(low, zone)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
