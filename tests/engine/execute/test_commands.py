from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from engine.execute.advance import admit, advance
from engine.execute.commands import take_up
from engine.execute.effects import Effect, Result
from engine.execute.overflow import terminate_queued
from engine.execute.record import record
from engine.execute.release import CHAIN, Release, Role, StepId
from engine.execute.rules import Rules
from engine.execute.spec import HooksSpec, ReleaseSpec
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import Request, Wish
from tests.fakes.worlds import NOW, application, environment, release, spec, workflow
from tests.support.release_answers import answers, hoped

RULES = Rules(ZoneInfo)


def run(whole: Release, **bad: int) -> Release:
    """Run a release to its end; ``bad`` says for roles which of the possible answers they get."""
    if whole.status is ReleaseStatus.QUEUED:
        whole, _ = admit(whole, NOW, RULES)
    while not (advanced := advance(whole, NOW, RULES)).release.status.is_final:
        whole = advanced.release
        for effect in advanced.effects:
            whole, _ = record(whole, effect, _answer(effect, bad), NOW, RULES)
    return advanced.release


def _answer(effect: Effect, bad: dict[str, int]) -> Result:
    step = effect.step  # type: ignore[union-attr]
    number = bad.get(step.role.name, 0) if step.environment != "dev" else 0
    return answers(effect)[number] if number else hoped(effect)


def ask(whole: Release, wish: Wish, **more: str) -> tuple[Release, list[str]]:
    whole, events = take_up(whole, Request(1, wish, "bob", NOW, **more), NOW, RULES)  # type: ignore[arg-type]
    return whole, [event.kind for event in events]


def chain(*, rollback: bool = False) -> ReleaseSpec:
    both = (application("shop-qa", pre=workflow("check"), post=workflow("smoke")),)
    hooks = HooksSpec(None, None, workflow("page"))
    return spec(environment("qa", applications=both, rollback=rollback, hooks=hooks), environment("eu", ("qa",)))


FAILED_RUN, LOST_HEALTH = 3, 2
"""Places among `answers`: a workflow that says no, an application that is ill for good."""


@pytest.mark.parametrize("status", [ReleaseStatus.SUCCEEDED, ReleaseStatus.FAILED, ReleaseStatus.TERMINATED])
def test_what_makes_no_sense_at_the_end_is_refused(status: ReleaseStatus) -> None:
    whole = replace(release(chain()), status=status)
    for wish in set(Wish) - ({Wish.RETRY} if status is ReleaseStatus.FAILED else set()):
        assert ask(whole, wish, environment="qa") == (whole, ["refused"])


def test_what_makes_no_sense_before_the_end_is_refused() -> None:
    whole = release(chain())
    assert ask(whole, Wish.RETRY) == (whole, ["refused"])
    assert ask(whole, Wish.APPROVE, environment="nowhere") == (whole, ["refused"])


def test_an_approval_that_nobody_asks_for_is_kept_and_said_to_be_needless() -> None:
    whole, kinds = ask(release(chain()), Wish.APPROVE, environment="qa")
    assert kinds == ["approved", "approved.needless"]
    assert [approval.actor for approval in whole.approvals] == ["bob"]


def test_a_queued_release_is_terminated_at_once_and_tells_nobody() -> None:
    whole, kinds = ask(release(chain()), Wish.TERMINATE, reason="not needed")
    assert whole.status is ReleaseStatus.TERMINATED
    assert (whole.ended_by, whole.message, whole.finished_at) == ("bob", "not needed", NOW)
    assert {step.status for step in whole.steps.values()} == {StepStatus.SKIPPED}
    assert kinds == ["environment.skipped"] * 3 + ["release.terminated"]


def test_a_release_that_a_retry_has_queued_can_be_terminated() -> None:
    failed = run(release(chain()), POST_ACTION=FAILED_RUN)
    queued, _ = ask(failed, Wish.RETRY)
    ended, _ = ask(queued, Wish.TERMINATE)
    assert ended.status is ReleaseStatus.TERMINATED
    assert {name: state.status for name, state in ended.environments.items()} == {
        "dev": EnvironmentStatus.SUCCEEDED,
        "qa": EnvironmentStatus.SKIPPED,
        "eu": EnvironmentStatus.SKIPPED,
    }
    overflowed, _ = terminate_queued(queued, "bob", "terminated by bob", NOW)
    assert {name: state.status for name, state in overflowed.environments.items()} == {
        name: state.status for name, state in ended.environments.items()
    }


def test_a_retry_opens_what_failed_and_what_came_of_it() -> None:
    failed = run(release(chain()), POST_ACTION=FAILED_RUN)
    assert failed.status is ReleaseStatus.FAILED
    again, kinds = ask(failed, Wish.RETRY)
    assert again.status is ReleaseStatus.QUEUED
    assert (again.deadline, again.finished_at, again.started_at) == (None, None, NOW)
    attempts = {step.id.role: (step.status.value, step.attempt) for step in again.steps.values() if step.id[0] == "qa"}
    assert attempts == {
        Role.PRE_ACTION: ("succeeded", 1),
        Role.ACTION: ("succeeded", 1),
        Role.HEALTH: ("succeeded", 1),
        Role.POST_ACTION: ("pending", 2),
        Role.FAILURE_HOOK: ("pending", 2),
    }
    assert kinds[-1] == "release.queued"
    assert run(again).status is ReleaseStatus.SUCCEEDED


def test_a_retry_after_a_rollback_changes_it_again() -> None:
    failed = run(release(chain(rollback=True)), POST_ACTION=FAILED_RUN)
    rolled = failed.steps[StepId("qa", "argocd/shop-qa", Role.ROLLBACK)]
    assert rolled.status is StepStatus.SUCCEEDED
    again, _ = ask(failed, Wish.RETRY)
    opened = {role: again.steps[StepId("qa", "argocd/shop-qa", role)] for role in CHAIN}
    assert opened[Role.PRE_ACTION].status is StepStatus.SUCCEEDED
    assert [(opened[role].status, opened[role].attempt) for role in CHAIN[1:]] == [(StepStatus.PENDING, 2)] * 3
    ended = run(again)
    assert ended.status is ReleaseStatus.SUCCEEDED
    assert ended.steps[rolled.id].status is StepStatus.SKIPPED


def test_a_failed_rollback_is_the_last_word_and_a_retry_goes_on_from_what_is_there() -> None:
    failed = run(release(chain(rollback=True)), HEALTH=LOST_HEALTH, ROLLBACK=3)
    assert "rollback error: no such thing" in failed.message
    again, _ = ask(failed, Wish.RETRY)
    assert again.steps[StepId("qa", "argocd/shop-qa", Role.ACTION)].status is StepStatus.SUCCEEDED
    assert again.steps[StepId("qa", "argocd/shop-qa", Role.HEALTH)].status is StepStatus.PENDING


def test_approvals_survive_a_retry() -> None:
    whole, _ = ask(release(chain()), Wish.APPROVE, environment="qa")
    again, _ = ask(run(whole, POST_ACTION=FAILED_RUN), Wish.RETRY)
    assert again.approvals == whole.approvals
