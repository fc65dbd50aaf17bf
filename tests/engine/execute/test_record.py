from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from engine.execute.advance import admit, advance
from engine.execute.commands import take_up
from engine.execute.draft import LONGEST_MESSAGE
from engine.execute.effects import Broken, Done, EndRunEffect, NotNow, ReportEffect, WithdrawEffect
from engine.execute.ports import RunPhase, RunState
from engine.execute.record import record
from engine.execute.release import Release, Role, StepId
from engine.execute.rules import Rules
from engine.execute.spec import HooksSpec
from engine.execute.status import StepStatus
from engine.execute.store import Request, Wish
from engine.model.values import Action
from tests.fakes.worlds import NOW, application, environment, release, spec, workflow
from tests.support.release_answers import CHANGED, answers, hoped

RULES = Rules(ZoneInfo)
REPORTING = Rules(ZoneInfo, url="https://promo.example.com", reports=True)


def at(role: Role, *, action: Action = Action.COMMIT) -> tuple[Release, object]:
    """Return a release that asks for a step of ``qa``, and what it asks."""
    of = spec(
        environment("qa", action=action, applications=(application("shop-qa", pre=workflow("check")),)),
        hooks=HooksSpec(workflow("begin")),
    )
    whole, _ = admit(release(of), NOW, RULES)
    while True:
        advanced = advance(whole, NOW, RULES)
        (effect,) = advanced.effects
        if not isinstance(effect, ReportEffect) and effect.step.role is role and effect.step.environment != "dev":
            return advanced.release, effect
        whole, _ = record(advanced.release, effect, hoped(effect), NOW, RULES)


def test_the_commit_of_a_change_is_kept() -> None:
    whole, effect = at(Role.ACTION)
    whole, events = record(whole, effect, CHANGED, NOW, RULES)  # type: ignore[arg-type]
    step = whole.steps[StepId("qa", "argocd/shop-qa", Role.ACTION)]
    assert (step.status, step.message) == (StepStatus.SUCCEEDED, "2 files (feedfeedfe)")
    assert (step.outputs["commit"], step.outputs["changed"]) == (CHANGED.commit, "true")
    assert [event.kind for event in events] == ["step.succeeded"]


@pytest.mark.parametrize("phase", [RunPhase.FAILED, RunPhase.ERROR, RunPhase.SUCCEEDED])
def test_the_context_of_a_hook_counts_however_the_hook_ends(phase: RunPhase) -> None:
    whole, effect = at(Role.START_HOOK)
    state = RunState(phase, outputs={"PROMOTION_CONTEXT": '{"ticket": "7"}'})
    whole, events = record(whole, effect, state, NOW, RULES)  # type: ignore[arg-type]
    assert whole.context == {"ticket": "7"}
    assert [event.kind for event in events] == ["context", f"step.{phase.value}"]


def test_only_hooks_add_to_the_context() -> None:
    whole, effect = at(Role.PRE_ACTION)
    state = RunState(RunPhase.SUCCEEDED, outputs={"PROMOTION_CONTEXT": '{"ticket": "7"}'})
    whole, _ = record(whole, effect, state, NOW, RULES)  # type: ignore[arg-type]
    assert whole.context == {}


def test_a_late_answer_changes_nothing_and_is_noted() -> None:
    whole, effect = at(Role.ACTION)
    ended, _ = record(whole, effect, CHANGED, NOW, RULES)  # type: ignore[arg-type]
    for answer in answers(effect):  # type: ignore[arg-type]
        again, events = record(ended, effect, answer, NOW, RULES)  # type: ignore[arg-type]
        assert again == ended
        assert [event.kind for event in events] == ["step.late"]


def test_a_call_that_fails_for_now_is_made_again_later_and_said_once() -> None:
    whole, effect = at(Role.ACTION)
    kinds = []
    for tries in (1, 2, 3):
        whole, events = record(whole, effect, NotNow("connection refused"), NOW, RULES)  # type: ignore[arg-type]
        step = whole.steps[StepId("qa", "argocd/shop-qa", Role.ACTION)]
        kinds += [event.kind for event in events]
        assert (step.status, step.tries, step.message) == (StepStatus.RUNNING, tries, "connection refused")
        assert step.look_at is not None
        assert step.look_at > NOW
    assert kinds == ["step.retrying"]


def test_what_lands_while_it_is_withdrawn_has_landed() -> None:
    whole, _ = at(Role.ACTION, action=Action.PR)
    whole, _ = take_up(whole, Request(1, Wish.TERMINATE, "bob", NOW), NOW, RULES)
    (withdraw,) = advance(whole, NOW, RULES).effects
    assert isinstance(withdraw, WithdrawEffect)
    whole, _ = record(whole, withdraw, CHANGED, NOW, RULES)
    step = whole.steps[StepId("qa", "argocd/shop-qa", Role.ACTION)]
    assert (step.status, step.outputs["commit"]) == (StepStatus.SUCCEEDED, CHANGED.commit)


def test_a_run_that_cannot_be_ended_does_not_keep_the_release_from_ending() -> None:
    whole, _ = at(Role.PRE_ACTION)
    whole, _ = take_up(whole, Request(1, Wish.TERMINATE, "bob", NOW, reason="enough"), NOW, RULES)
    (end,) = advance(whole, NOW, RULES).effects
    assert isinstance(end, EndRunEffect)
    whole, _ = record(whole, end, Broken("forbidden"), NOW, RULES)
    assert whole.steps[end.step].status is StepStatus.ERROR
    assert advance(whole, NOW, RULES).release.status.value == "terminated"


def test_messages_are_bounded_and_hold_what_every_database_can() -> None:
    whole, effect = at(Role.PRE_ACTION)
    hostile = "nul\0 half \ud800 " + "x" * 10_000
    whole, events = record(whole, effect, RunState(RunPhase.FAILED, hostile), NOW, RULES)  # type: ignore[arg-type]
    message = whole.steps[StepId("qa", "argocd/shop-qa", Role.PRE_ACTION)].message
    assert message.startswith("nul\ufffd half ? xxx")
    assert len(message) == LONGEST_MESSAGE
    assert events[-1].message == message


def test_a_status_that_cannot_be_shown_now_is_shown_later_and_nothing_waits_for_it() -> None:
    whole = release(spec(environment("qa")))
    (report,) = advance(whole, NOW, REPORTING).effects
    assert isinstance(report, ReportEffect)
    assert report.report.state == "queued"
    later, _ = record(whole, report, NotNow("502"), NOW, REPORTING)
    assert advance(later, NOW, REPORTING).effects == ()
    assert advance(later, NOW, REPORTING).wake == later.report_at
    never, events = record(whole, report, Broken("403"), NOW, REPORTING)
    assert (never.reported, [event.kind for event in events]) == ("queued", ["report.failed"])
    shown, events = record(whole, report, Done(), NOW, REPORTING)
    assert (shown, events) == (replace(whole, reported="queued"), ())
