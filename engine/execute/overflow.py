"""What happens to a release that has to leave the queue before it began."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.execute.release import Event, Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus, TransitionError


def terminate_queued(release: Release, actor: str, reason: str, now: datetime) -> tuple[Release, tuple[Event, ...]]:
    """End a release that waits in the queue: nothing of it runs, so nothing has to be undone.

    Args:
        release: a queued one; one that is queued again by a retry keeps what it has done.
        actor: who or what ends it.
        reason: why, for people.
        now: when.

    Returns:
        The terminated release, whose pending environments and steps are skipped, and what that adds to the audit
        trail, in order.

    Raises:
        TransitionError: when it is not queued.
    """
    if release.status is not ReleaseStatus.QUEUED:
        raise TransitionError(f"a release that is {release.status.value} is not in the queue")
    environments = {
        name: replace(state, status=EnvironmentStatus.SKIPPED, finished_at=now, message=reason)
        if state.status is EnvironmentStatus.PENDING
        else state
        for name, state in release.environments.items()
    }
    steps = {
        step.id: replace(step, status=StepStatus.SKIPPED, finished_at=now, look_at=None, looked_at=None)
        if step.status is StepStatus.PENDING
        else step
        for step in release.steps.values()
    }
    skipped = [name for name, state in environments.items() if state is not release.environments[name]]
    after = replace(
        release,
        status=ReleaseStatus.TERMINATED,
        finished_at=now,
        message=reason,
        ended_by=actor,
        environments=environments,
        steps=steps,
    )
    events = (
        *(Event(now, actor, "environment.skipped", name, message=reason) for name in skipped),
        Event(now, actor, "release.terminated", message=reason),
    )
    return after, events
