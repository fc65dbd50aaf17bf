"""Identifiers of releases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.execute.identifiers import release_id

MOMENT = datetime(2026, 11, 17, 10, tzinfo=UTC)


def test_it_can_be_typed() -> None:
    assert release_id(MOMENT, bytes(4)) == "06f0h50-000000"
    assert len(release_id(MOMENT, b"\xff\xff\xff\xff")) == 14


@given(
    st.integers(0, 10**9), st.integers(1, 10**6), st.binary(min_size=4, max_size=4), st.binary(min_size=4, max_size=4)
)
def test_later_ones_sort_behind_earlier_ones(start: int, apart: int, first: bytes, second: bytes) -> None:
    earlier = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    assert release_id(earlier, first) < release_id(earlier + timedelta(seconds=apart), second)


@given(st.binary(min_size=4, max_size=4), st.binary(min_size=4, max_size=4))
def test_the_random_part_tells_releases_of_one_second_apart(first: bytes, second: bytes) -> None:
    same = int.from_bytes(first, "big") >> 2 == int.from_bytes(second, "big") >> 2
    assert (release_id(MOMENT, first) == release_id(MOMENT, second)) == same
