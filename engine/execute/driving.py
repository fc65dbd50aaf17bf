"""One step moved on: begun, asked about when it is time, or found impossible before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.execute.calls import (
    PASSED,
    action_parameters,
    action_workflow,
    change_effect,
    hook_of,
    hook_parameters,
    keep_parameters,
    observe_effect,
    workflow_run,
)
from engine.execute.draft import Draft
from engine.execute.effects import RunEffect, SupersedeEffect
from engine.execute.parameters import Parameters
from engine.execute.release import Role, Step, StepId
from engine.execute.spec import ApplicationSpec, EnvironmentSpec, HooksSpec, WorkflowSpec
from engine.execute.status import StepStatus
from grammar.vocabulary import listing


def drive_hook(draft: Draft, environment: str, hooks: HooksSpec, role: Role, error: str = "") -> Step | None:
    """Move a hook on.

    Args:
        draft: the release.
        environment: whose hook it is; empty for the release's own.
        hooks: those of the environment or the release.
        role: which.
        error: why it failed, for a failure hook.

    Returns:
        The step; None when there is no such hook.
    """
    workflow = hook_of(hooks, role)
    if workflow is None:
        return None
    step = StepId(environment, "", role)
    if _is_due(draft, step):
        _run(draft, step, workflow, lambda: hook_parameters(draft, step, workflow, error))
    return draft.steps[step]


def drive_supersede(draft: Draft, environment: str) -> Step | None:
    """Take an environment over from older releases; None where releases wait for each other instead."""
    step = StepId(environment, "", Role.SUPERSEDE)
    if step not in draft.steps:
        return None
    if _is_due(draft, step):
        draft.effects.append(SupersedeEffect(step, environment))
    return draft.steps[step]


def drive_application_step(
    draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec, role: Role
) -> Step:
    """Move one step of an application on."""
    step = StepId(environment.name, application.target.key, role)
    if not _is_due(draft, step):
        return draft.steps[step]
    current = draft.steps[step]
    if role.is_workflow:
        workflow = action_workflow(application, role)
        _run(draft, step, workflow, lambda: action_parameters(draft, environment, application, current, workflow))
    elif role.is_change:
        draft.effects.append(change_effect(draft, environment, application, current))
    else:
        draft.effects.append(observe_effect(draft, environment, application, current))
    return draft.steps[step]


def _run(draft: Draft, step: StepId, workflow: WorkflowSpec, parameters: Callable[[], Parameters]) -> None:
    """Have a workflow run, unless it needs what nobody passes."""
    if PASSED not in draft.steps[step].outputs:
        found = parameters()
        if found.missing:
            names = listing([f"`{name}`" for name in found.missing], "and")
            draft.end(step, StepStatus.ERROR, f"workflow `{workflow.name}` needs {names}, which nothing passes to it")
            return
        draft.steps[step] = replace(draft.steps[step], outputs=keep_parameters(found))
    draft.effects.append(RunEffect(step, workflow_run(draft, draft.steps[step])))


def _is_due(draft: Draft, step: StepId) -> bool:
    """Begin a step if it has not begun, and say whether its other side is to be asked now."""
    current = draft.begin(step)
    if current.status is not StepStatus.RUNNING or step in draft.busy:
        return False
    if (later := current.next_look(draft.now)) is not None:
        draft.wakes.append(later)
        return False
    return True
