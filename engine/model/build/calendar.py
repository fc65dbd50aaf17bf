"""Windows and freezes: days, times, dates and zones."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from engine.model.attributes import FREEZE_SCOPE
from engine.model.build.items import Items
from engine.model.build.metadata import description
from engine.model.build.session import Session
from engine.model.entities import Freeze, Window
from grammar import nodes
from grammar.span import Span
from grammar.suggest import nearest

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The words for the days; their positions are the ISO weekdays less one."""

_DAY_WORDS = {
    "monday": "mon",
    "tuesday": "tue",
    "tues": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "thur": "thu",
    "thurs": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
    "weekdays": "mon to fri",
    "weekend": "sat to sun",
    "weekends": "sat to sun",
    "daily": "mon to sun",
}
"""What people write for days, by what is meant."""

_TIME = re.compile(r"([0-9]{2}):([0-9]{2})\Z")
_MOMENT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}))?\Z")


def window(session: Session, node: nodes.Window) -> Window | None:
    """Build a window; None when a day or a time is missing or wrong."""
    items = Items(session, f"window `{node.name.text}`", node.name.span, node.items)
    days = items.required(nodes.Days, "days mon to fri")
    hours = items.required(nodes.Hours, "from 09:00 to 17:00")
    numbers = _weekdays(session, days) if days else ()
    start = _time(session, hours.start, hours.span) if hours else None
    end = _time(session, hours.end, hours.span) if hours else None
    zone = _zone(session, items)
    if not numbers or start is None or end is None:
        return None
    return Window(node.name.text, numbers, start, end, zone, description(items), node.span)


def freeze(session: Session, node: nodes.Freeze) -> Freeze | None:
    """Build a freeze; None when its dates or its condition are missing or wrong."""
    items = Items(session, f"freeze `{node.name.text}`", node.name.span, node.items)
    dates = items.required(nodes.Dates, "from 2026-12-20 to 2027-01-02")
    when = items.one(nodes.When)
    condition = session.condition(when.condition if when else None, FREEZE_SCOPE)
    zone = _zone(session, items)
    start = moment(session, dates.start, dates.span) if dates else None
    end = moment(session, dates.end, dates.span, end=True) if dates else None
    if dates is None or start is None or end is None:
        return None
    if end == start:
        session.error("M054", f"{items.title} lasts no time", dates.span, help="with a time, the end is not included")
    elif end < start:
        hint = f"write `from {dates.end} to {dates.start}`"
        session.error("M054", f"{items.title} ends before it begins", dates.span, help=hint)
    if condition is None or end <= start:
        return None
    return Freeze(node.name.text, start, end, zone, condition, description(items), node.span)


def moment(session: Session, written: str, span: Span, *, end: bool = False) -> datetime | None:
    """Return the local moment a date, or a date and time, stands for; None when there is none, which is reported.

    Args:
        session: receives the report.
        written: e.g. ``2026-12-20`` or ``2026-12-20T18:00``.
        span: where it stands.
        end: whether a date without a time means the midnight that ends it, not the one that begins it.
    """
    match = _MOMENT.match(written)
    if match:
        year, month, day, hour, minute = (int(part or 0) for part in match.groups())
        try:
            made = datetime(year, month, day, hour, minute)
            return made + timedelta(days=1) if end and not match[4] else made
        except (ValueError, OverflowError):
            # The form is right and the calendar has no such day: the same report.
            pass
    hint = "a date is written `2026-12-20`, with a time `2026-12-20T18:00`"
    session.error("M053", f"there is no `{written[:40]}`", span, help=hint)
    return None


def _weekdays(session: Session, days: nodes.Days) -> tuple[int, ...]:
    numbers: set[int] = set()
    before = session.errors
    for item in days.ranges:
        first = _weekday(session, item.first)
        last = first if item.last is None else _weekday(session, item.last)
        if first is not None and last is not None:
            numbers |= {(first + offset) % 7 + 1 for offset in range((last - first) % 7 + 1)}
    if not days.ranges:
        session.error("M003", "`days` names no day", days.span, help="add one, such as `days mon to fri`")
    return tuple(sorted(numbers)) if session.errors == before else ()


def _weekday(session: Session, name: nodes.Name) -> int | None:
    """Return the position of a day in the week, from 0 for Monday."""
    if not session.word(name, WEEKDAYS, "a day", _DAY_WORDS):
        return None
    return WEEKDAYS.index(name.text)


def _time(session: Session, written: str, span: Span) -> time | None:
    match = _TIME.match(written)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    hint = "midnight is `00:00`" if written == "24:00" else "a time is written from `00:00` to `23:59`"
    session.error("M052", f"there is no time `{written[:20]}`", span, help=hint)
    return None


def _zone(session: Session, items: Items) -> str:
    """Return the zone of a declaration; without one it is UTC."""
    found = items.one(nodes.Zone)
    if found is None:
        return "UTC"
    name, known = found.name.text, session.known_zones
    if known is None or name in known:
        return name
    meant = nearest(name, known)
    hint = f"did you mean `{meant}`?" if meant else 'zones have names of the IANA database, such as "Europe/Berlin"'
    if not len(known):
        hint = "this machine has no time zone database; install the package `tzdata`"
    session.error("M055", f"`{name[:80]}` is not a time zone", found.name.span, help=hint)
    return name
