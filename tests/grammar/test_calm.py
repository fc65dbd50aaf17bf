"""The garbage collector while much is made: it is as before afterwards, and what was made is not walked at the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from grammar.calm import calm_collector


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_it_is_as_before_afterwards() -> None:
    with calm_collector():
        assert gc.get_threshold() != (700, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)
    assert gc.get_freeze_count() == 0


def test_within_another_it_changes_nothing() -> None:
    with calm_collector():
        half = gc.get_freeze_count() // 2  # some of them end meanwhile
        with calm_collector():
            assert gc.get_freeze_count() > half
        assert gc.get_freeze_count() > half
        assert gc.get_threshold() != (700, 10, 10)


def test_what_was_made_is_not_walked_when_it_ends() -> None:
    walks: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            walks.append(info["generation"])

    with calm_collector():
        made = [[number] for number in range(700_000)]
        assert gc.get_count()[0] > 700, "more than enough for a walk of all that is young"
        gc.callbacks.append(note)
    assert not {id(made[0]), id(made[-1])} & {id(young) for age in (0, 1) for young in gc.get_objects(age)}
    try:
        more = [[number] for number in range(800)]
    finally:
        gc.callbacks.remove(note)
    assert len(made) + len(more) == 700_800
    assert set(walks) == {0}
    assert len(walks) == 1
