from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engine.execute.rules import HORIZON, Rules, next_look, next_try
from tests.fakes.worlds import NOW


def test_a_release_has_an_address_where_there_is_one() -> None:
    assert Rules(ZoneInfo, "https://promo.example.com/").release_url("r1") == "https://promo.example.com/releases/r1"
    assert Rules(ZoneInfo).release_url("r1") == ""


def test_what_was_waited_for_longer_is_looked_at_less_often() -> None:
    after = [next_look(NOW - timedelta(seconds=waited), NOW, None) - NOW for waited in (0, 20, 100, 300, 6000)]
    assert [gap.total_seconds() for gap in after] == [2.0, 2.0, 10.0, 30.0, 60.0]
    assert next_look(None, NOW, None) == NOW + timedelta(seconds=2)


@given(st.floats(-10, 1e6))
def test_who_is_asked_to_wait_waits_so_long_and_nobody_is_asked_without_rest(asked: float) -> None:
    gap = (next_look(NOW, NOW, asked) - NOW).total_seconds()
    assert abs(gap - min(max(asked, 0.1), HORIZON.total_seconds())) < 1e-5


@given(st.text(max_size=20), st.integers(1, 100))
def test_tries_come_later_and_later_and_never_at_once(key: str, tries: int) -> None:
    gap = (next_try(key, tries, NOW, None) - NOW).total_seconds()
    longest = min(2.0 ** (tries - 1), 60.0)
    assert longest / 2 <= gap <= longest
    assert next_try(key, tries, NOW, None) == next_try(key, tries, NOW, None)


def test_two_releases_do_not_try_at_the_same_moment() -> None:
    assert len({next_try(f"r{number}", 5, NOW, None) for number in range(50)}) > 40


def test_a_server_that_asks_for_more_time_gets_it() -> None:
    assert next_try("r1", 1, NOW, 120.0) == NOW + timedelta(seconds=120)
    assert next_try("r1", 9, NOW, 1.0) >= NOW + timedelta(seconds=30)
