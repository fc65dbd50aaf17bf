"""Which parameters a workflow is passed during a release. Source: domain, promotion workflow and hooks.

`engine.plan.calls` says the same before a release, when most values are not known yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.execute.release import EnvironmentState, Release, Role, Step, StepId
from engine.execute.spec import ApplicationSpec, EnvironmentSpec, WorkflowSpec
from engine.execute.status import EnvironmentStatus
from engine.model.values import Action

EXPORT = "output:"
"""What stands before the name of an exported parameter among a step's outputs."""

CONTEXT_PARAMETER = "PROMOTION_CONTEXT"
LONGEST_CONTEXT = 65_536


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a workflow is passed.

    Attributes:
        values: by name.
        missing: parameters it declares and needs, and that nothing passes.
        open_ended: whether ``values`` is everything on offer, because what it declares is not known.
    """

    values: Mapping[str, str]
    missing: tuple[str, ...]
    open_ended: bool


def passed(workflow: WorkflowSpec, offer: Mapping[str, str]) -> Parameters:
    """Return what a workflow is passed of what is on offer: only what it declares."""
    if workflow.declared is None:
        return Parameters(dict(offer), (), open_ended=True)
    values = {name: offer[name] for name in workflow.declared if name in offer}
    return Parameters(values, tuple(name for name in workflow.required if name not in values), open_ended=False)


def action_offer(
    release: Release,
    steps: Mapping[StepId, Step],
    environment: EnvironmentSpec,
    application: ApplicationSpec,
    role: Role,
) -> dict[str, str]:
    """Return what a pre-action or post-action is offered."""
    target = application.target
    offer = {
        "APP_NAMESPACE": target.namespace,
        "APP_NAME": target.name,
        "REPO_URL": target.repo_url,
        "BRANCH": target.branch,
        "PATH": target.folder,
        "RUNTIME": target.runtime,
    }
    if role is Role.PRE_ACTION:
        return offer
    if environment.is_trigger:
        commit = release.spec.commit
        offer |= _commit(commit.sha, commit.author, commit.message, commit.date)
    elif environment.action is Action.COMMIT:
        made = steps[StepId(environment.name, target.key, Role.ACTION)].outputs
        offer |= _commit(*(made.get(name, "") for name in ("commit", "author", "message", "date")))
    before = steps.get(StepId(environment.name, target.key, Role.PRE_ACTION))
    return offer | (exports(before) if before else {})


def _commit(sha: str, author: str, message: str, date: str) -> dict[str, str]:
    return {"COMMIT_SHA": sha, "COMMIT_AUTHOR": author, "COMMIT_MESSAGE": message, "COMMIT_DATE": date}


def exports(step: Step) -> dict[str, str]:
    """Return the parameters a workflow's step exported, by name."""
    return {name[len(EXPORT) :]: value for name, value in step.outputs.items() if name.startswith(EXPORT)}


def hook_offer(release: Release, role: Role, url: str, error: str, failed: tuple[str, ...]) -> dict[str, str]:
    """Return what a hook is offered: the promotion context, and over it what promo itself says."""
    spec = release.spec
    offer = dict(release.context)
    offer |= {
        "RELEASE_URL": url,
        "PRODUCT_NAME": spec.product,
        "VERSION": spec.version or "",
        "COMMIT_SHA": spec.commit.sha,
        "PROMOTION_FLOW_NAME": spec.flow or "",
        "RELEASE_ID": release.id,
    }
    if role is Role.FAILURE_HOOK:
        offer |= {"ERROR_MESSAGE": error, "FAILED_ENVIRONMENTS": json.dumps(list(failed))}
    return offer


def failed_environments(states: Mapping[str, EnvironmentState], own: str) -> tuple[str, ...]:
    """Return the environments that failed or were terminated, in order.

    Args:
        states: by name.
        own: the environment whose failure hook is asking, which is about to get there; empty for the release's.
    """
    bad = (EnvironmentStatus.FAILED, EnvironmentStatus.TERMINATED)
    return tuple(name for name, state in states.items() if state.status in bad or name == own)


def read_context(text: str) -> dict[str, str] | str:
    """Return what a hook adds to the promotion context, or what is wrong with it.

    Args:
        text: the value of `PROMOTION_CONTEXT`: a JSON object. Values that are no texts are passed on as JSON.
    """
    if len(text) > LONGEST_CONTEXT:
        return f"`{CONTEXT_PARAMETER}` has {len(text)} characters; at most {LONGEST_CONTEXT} are taken"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        return f"`{CONTEXT_PARAMETER}` is not JSON: {wrong}"
    if not isinstance(found, dict):
        return f"`{CONTEXT_PARAMETER}` is not a JSON object"
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
