"""What is no longer as it was when a plan was made."""

from __future__ import annotations

from dataclasses import replace

from engine.plan.comparison import changed_inputs
from engine.plan.nodes import InputDigest, Plan, PlannedTrigger

PLAN = Plan(
    "shop",
    "standard",
    "2026-11-17T10:00:00+00:00",
    PlannedTrigger("dev", None, None),
    (),
    (),
    60,
    "queue",
    None,
    (),
    (),
    (),
)


def plan(*inputs: tuple[str, str, str]) -> Plan:
    return replace(PLAN, inputs=tuple(InputDigest(*one) for one in inputs))


def test_the_same_inputs_have_no_changes() -> None:
    one = plan(("file", "a.promo", "1"), ("branch", "https://example.com/a.git main", "2"))
    assert changed_inputs(one, replace(one, at="2026-11-18T10:00:00+00:00")) == ()


def test_every_change_is_told() -> None:
    url = "https://example.com/a.git"
    before = plan(
        ("file", "a.promo", "1"),
        ("file", "gone.promo", "1"),
        ("branch", f"{url} main", "a" * 40),
        ("branch", f"{url} old", "b"),
    )
    after = plan(
        ("file", "a.promo", "2"),
        ("file", "new.promo", "1"),
        ("branch", f"{url} main", "c" * 40),
        ("branch", f"{url} v2", "b"),
    )
    assert changed_inputs(before, after) == (
        "file `a.promo` was changed",
        "file `gone.promo` was removed",
        "file `new.promo` was added",
        f"`main` of {url} moved from aaaaaaaaaa to cccccccccc",
        f"`old` of {url} is not read any more",
        f"`v2` of {url} is read now",
    )
