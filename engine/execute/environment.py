"""One environment moved on. Source: domain, running a release.

Gates, then the start hook, then every application side by side, then the success hook. Where something failed: what
was changed is reverted if the rollback setting says so, then the failure hook.
"""

from __future__ import annotations

from engine.execute.draft import Draft
from engine.execute.driving import drive_application_step, drive_hook, drive_supersede
from engine.execute.gates import closed_gates, end_soak, watch_soak
from engine.execute.release import CHAIN, Role, Step, StepId
from engine.execute.spec import ApplicationSpec, EnvironmentSpec
from engine.execute.status import EnvironmentStatus, StepStatus
from engine.model.values import Action

PROPOSED = "proposed"
"""The output of a change's step that says where its pull request is."""


def try_to_begin(draft: Draft, environment: EnvironmentSpec) -> bool:
    """Begin an environment whose predecessors have succeeded, if its gates are open; say whether it has begun."""
    waits = closed_gates(draft, environment)
    if not waits:
        taking_over = drive_supersede(draft, environment.name)
        if taking_over is not None and not taking_over.status.is_final:
            watch_soak(draft, environment)
            waits = [taking_over.message or "an older release is ended first"]
    if waits:
        draft.move_environment(environment.name, EnvironmentStatus.SUSPENDED, "; ".join(waits))
        return False
    if not gate_failed(draft, environment.name):
        end_soak(draft, environment)
    draft.move_environment(environment.name, EnvironmentStatus.RUNNING)
    return True


def gate_failed(draft: Draft, environment: str) -> bool:
    """Say whether one of the steps that let an environment begin went wrong, which is a failure of the environment."""
    gates = (draft.steps.get(StepId(environment, "", role)) for role in _GATES)
    return any(step is not None and step.status.is_failure for step in gates)


_GATES = (Role.SOAK, Role.SUPERSEDE)


def drive_environment(draft: Draft, environment: EnvironmentSpec) -> None:
    """Move on an environment that has begun, as far as it goes now."""
    if gate_failed(draft, environment.name):
        fail(draft, environment)
        return
    started = drive_hook(draft, environment.name, environment.hooks, Role.START_HOOK)
    if started is not None and started.status.is_failure:
        fail(draft, environment)
        return
    if started is not None and not started.status.is_done:
        _settle_status(draft, environment)
        return
    settled = [_drive_application(draft, environment, application) for application in environment.applications]
    if not all(settled):
        _settle_status(draft, environment)
        return
    if failures(draft, environment):
        fail(draft, environment)
        return
    succeeded = drive_hook(draft, environment.name, environment.hooks, Role.SUCCESS_HOOK)
    if succeeded is not None and succeeded.status.is_failure:
        fail(draft, environment)
    elif succeeded is not None and not succeeded.status.is_done:
        _settle_status(draft, environment)
    else:
        skip_rest(draft, environment.name)
        draft.move_environment(environment.name, EnvironmentStatus.SUCCEEDED)


def _drive_application(draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec) -> bool:
    """Move an application on through its chain; say whether it has come to its end, good or bad."""
    for role in CHAIN:
        known = draft.steps.get(StepId(environment.name, application.target.key, role))
        if known is None or known.status.is_done:
            continue
        if known.status.is_final:
            return True
        step = drive_application_step(draft, environment, application, role)
        if not step.status.is_done:
            return step.status.is_final
    return True


def fail(draft: Draft, environment: EnvironmentSpec) -> None:
    """Bring an environment in which something failed to its end, as far as it goes now."""
    _skip_chains(draft, environment)
    if not _give_up_gates(draft, environment.name):
        _settle_status(draft, environment)
        return
    reverted = [_roll_back(draft, environment, application) for application in environment.applications]
    if not all(reverted):
        _settle_status(draft, environment)
        return
    why = "; ".join(failures(draft, environment))
    told = drive_hook(draft, environment.name, environment.hooks, Role.FAILURE_HOOK, why)
    if told is not None and not told.status.is_final:
        _settle_status(draft, environment)
        return
    skip_rest(draft, environment.name)
    draft.move_environment(environment.name, EnvironmentStatus.FAILED, "; ".join(failures(draft, environment)))


def _give_up_gates(draft: Draft, environment: str) -> bool:
    """End what goes on of a soak or a takeover where the other one failed; say whether neither runs any more."""
    running = [
        step
        for role in _GATES
        if (step := draft.steps.get(StepId(environment, "", role))) and step.status is StepStatus.RUNNING
    ]
    for step in running:
        if step.id not in draft.busy:
            draft.end(step.id, StepStatus.TERMINATED)
    return all(draft.steps[step.id].status.is_final for step in running)


def _roll_back(draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec) -> bool:
    """Undo what the step changed in an application; say whether that has come to its end.

    A rollback is never rolled back, and one that fails leaves its failure as the last word.
    """
    first = StepId(environment.name, application.target.key, Role.ROLLBACK)
    made = draft.steps.get(StepId(environment.name, application.target.key, Role.ACTION))
    if first not in draft.steps or made is None:
        return True
    if made.status is not StepStatus.SUCCEEDED or made.outputs.get("changed") != "true":
        draft.skip(first)
        draft.skip(first._replace(role=Role.ROLLBACK_HEALTH))
        return True
    for role in (Role.ROLLBACK, Role.ROLLBACK_HEALTH):
        step = drive_application_step(draft, environment, application, role)
        if not step.status.is_done:
            return step.status.is_final
    return True


def failures(draft: Draft, environment: EnvironmentSpec) -> list[str]:
    """Return what went wrong in an environment, in the order of its steps."""
    return [
        describe(step)
        for step in draft.steps.values()
        if step.id.environment == environment.name and step.status.is_failure
    ]


def describe(step: Step) -> str:
    """Return how a step that went wrong is told: where, what and why."""
    where = " ".join(part for part in (step.id.application, step.id.role.value.replace("-hook", " hook")) if part)
    return f"{where} {step.status.value}: {step.message}" if step.message else f"{where} {step.status.value}"


def skip_rest(draft: Draft, environment: str) -> None:
    """Say of every step of an environment that has not begun that it is not needed; empty for the release's own."""
    for step in list(draft.steps):
        if step.environment == environment:
            draft.skip(step)


def _skip_chains(draft: Draft, environment: EnvironmentSpec) -> None:
    for application in environment.applications:
        for role in CHAIN:
            step = StepId(environment.name, application.target.key, role)
            if step in draft.steps:
                draft.skip(step)


def _settle_status(draft: Draft, environment: EnvironmentSpec) -> None:
    """Tell an environment that works from one that only waits for somebody to merge."""
    running = [
        step
        for step in draft.steps.values()
        if step.id.environment == environment.name and step.status is StepStatus.RUNNING
    ]
    waiting = [step for step in running if environment.action is Action.PR and PROPOSED in step.outputs]
    if running and len(waiting) == len(running):
        message = "; ".join(f"waits for {step.outputs[PROPOSED]}" for step in waiting)
        draft.move_environment(environment.name, EnvironmentStatus.SUSPENDED, message)
    else:
        draft.move_environment(environment.name, EnvironmentStatus.RUNNING)
