"""A release as plain data for JSON: stable names, times as ISO 8601, nothing that is secret."""

from __future__ import annotations

from datetime import datetime

from engine.execute.parameters import exports
from engine.execute.release import Event, Release, Role, Step, StepId
from engine.execute.spec import WorkflowSpec

FORMAT = "promo.release/v1"
"""Says what the data is; changes whenever its meaning does."""


def release_data(release: Release) -> dict[str, object]:
    """Return a release with its environments, applications, steps and approvals."""
    spec = release.spec
    return {
        "format": FORMAT,
        "id": release.id,
        "product": spec.product,
        "flow": spec.flow,
        "version": spec.version,
        "status": release.status.value,
        "message": release.message,
        "initiator": release.initiator,
        "ended_by": release.ended_by or None,
        "commit": {
            "repository": spec.commit.repo_url,
            "sha": spec.commit.sha,
            "author": spec.commit.author,
            "date": spec.commit.date,
            "message": spec.commit.message,
        },
        "concurrency": spec.concurrency.value,
        "created_at": _time(release.created_at),
        "started_at": _time(release.started_at),
        "deadline": _time(release.deadline),
        "finished_at": _time(release.finished_at),
        "context": dict(release.context),
        "hooks": [_step(release, step) for step in release.steps.values() if not step.id.environment],
        "environments": [_environment(release, name) for name in release.environments],
    }


def _environment(release: Release, name: str) -> dict[str, object]:
    spec, state = release.spec.environment(name), release.environments[name]
    own = [step for step in release.steps.values() if step.id.environment == name and not step.id.application]
    return {
        "name": name,
        "kind": spec.kind.value,
        "after": list(spec.after),
        "action": spec.action.value if spec.action else None,
        "status": state.status.value,
        "message": state.message,
        "started_at": _time(state.started_at),
        "finished_at": _time(state.finished_at),
        "settings": [
            {"name": one.name, "value": one.value, "origin": one.origin, "place": one.place} for one in spec.settings
        ],
        "approvals": [
            {"actor": one.actor, "teams": list(one.teams), "at": _time(one.at)}
            for one in release.approvals
            if one.environment == name
        ],
        "steps": [_step(release, step) for step in own],
        "applications": [
            {
                "name": application.target.key,
                "repository": application.target.repo_url,
                "branch": application.target.branch,
                "path": application.target.folder,
                "version_from": application.version_from,
                "steps": [
                    _step(release, step)
                    for step in release.steps.values()
                    if step.id.environment == name and step.id.application == application.target.key
                ],
            }
            for application in spec.applications
        ],
    }


def _step(release: Release, step: Step) -> dict[str, object]:
    workflow = step_workflow(release, step.id)
    return {
        "role": step.id.role.value,
        "workflow": workflow.name if workflow else None,
        "status": step.status.value,
        "attempt": step.attempt,
        "started_at": _time(step.started_at),
        "finished_at": _time(step.finished_at),
        "look_at": _time(step.look_at),
        "tries": step.tries,
        "message": step.message,
        "commit": step.outputs.get("commit"),
        "url": step.outputs.get("url") or step.outputs.get("proposed"),
        "outputs": exports(step),
    }


def step_workflow(release: Release, step: StepId) -> WorkflowSpec | None:
    """Return the workflow a step runs, or None."""
    spec = release.spec
    if step.role.is_hook:
        hooks = spec.environment(step.environment).hooks if step.environment else spec.hooks
        chosen = {Role.START_HOOK: hooks.start, Role.SUCCESS_HOOK: hooks.success, Role.FAILURE_HOOK: hooks.failure}
        return chosen[step.role]
    if step.role not in (Role.PRE_ACTION, Role.POST_ACTION):
        return None
    applications = spec.environment(step.environment).applications
    application = next(found for found in applications if found.target.key == step.application)
    return application.pre_action if step.role is Role.PRE_ACTION else application.post_action


def event_data(number: int, event: Event) -> dict[str, object]:
    """Return a line of the audit trail."""
    return {
        "number": number,
        "at": _time(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "environment": event.environment or None,
        "application": event.application or None,
        "step": event.role or None,
        "message": event.message,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
