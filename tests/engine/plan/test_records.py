"""Types that no data can stand for are found when their shape is made, not when a value is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pytest

from engine.plan.records import Records
from engine.plan.shapes import RecordError


class Size(Enum):
    SMALL = 1


@dataclass(frozen=True)
class Placed:
    name: str
    span: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Lost:
    name: str
    span: int = field(compare=False)


@dataclass(frozen=True)
class Counted:
    items: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.items)


@pytest.mark.parametrize(
    "hint",
    [float, bytes, object, str | int, str | int | None, tuple[str, int], tuple[str], dict[int, str], Size, Lost, Any],
)
def test_a_type_without_a_form_as_data_is_refused(hint: object) -> None:
    with pytest.raises(TypeError):
        Records().shape(hint)


def test_what_takes_no_part_in_equality_is_left_out() -> None:
    shape = Records().shape(Placed)

    assert shape.write(Placed("a", 7)) == {"name": "a"}
    assert shape.read({"name": "a"}) == Placed("a")


def test_a_pair_becomes_an_object() -> None:
    shape = Records(pair_keys=("who", "how_many")).shape(tuple[tuple[str, int], ...])

    assert shape.write((("ann", 2),)) == [{"who": "ann", "how_many": 2}]
    assert shape.read([{"who": "ann", "how_many": 2}]) == (("ann", 2),)
    with pytest.raises(RecordError, match=r"^\[0\]\.how_many: expected a whole number, found a text$"):
        shape.read([{"who": "ann", "how_many": "2"}])


def test_a_computed_value_is_written_and_checked() -> None:
    shape = Records(computed={Counted: ("count",)}).shape(Counted)

    assert shape.read({"items": ["a"], "count": 1}) == Counted(("a",))
    with pytest.raises(RecordError, match=r"^count: says a number"):
        shape.read({"items": ["a"], "count": 2})
    with pytest.raises(RecordError, match=r"^the key `count` is missing$"):
        shape.read({"items": ["a"]})


def test_keys_of_a_mapping_are_texts() -> None:
    with pytest.raises(RecordError, match=r"^expected a text as a key, found a number$"):
        Records().shape(Mapping[str, str]).read({1: "a"})
