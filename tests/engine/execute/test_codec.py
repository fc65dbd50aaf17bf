"""A spec becomes data and comes back the same, or the reader says where the data is wrong."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.execute.codec import FORMAT, SpecDataError, from_data, to_data
from engine.execute.spec import FreezeSpec, GatesSpec, ReleaseSpec, WindowSpec
from engine.model.entities import PromotedFile
from engine.model.values import Approvals
from grammar.span import Span
from tests.support.releases import spec

TEXTS = st.text(max_size=8)
st.register_type_strategy(
    PromotedFile, st.builds(PromotedFile, TEXTS, st.lists(TEXTS, max_size=2).map(tuple), st.just(Span(1, 2, "x")))
)


@given(st.from_type(ReleaseSpec))
def test_every_spec_comes_back_from_json_equal(anything: ReleaseSpec) -> None:
    data = to_data(anything)

    assert from_data(json.loads(json.dumps(data))) == anything
    assert to_data(from_data(data)) == data


def with_gates() -> ReleaseSpec:
    base = spec()
    gates = GatesSpec(
        7200,
        Approvals(2, ("platform", "security")),
        WindowSpec("office-hours", (0, 1, 2), time(9, 0), time(17, 30), "Europe/Berlin"),
        (FreezeSpec("year-end", datetime(2026, 12, 20), datetime(2027, 1, 2, 12, 30), "UTC"),),
    )
    return replace(base, environments=(*base.environments[:-1], replace(base.environments[-1], gates=gates)))


def test_gates_are_written_so_that_people_can_read_them() -> None:
    data: Any = to_data(with_gates())

    assert list(data)[:3] == ["format", "product", "flow"]
    assert data["environments"][2]["gates"] == {
        "soak": 7200,
        "approvals": {"count": 2, "teams": ["platform", "security"]},
        "window": {
            "name": "office-hours",
            "days": [0, 1, 2],
            "start": "09:00:00",
            "end": "17:30:00",
            "zone": "Europe/Berlin",
        },
        "freezes": [{"name": "year-end", "start": "2026-12-20T00:00:00", "end": "2027-01-02T12:30:00", "zone": "UTC"}],
    }
    assert "span" not in json.dumps(data)


GATES = ("environments", 2, "gates")


@pytest.mark.parametrize(
    ("path", "value", "where", "reason"),
    [
        (("format",), "promo.release/v2", "", f"has the format `promo.release/v2`; this version reads `{FORMAT}`"),
        (("format",), None, "", "has the format null"),
        (("colour",), "red", "", "unknown key `colour`"),
        (("timeout",), "1", "timeout", "expected a whole number, found a text"),
        (("timeout",), True, "timeout", "expected a whole number, found true"),
        (("concurrency",), "both", "concurrency", "expected one of `queue`, `terminate`, found `both`"),
        (("concurrency",), ["queue"], "concurrency", "expected one of `queue`, `terminate`, found a list"),
        (("labels",), [], "labels", "expected an object, found a list"),
        (("labels", "team"), 1, "labels[`team`]", "expected a text, found a number"),
        (("environments",), {}, "environments", "expected a list, found an object"),
        (("environments", 1, "after", 0), 3, "environments[1].after[0]", "expected a text, found a number"),
        ((*GATES, "soak"), None, "environments[2].gates.soak", "expected a whole number, found null"),
        ((*GATES, "window", "start"), "9am", "environments[2].gates.window.start", "expected a time of day"),
        ((*GATES, "window", "start"), "09:00", "environments[2].gates.window.start", "expected a time of day"),
        (
            (*GATES, "freezes", 0, "end"),
            "2027",
            "environments[2].gates.freezes[0].end",
            "expected a date and time in ISO 8601, found `2027`",
        ),
        ((*GATES, "freezes", 0, "end"), 7, "environments[2].gates.freezes[0].end", "found a number"),
    ],
)
def test_what_is_no_spec_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, where: str, reason: str
) -> None:
    data: Any = copy.deepcopy(to_data(with_gates()))
    inner = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value

    with pytest.raises(SpecDataError) as error:
        from_data(data)

    assert error.value.path == where
    assert reason in error.value.reason


@pytest.mark.parametrize("key", ["product", "environments", "labels"])
def test_a_missing_key_is_named_even_if_it_has_a_default(key: str) -> None:
    data = to_data(spec())
    del data[key]

    with pytest.raises(SpecDataError, match=f"^the key `{key}` is missing$"):
        from_data(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "expected an object, found null"),
        ({}, "has no `format`"),
        ({"format": FORMAT, 1: 2}, "unknown key a number"),
        ([], "expected an object, found a list"),
    ],
)
def test_something_else_altogether_is_refused(data: object, reason: str) -> None:
    with pytest.raises(SpecDataError, match=reason):
        from_data(data)
