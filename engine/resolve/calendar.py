"""Whether a window is open, or a freeze in force, at a moment, and when that changes.

A window is open whenever the clocks of its zone show a time in it: where clocks are put back, a part of it
can occur twice, and where they are put forward a part is skipped. A freeze is one stretch of time, from the
first moment its zone's clocks reach the start to the last at which they show less than the end.
Source: domain, policy gates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from engine.model.entities import Freeze, Window
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from engine.resolve.wall_clock import first_moment, jumps, last_moment, moments_of, shown

Zones = Callable[[str], tzinfo]
"""Finds a time zone by its IANA name; given by the caller, since the zone data lies in files."""

_HORIZON = timedelta(days=16)
"""How far a change is looked for: a weekly window that falls into a skipped hour opens a week later."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Open:
    """The window is open; ``until`` is the first moment it is not, in UTC, None when it never closes."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """The window is closed; ``opens_at`` is the next moment it is open, in UTC, None when there is none in sight."""

    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """The freeze is in force; ``until`` is the first moment after it, in UTC."""

    until: datetime


@dataclass(frozen=True, slots=True)
class NotFrozen:
    """The freeze is not in force; ``starts_at`` is its first moment, in UTC, None when it is over."""

    starts_at: datetime | None


def window_state(window: Window, now: datetime, zone: Zones) -> Open | Closed:
    """Say whether a window is open.

    Args:
        window: its days are those it opens on; one that ends no later than it starts goes on the next day.
        now: an aware moment.
        zone: finds the window's time zone.

    Raises:
        ValueError: when ``now`` is without an offset.
    """
    _check_aware(now)
    where = zone(window.zone)
    is_open = _open(window, now, where)
    change = _change(window, now, where, is_open)
    return Open(change) if is_open else Closed(change)


def freeze_state(freeze: Freeze, now: datetime, zone: Zones) -> Frozen | NotFrozen:
    """Say whether a freeze is in force, whatever its `when` says.

    Args:
        freeze: its start and end are what the clocks of its zone show.
        now: an aware moment.
        zone: finds the freeze's time zone.

    Raises:
        ValueError: when ``now`` is without an offset.
    """
    _check_aware(now)
    where = zone(freeze.zone)
    start, end = first_moment(freeze.start, where), last_moment(freeze.end, where)
    if now < start:
        return NotFrozen(start)
    return Frozen(end) if now < end else NotFrozen(None)


def freezes_in_force(
    workspace: Workspace, facts: Facts, now: datetime, zone: Zones
) -> tuple[tuple[Freeze, Frozen], ...]:
    """Return the freezes that hold for a pair at a moment, by name.

    Args:
        workspace: its freezes.
        facts: of the product and the environment, as `Resolver.facts_of` gives them.
        now: an aware moment.
        zone: finds time zones.
    """
    found = []
    for name in sorted(workspace.freezes):
        freeze = workspace.freezes[name]
        state = freeze_state(freeze, now, zone)
        if isinstance(state, Frozen) and evaluate(freeze.when, facts):
            found.append((freeze, state))
    return tuple(found)


def _check_aware(now: datetime) -> None:
    if now.utcoffset() is None:
        raise ValueError("a moment needs an offset from UTC")


def _open(window: Window, moment: datetime, zone: tzinfo) -> bool:
    """Say whether clocks show a time in the window."""
    clock = shown(moment, zone)
    at = clock.time()
    today, yesterday = clock.isoweekday(), (clock - _DAY).isoweekday()
    if window.start < window.end:
        return today in window.days and window.start <= at < window.end
    return (today in window.days and at >= window.start) or (yesterday in window.days and at < window.end)


def _change(window: Window, now: datetime, zone: tzinfo, is_open: bool) -> datetime | None:
    """Return the first moment after ``now`` at which the window's state is another.

    It changes only where clocks show its start or its end, at midnight, or where clocks jump.
    """
    limit = now + _HORIZON
    first_day = shown(now, zone).replace(hour=0, minute=0, second=0, microsecond=0) - _DAY
    moments = {
        moment
        for day in range(_HORIZON.days + 3)
        for at in (window.start, window.end, time())
        for moment in moments_of(datetime.combine(first_day + day * _DAY, at), zone)
    }
    moments.update(jumps(now - _DAY, limit, zone))
    for moment in sorted(moments):
        if now < moment <= limit and _open(window, moment, zone) != is_open:
            return moment.astimezone(UTC)
    return None
