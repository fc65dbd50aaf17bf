"""What every view of a release says in the same words."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.releases.data import step_workflow
from engine.execute.gates import counted
from engine.execute.release import Event, Release, Role, Step, StepId
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from grammar.lexical import duration_token
from grammar.render import printable

MARKS = {
    "pending": "○",
    "queued": "○",
    "running": "●",
    "suspended": "‖",
    "terminating": "●",
    "succeeded": "✓",
    "failed": "✗",
    "error": "✗",
    "terminated": "■",
    "skipped": "-",
}
STYLES = {
    "running": "bold blue",
    "terminating": "bold yellow",
    "suspended": "bold yellow",
    "succeeded": "green",
    "failed": "bold red",
    "error": "bold red",
    "terminated": "bold red",
    "pending": "dim",
    "queued": "dim",
    "skipped": "dim",
}


def took(start: datetime | None, end: datetime | None) -> str:
    """Return how long something took, such as ``4m12s``; empty when it has not begun or ended."""
    if start is None or end is None:
        return ""
    return duration_token(round((end - start).total_seconds())) if end - start >= timedelta(seconds=1) else "0s"


def step_title(release: Release, step: StepId) -> str:
    """Return what a step is called, with the workflow it runs."""
    workflow = step_workflow(release, step)
    name = step.role.value.replace("-hook", " hook") if step.role.is_hook else step.role.value
    return f"{name} {workflow.name}" if workflow else name


def workflow_status(release: Release, environment: str, role: Role) -> StepStatus | None:
    """Return how a workflow step stands over all applications of an environment; None where there is none.

    The worst counts, and what still runs counts before what has succeeded. Source: domain, running a release.
    """
    found = {
        step.status for step in release.steps.values() if step.id.environment == environment and step.id.role is role
    }
    for status in (
        StepStatus.ERROR,
        StepStatus.FAILED,
        StepStatus.TERMINATED,
        StepStatus.RUNNING,
        StepStatus.PENDING,
        StepStatus.SUCCEEDED,
        StepStatus.SKIPPED,
    ):
        if status in found:
            return status
    return None


def shown_steps(release: Release, environment: str, application: str) -> list[Step]:
    """Return the steps of an application, or with an empty one of the environment itself, that say something."""
    return [
        step
        for step in release.steps.values()
        if step.id.environment == environment
        and step.id.application == application
        and step.status is not StepStatus.SKIPPED
        and not (step.status is StepStatus.PENDING and step.id.role in _UNLIKELY)
    ]


_UNLIKELY = (Role.FAILURE_HOOK, Role.ROLLBACK, Role.ROLLBACK_HEALTH)
"""What nobody wants to read about before it happens."""


def next_steps(release: Release) -> list[str]:
    """Return what somebody can do for a release, as commands."""
    short = release.id
    if release.status is ReleaseStatus.FAILED:
        return [f"promo release retry {short}"]
    if release.status.is_final:
        return []
    found = []
    for environment in release.spec.environments:
        state, wanted = release.environments[environment.name], environment.gates.approvals
        waits = state.status is EnvironmentStatus.SUSPENDED and state.started_at is None
        if wanted and waits and len(counted(release, environment.name, wanted)) < wanted.count:
            found.append(f"promo release approve {short} --environment {environment.name}")
    return found


def event_text(release: Release, event: Event) -> str:
    """Return an event in one line, without its time; what could control a terminal is escaped."""
    where = " ".join(part for part in (event.environment, event.application) if part)
    subject = f"{where}: " if where else ""
    what = event.kind
    if event.role:
        step = StepId(event.environment, event.application, Role(event.role))
        what = f"{step_title(release, step)} {event.kind.removeprefix('step.')}"
    elif event.kind.startswith(("release.", "environment.")):
        what = event.kind.partition(".")[2]
    elif event.kind.startswith("asked."):
        what = f"asked to {event.kind.partition('.')[2]}"
    by = "" if event.actor == "promo" else f" by {event.actor}"
    return printable(f"{subject}{what}{by}" + (f": {event.message}" if event.message else ""))
