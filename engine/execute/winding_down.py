"""A release that is terminated: nothing new begins, what runs is ended, and those who must know are told.

Source: domain, terminate and hooks ("termination runs `onFail`").
"""

from __future__ import annotations

from engine.execute.calls import application_of, change, workflow_run
from engine.execute.draft import Draft
from engine.execute.driving import drive_hook
from engine.execute.effects import EndRunEffect, WithdrawEffect
from engine.execute.environment import skip_rest
from engine.execute.release import Role, Step
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus


def wind_down(draft: Draft) -> None:
    """Move a terminating release on, as far as it goes now."""
    forced = draft.release.deadline is not None and draft.now >= draft.release.deadline
    for step in list(draft.steps.values()):
        if step.status is StepStatus.RUNNING and step.id not in draft.busy:
            _end(draft, step, forced=forced)
    why = f"terminated: {draft.release.message}"
    over = [_end_environment(draft, name, why, forced=forced) for name in draft.environments]
    if not all(over) or _runs(draft, "", but=None if forced else Role.FAILURE_HOOK):
        return
    hooks = draft.release.spec.hooks
    told = None if forced else drive_hook(draft, "", hooks, Role.FAILURE_HOOK, why)
    if told is None or told.status.is_final:
        skip_rest(draft, "")
        draft.move_release(ReleaseStatus.TERMINATED, draft.release.message, draft.release.ended_by)


def _end(draft: Draft, step: Step, *, forced: bool) -> None:
    """See to it that nothing more comes of a step that runs."""
    role = step.id.role
    if forced:
        draft.end(step.id, StepStatus.TERMINATED, "it had not ended when the time for that was over")
    elif role is Role.FAILURE_HOOK:
        return
    elif not role.is_workflow and not role.is_change:
        draft.end(step.id, StepStatus.TERMINATED)
    elif step.tries and (later := step.next_look(draft.now)) is not None:
        draft.wakes.append(later)
    elif role.is_change:
        environment = draft.release.spec.environment(step.id.environment)
        wanted = change(draft, environment, application_of(draft, step.id), step)
        draft.effects.append(WithdrawEffect(step.id, wanted, draft.release.message))
    else:
        draft.effects.append(EndRunEffect(step.id, workflow_run(draft, step), draft.release.message))


def _end_environment(draft: Draft, name: str, why: str, *, forced: bool) -> bool:
    """Bring one environment to its end; say whether it has come there."""
    state = draft.environments[name]
    if state.status.is_final:
        return True
    if state.started_at is None:
        if _runs(draft, name):
            return False
        skip_rest(draft, name)
        draft.move_environment(name, EnvironmentStatus.SKIPPED, why)
        return True
    if _runs(draft, name, but=None if forced else Role.FAILURE_HOOK):
        return False
    hooks = draft.release.spec.environment(name).hooks
    told = None if forced else drive_hook(draft, name, hooks, Role.FAILURE_HOOK, why)
    if told is not None and not told.status.is_final:
        return False
    skip_rest(draft, name)
    draft.move_environment(name, EnvironmentStatus.TERMINATED, why)
    return True


def _runs(draft: Draft, environment: str, but: Role | None = None) -> bool:
    """Say whether a step of an environment, or of the release itself, still runs."""
    return any(
        step.status is StepStatus.RUNNING and step.id.environment == environment and step.id.role is not but
        for step in draft.steps.values()
    )
