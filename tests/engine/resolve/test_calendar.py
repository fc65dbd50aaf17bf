"""Windows and freezes, against clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.conditions import Membership
from engine.model.entities import Freeze, Window
from engine.model.workspace import Workspace
from engine.resolve.calendar import (
    Closed,
    Frozen,
    NotFrozen,
    Open,
    freeze_state,
    freezes_in_force,
    window_state,
)
from engine.resolve.facts import ENVIRONMENT_NAME, Facts

BERLIN = "Europe/Berlin"
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def at(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def window(start: str, end: str, days: tuple[int, ...] = EVERY_DAY, zone: str = BERLIN) -> Window:
    return Window("w", days, time.fromisoformat(start), time.fromisoformat(end), zone)


OFFICE = window("09:00", "17:00", (1, 2, 3, 4, 5))
NIGHT = window("22:00", "06:00", (1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("asked", "now", "state"),
    [
        (OFFICE, at("2026-11-02T09:00"), Open(at("2026-11-02T17:00"))),
        (OFFICE, at("2026-11-02T08:59:59"), Closed(at("2026-11-02T09:00"))),
        (OFFICE, at("2026-11-02T16:59:59.999999"), Open(at("2026-11-02T17:00"))),
        (OFFICE, at("2026-11-02T17:00"), Closed(at("2026-11-03T09:00"))),
        (OFFICE, at("2026-11-06T17:00"), Closed(at("2026-11-09T09:00"))),
        (OFFICE, at("2026-11-07T12:00"), Closed(at("2026-11-09T09:00"))),
        # Overnight: the days are those it opens on.
        (NIGHT, at("2026-11-02T05:00"), Closed(at("2026-11-02T22:00"))),
        (NIGHT, at("2026-11-06T23:00"), Open(at("2026-11-07T06:00"))),
        (NIGHT, at("2026-11-07T05:59"), Open(at("2026-11-07T06:00"))),
        (NIGHT, at("2026-11-07T22:00"), Closed(at("2026-11-09T22:00"))),
        # The same time twice is a whole day.
        (window("09:00", "09:00", (1,)), at("2026-11-03T08:59"), Open(at("2026-11-03T09:00"))),
        (window("09:00", "09:00"), at("2026-11-03T08:59"), Open(None)),
        (window("00:00", "00:00", (1,)), at("2026-11-02T00:00"), Open(at("2026-11-03T00:00"))),
        (window("18:00", "00:00", (1,)), at("2026-11-02T20:00"), Open(at("2026-11-03T00:00"))),
        # 2026-03-29: 02:00 becomes 03:00.
        (window("02:30", "04:00"), at("2026-03-29T01:30"), Closed(at("2026-03-29T03:00"))),
        (window("01:00", "02:30"), at("2026-03-29T01:30"), Open(at("2026-03-29T03:00"))),
        (window("02:15", "02:45", (7,)), at("2026-03-29T01:30"), Closed(at("2026-04-05T02:15"))),
        # 2026-10-25: 03:00 becomes 02:00, so that 02:30 occurs twice.
        (window("02:30", "04:00"), at("2026-10-25T02:00"), Closed(at("2026-10-25T02:30"))),
        (window("02:30", "04:00"), at("2026-10-25T02:45"), Open(at("2026-10-25T02:00", fold=1))),
        (window("02:30", "04:00"), at("2026-10-25T02:10", fold=1), Closed(at("2026-10-25T02:30", fold=1))),
        (window("01:00", "02:30"), at("2026-10-25T02:10", fold=1), Open(at("2026-10-25T02:30", fold=1))),
        # Samoa skipped the whole of 2011-12-30, a Friday.
        (
            window("09:00", "17:00", (5,), "Pacific/Apia"),
            at("2011-12-29T23:00", "Pacific/Apia"),
            Closed(at("2012-01-06T09:00", "Pacific/Apia")),
        ),
    ],
)
def test_a_window_at_a_moment(asked: Window, now: datetime, state: Open | Closed) -> None:
    assert window_state(asked, now, ZoneInfo) == state


def test_the_answer_does_not_depend_on_the_zone_the_moment_is_given_in() -> None:
    now = at("2026-11-02T12:00")

    assert window_state(OFFICE, now.astimezone(ZoneInfo("Asia/Tokyo")), ZoneInfo) == window_state(OFFICE, now, ZoneInfo)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        window_state(OFFICE, datetime(2026, 11, 2), ZoneInfo)
    with pytest.raises(ValueError, match="offset"):
        freeze_state(freeze("2026-11-02T00:00", "2026-11-03T00:00"), datetime(2026, 11, 2), ZoneInfo)


def freeze(start: str, end: str, zone: str = BERLIN, **more: object) -> Freeze:
    return Freeze("f", datetime.fromisoformat(start), datetime.fromisoformat(end), zone, **more)  # type: ignore[arg-type]


YEAR_END = freeze("2026-12-20T00:00", "2027-01-03T00:00")


@pytest.mark.parametrize(
    ("asked", "now", "state"),
    [
        (YEAR_END, at("2026-12-19T23:59:59"), NotFrozen(at("2026-12-20T00:00"))),
        (YEAR_END, at("2026-12-20T00:00"), Frozen(at("2027-01-03T00:00"))),
        (YEAR_END, at("2027-01-02T23:59"), Frozen(at("2027-01-03T00:00"))),
        (YEAR_END, at("2027-01-03T00:00"), NotFrozen(None)),
        # A skipped time is reached when clocks jump over it.
        (freeze("2026-03-29T02:30", "2026-03-29T05:00"), at("2026-03-29T01:59"), NotFrozen(at("2026-03-29T03:00"))),
        (freeze("2026-03-29T00:00", "2026-03-29T02:30"), at("2026-03-29T01:59"), Frozen(at("2026-03-29T03:00"))),
        # A time that occurs twice: from the first to the last.
        (
            freeze("2026-10-25T02:30", "2026-10-26T00:00"),
            at("2026-10-25T02:10", fold=1),
            Frozen(at("2026-10-26T00:00")),
        ),
        (
            freeze("2026-10-25T00:00", "2026-10-25T02:30"),
            at("2026-10-25T02:40"),
            Frozen(at("2026-10-25T02:30", fold=1)),
        ),
    ],
)
def test_a_freeze_at_a_moment(asked: Freeze, now: datetime, state: Frozen | NotFrozen) -> None:
    assert freeze_state(asked, now, ZoneInfo) == state


def test_only_freezes_whose_condition_holds_are_in_force() -> None:
    production = Membership(ENVIRONMENT_NAME, ("prod",))
    workspace = Workspace(
        freezes={"all": YEAR_END, "some": freeze("2026-12-01T00:00", "2027-02-01T00:00", when=production)}
    )
    now = at("2026-12-24T12:00")

    for name, expected in (("prod", ["all", "some"]), ("qa", ["all"])):
        found = freezes_in_force(workspace, Facts({ENVIRONMENT_NAME: (name,)}), now, ZoneInfo)
        assert [next(n for n, f in workspace.freezes.items() if f == freeze) for freeze, _ in found] == expected
    assert freezes_in_force(workspace, Facts(), at("2026-11-24T12:00"), ZoneInfo) == ()


# --- against looking at the clock every minute ---------------------------------------------------

ZONES = (BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Pacific/Apia")
CHANGES = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 3, 8),
    date(2026, 4, 5),
    date(2026, 6, 1),
    date(2011, 12, 30),
)


def clock_says_open(asked: Window, moment: datetime) -> bool:
    """Say what a person with a clock and a calendar would."""
    local = moment.astimezone(ZoneInfo(asked.zone))
    minute = local.hour * 60 + local.minute
    start = asked.start.hour * 60 + asked.start.minute
    length = (asked.end.hour * 60 + asked.end.minute - start) % 1440 or 1440
    for back in (0, 1):
        opened = local.date() - timedelta(days=back)
        if opened.isoweekday() in asked.days and start <= minute + 1440 * back < start + length:
            return True
    return False


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@settings(max_examples=60, deadline=None)
@given(
    days=st.sets(st.integers(1, 7), min_size=1).map(lambda found: tuple(sorted(found))),
    start=times,
    end=times,
    zone=st.sampled_from(ZONES),
    near=st.sampled_from(CHANGES),
    minutes=st.integers(-2000, 2000),
)
def test_a_window_agrees_with_the_clock_minute_by_minute(
    days: tuple[int, ...], start: time, end: time, zone: str, near: date, minutes: int
) -> None:
    asked = Window("w", days, start, end, zone)
    now = datetime.combine(near, time(), UTC) + timedelta(minutes=minutes)
    open_now = clock_says_open(asked, now)
    horizon = 9 * 1440
    change = next(
        (
            moment
            for moment in (now + timedelta(minutes=passed) for passed in range(1, horizon))
            if clock_says_open(asked, moment) != open_now
        ),
        None,
    )

    state = window_state(asked, now, ZoneInfo)

    assert isinstance(state, Open) == open_now
    found = state.until if isinstance(state, Open) else state.opens_at
    if change is not None:
        assert found == change
    else:
        assert found is None or found >= now + timedelta(minutes=horizon)


@settings(max_examples=60, deadline=None)
@given(
    near=st.sampled_from(CHANGES),
    zone=st.sampled_from(ZONES),
    start=st.integers(-300, 600),
    length=st.integers(1, 600),
    asked_at=st.integers(-900, 2000),
)
def test_a_freeze_is_one_stretch_between_what_clocks_show(
    near: date, zone: str, start: int, length: int, asked_at: int
) -> None:
    midnight = datetime.combine(near, time())
    asked = Freeze("f", midnight + timedelta(minutes=start), midnight + timedelta(minutes=start + length), zone)
    minutes = [midnight.replace(tzinfo=UTC) + timedelta(minutes=passed) for passed in range(-2 * 1440, 4 * 1440)]
    shown = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in minutes]
    first = next(moment for moment, clock in zip(minutes, shown, strict=True) if clock >= asked.start)
    last = max(moment for moment, clock in zip(minutes, shown, strict=True) if clock < asked.end)
    now = midnight.replace(tzinfo=UTC) + timedelta(minutes=asked_at)

    state = freeze_state(asked, now, ZoneInfo)

    assert isinstance(state, Frozen) == (first <= now <= last)
    if now < first:
        assert state == NotFrozen(first)
    elif now <= last:
        assert state == Frozen(last + timedelta(minutes=1))
    else:
        assert state == NotFrozen(None)
