"""A release that leaves the queue before it began: nothing of it ran, and everything says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.execute.overflow import terminate_queued
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus, TransitionError
from tests.support.releases import START, release, running, with_environment, with_step

LATER = START + timedelta(minutes=5)


def test_everything_that_was_to_come_is_skipped() -> None:
    after, events = terminate_queued(release("a"), "promo", "too many wait", LATER)

    assert (after.status, after.finished_at, after.message, after.ended_by) == (
        ReleaseStatus.TERMINATED,
        LATER,
        "too many wait",
        "promo",
    )
    assert {state.status for state in after.environments.values()} == {EnvironmentStatus.SKIPPED}
    assert {step.status for step in after.steps.values()} == {StepStatus.SKIPPED}
    assert [(event.kind, event.environment) for event in events] == [
        ("environment.skipped", "dev"),
        ("environment.skipped", "qa"),
        ("environment.skipped", "prod"),
        ("release.terminated", ""),
    ]
    assert {(event.at, event.actor, event.message) for event in events} == {(LATER, "promo", "too many wait")}


def test_what_was_done_before_a_retry_stays() -> None:
    before = with_environment(release("a"), "dev", EnvironmentStatus.SUCCEEDED)
    done = next(iter(before.steps))
    before = with_step(before, done, StepStatus.SUCCEEDED)

    after, events = terminate_queued(before, "promo", "too many wait", LATER)

    assert after.environments["dev"] == before.environments["dev"]
    assert after.steps[done] == before.steps[done]
    assert [event.environment for event in events] == ["qa", "prod", ""]


@pytest.mark.parametrize("status", [ReleaseStatus.TERMINATING, ReleaseStatus.SUCCEEDED, ReleaseStatus.FAILED])
def test_only_what_waits_can_leave_the_queue(status: ReleaseStatus) -> None:
    with pytest.raises(TransitionError):
        terminate_queued(replace(running(release("a")), status=status), "promo", "", LATER)
