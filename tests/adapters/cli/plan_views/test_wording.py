"""What every view says in the same words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.cli.plan_views.wording import (
    argument_text,
    causes,
    gate_text,
    subject,
    summary,
    unseen,
    verdict,
    version_text,
    waits_until,
)
from engine.plan.nodes import Argument, Blocker, BlockerCode, Gate, GateKind
from tests.support.plans import SAMPLES, application, blocked, linear, plan, step, waiting


def frozen(until: str) -> Blocker:
    return Blocker(BlockerCode.FROZEN, f"frozen until {until}", "wait", clears_at=until)


@pytest.mark.parametrize(
    ("moments", "last"),
    [
        (("2026-12-24T09:00+01:00",), "2026-12-24T09:00+01:00"),
        (("2027-01-04T00:00+00:00", "2026-12-24T09:00+01:00"), "2027-01-04T00:00+00:00"),
        (("2026-12-24T09:00+01:00", "2026-12-24T08:30+00:00"), "2026-12-24T08:30+00:00"),
        (("2026-12-24T23:00-05:00", "2026-12-25T01:00+01:00"), "2026-12-24T23:00-05:00"),
        (("2027-01-01T00:00", "2026-12-24T09:00+01:00"), "2026-12-24T09:00+01:00 and 2027-01-01T00:00"),
        (("soon", "2026-12-24T09:00+01:00"), "2026-12-24T09:00+01:00 and soon"),
        ((), ""),
    ],
)
def test_a_step_waits_for_the_last_of_its_blockers(moments: tuple[str, ...], last: str) -> None:
    assert waits_until(step("prod", ("qa",), blockers=tuple(map(frozen, moments)))) == last


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("linear", "A release can run; it stops for soak and approvals in prod."),
        ("fan_out", "A release can run."),
        ("waiting", "A release can run; it waits for prod until 2027-01-03T00:00+01:00."),
        ("blocked", "A release cannot run: 2 blockers must be removed first."),
        ("empty", "A release cannot run: there is no environment to promote to."),
    ],
)
def test_verdicts(name: str, sentence: str) -> None:
    assert verdict(SAMPLES[name]) == sentence


def test_environments_that_stop_for_the_same_are_named_together() -> None:
    gates = (Gate(GateKind.SOAK, "2h healthy", None),)
    steps = (step("eu", ("qa",), gates=gates), step("us", ("qa",), gates=gates), step("demo", ("qa",)))

    assert verdict(plan(steps)) == "A release can run; it stops for soak in eu and us."


def test_a_plan_that_waits_as_a_whole_says_so() -> None:
    whole = replace(linear(), blockers=(frozen("2027-01-03T00:00+01:00"),))

    assert "it waits for all of it until 2027-01-03T00:00+01:00;" in verdict(whole)


def test_singular_and_plural() -> None:
    files = linear().steps[0].applications[0].changes[:1]
    one = step("qa", ("dev",), applications=(application("qa", "dev", changes=files),))

    assert summary(plan((one,))) == "Plan: 1 environment changes (1 file)."
    assert summary(plan((one, replace(one, environment="b")))) == "Plan: 2 environments change (2 files)."


def test_what_workflows_do_is_not_called_no_changes() -> None:
    assert unseen(SAMPLES["by_workflow"]) == "What workflows change in qa cannot be foreseen."
    assert "without changes" not in summary(SAMPLES["by_workflow"])
    assert unseen(linear()) == ""


def test_causes_leave_out_what_only_follows_from_them_and_what_passes() -> None:
    found = [(where, blocker.code.value) for where, blocker in causes(blocked())]

    assert found == [("qa", "P010"), ("sandbox", "P001")]
    assert causes(waiting()) == ()


def test_consequences_are_shown_when_nothing_else_is() -> None:
    assert [where for where, _ in causes(plan((blocked().steps[1],)))] == ["prod"]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [("1", "2", "1 > 2"), (None, "2", "none > 2"), ("1", None, "1"), ("1", "1", "1"), (None, None, "")],
)
def test_versions(before: str | None, after: str | None, text: str) -> None:
    assert version_text(application("qa", "dev", version_from=before, version_to=after, changes=()), ">") == text


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        (Gate(GateKind.SOAK, "2h", None), "decided during the release"),
        (Gate(GateKind.WINDOW, "`w` is open until T", True, "T"), ""),
        (Gate(GateKind.WINDOW, "`w`", True), "open now"),
        (Gate(GateKind.WINDOW, "`w`", False, "T2"), "closed until T2"),
        (Gate(GateKind.FREEZE, "`f` until T2", False, "T2"), ""),
        (Gate(GateKind.WINDOW, "`w` never opens", False), ""),
        (Gate(GateKind.WINDOW, "`w`", False), "closed"),
    ],
)
def test_gates_say_their_state_once(gate: Gate, text: str) -> None:
    assert gate_text(gate) == text


def test_arguments() -> None:
    assert argument_text(Argument("A", "1")) == "A=1"
    assert argument_text(Argument("A", None, "later")) == "A (later)"
    assert argument_text(Argument("A", None)) == "A (not known yet)"


@pytest.mark.parametrize(
    ("message", "first"), [("a\n\nb", "a"), ("\n\n  a \nb", "a"), ("", ""), ("\r\n", ""), ("a", "a")]
)
def test_subjects(message: str, first: str) -> None:
    assert subject(message) == first
