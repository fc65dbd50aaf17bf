"""A plan becomes data and comes back the same, or the reader says where the data is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from engine.plan.credentials import without_credentials
from engine.plan.deserialize import PlanDataError, from_data
from engine.plan.nodes import Plan
from engine.plan.serialize import FORMAT, to_data
from tests.support.plans import SAMPLES, linear, waiting
from tests.support.random_plans import PLANS

SOUND = sorted(set(SAMPLES) - {"hostile"})


@pytest.mark.parametrize("name", SOUND)
def test_a_plan_comes_back_from_json_equal(name: str) -> None:
    assert from_data(json.loads(json.dumps(to_data(SAMPLES[name])))) == SAMPLES[name]


@given(PLANS)
@settings(max_examples=60, deadline=None)
def test_data_and_plan_determine_each_other(plan: Plan) -> None:
    data = to_data(plan)
    back = from_data(json.loads(json.dumps(data)))

    assert to_data(back) == data
    assert from_data(to_data(back)) == back
    if "://" not in repr(plan):
        assert back == plan


def test_format_comes_first_and_flags_last() -> None:
    keys = list(to_data(linear()))

    assert keys[:3] == ["format", "product", "flow"]
    assert keys[-3:] == ["applyable", "complete", "no_op"]


def test_equal_plans_give_the_same_bytes() -> None:
    assert json.dumps(to_data(linear())) == json.dumps(to_data(linear()))


@pytest.mark.parametrize(
    ("name", "applyable", "complete", "no_op"),
    [
        ("linear", True, True, False),
        ("blocked", False, False, False),
        ("waiting", True, True, False),
        ("by_workflow", True, False, False),
        ("no_op", True, True, True),
        ("empty", False, False, False),
    ],
)
def test_computed_flags(name: str, applyable: bool, complete: bool, no_op: bool) -> None:
    data = to_data(SAMPLES[name])

    assert (data["applyable"], data["complete"], data["no_op"]) == (applyable, complete, no_op)


def test_every_step_has_its_state() -> None:
    steps = to_data(waiting())["steps"]

    assert isinstance(steps, list)
    assert [step["state"] for step in steps] == ["changes", "waits"]


def test_no_credentials_leave_through_an_address() -> None:
    text = json.dumps(to_data(SAMPLES["hostile"]))

    assert "git.example.com/a/b.git" in text
    assert "s3cret" not in text
    assert "t0ken" not in text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://git.example.com/a/b", "https://git.example.com/a/b"),
        ("https://robot:secret@git.example.com/a", "https://git.example.com/a"),
        ("https://token@git.example.com/a", "https://git.example.com/a"),
        ("https://user:p@ss@git.example.com/a", "https://git.example.com/a"),
        ("HTTPS://user:it's@host/a", "HTTPS://host/a"),
        ("ssh://git@host/a", "ssh://git@host/a"),
        ("ssh://git:secret@host/a", "ssh://git@host/a"),
        ("git@host:a/b.git", "git@host:a/b.git"),
        ("cannot read https://a:b@h/x and http://c@h/y", "cannot read https://h/x and http://h/y"),
        ("https://host/path@2", "https://host/path@2"),
    ],
)
def test_credentials_are_taken_out_of_addresses(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
    assert without_credentials(shown) == shown


def test_contents_of_files_stay_true() -> None:
    plan = SAMPLES["hostile"]

    assert from_data(to_data(plan)).steps[0].applications[0].changes == plan.steps[0].applications[0].changes


def set_at(*path: str | int) -> Callable[[Any, object], None]:
    """Return a function that sets the value at a path of nested data."""

    def change(data: Any, value: object) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "where", "reason"),
    [
        (("format",), "promo.plan/v2", "plan", "has the format `promo.plan/v2`; this version reads `promo.plan/v1`"),
        (("format",), 1, "plan", "has the format a number"),
        (("colour",), "red", "plan", "unknown key `colour`"),
        (("product",), None, "product", "expected a text, found null"),
        (("timeout",), True, "timeout", "expected a whole number, found true"),
        (("timeout",), 1.5, "timeout", "expected a whole number, found a number"),
        (("steps",), {}, "steps", "expected a list, found an object"),
        (("steps", 0), [], "steps[0]", "expected an object, found a list"),
        (("steps", 0, "x\x1b"), 1, "steps[0]", "unknown key `x\\x1b`"),
        (("steps", 1, "after", 0), 3, "steps[1].after[0]", "expected a text, found a number"),
        (("steps", 1, "gates", 0, "kind"), "luck", "steps[1].gates[0].kind", "expected one of `soak`, `approvals`"),
        (
            ("steps", 0, "state"),
            "blocked",
            "steps[0].state",
            "says `blocked`, but the plan it stands in comes to `changes`",
        ),
        (("steps", 0, "applications", 0, "source"), 1, "steps[0].applications[0].source", "expected an object"),
        (("applyable",), False, "applyable", "says false, but the plan it stands in comes to true"),
        (("no_op",), 0, "no_op", "says a number, but the plan it stands in comes to false"),
        (("trigger", "post_actions", 0), {"application": "a"}, "trigger.post_actions[0]", "`application` and `call`"),
        (("trigger", "post_actions", 0), "a", "trigger.post_actions[0]", "expected an object, found a text"),
        (("trigger", "commit", "parents"), "", "trigger.commit.parents", "expected a list, found a text"),
    ],
)
def test_what_is_not_a_plan_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, where: str, reason: str
) -> None:
    data = copy.deepcopy(to_data(linear()))
    set_at(*path)(data, value)

    with pytest.raises(PlanDataError) as error:
        from_data(data)

    assert (error.value.path or "plan") == where
    assert reason in error.value.reason
    assert str(error.value).startswith(f"{where}: ")


@pytest.mark.parametrize("key", ["product", "steps", "applyable", "blockers"])
def test_a_missing_key_is_named(key: str) -> None:
    data = to_data(linear())
    del data[key]

    with pytest.raises(PlanDataError, match=f"^plan: the key `{key}` is missing$"):
        from_data(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "expected an object, found null"),
        ([], "expected an object, found a list"),
        ({}, "has no `format`; this version reads"),
        ({"format": FORMAT}, "the key `product` is missing"),
        (object(), "found a Python `object`"),
    ],
)
def test_something_else_altogether_is_refused(data: object, reason: str) -> None:
    with pytest.raises(PlanDataError, match=reason):
        from_data(data)
