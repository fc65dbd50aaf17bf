"""The call of a port that a step needs, made from the release alone: the same after any crash."""

from __future__ import annotations

import json
from datetime import timedelta

from engine.execute.draft import Draft
from engine.execute.effects import CommitEffect, ObserveEffect, ProposeEffect, SoakEffect
from engine.execute.parameters import Parameters, action_offer, failed_environments, hook_offer, passed
from engine.execute.ports import Change, Watch, WorkflowRun
from engine.execute.release import Role, Step, StepId, short_name
from engine.execute.spec import ApplicationSpec, EnvironmentSpec, HooksSpec, SourceSpec, WorkflowSpec
from engine.model.values import Action

_SKEW = timedelta(seconds=1)
"""How much a server's times, which have whole seconds, can lie before ours."""


def hook_of(hooks: HooksSpec, role: Role) -> WorkflowSpec | None:
    """Return the workflow of a hook."""
    return {Role.START_HOOK: hooks.start, Role.SUCCESS_HOOK: hooks.success, Role.FAILURE_HOOK: hooks.failure}[role]


def hook_parameters(draft: Draft, step: StepId, workflow: WorkflowSpec, error: str) -> Parameters:
    """Return what a hook is passed.

    Args:
        draft: the release.
        step: the hook's.
        workflow: the hook.
        error: why the environment or the release failed; of use only to a failure hook.
    """
    release = draft.release
    failed = failed_environments(draft.environments, step.environment)
    url = draft.rules.release_url(release.id)
    return passed(workflow, hook_offer(release, step.role, url, error, failed))


PASSED, RUN = "passed", "run"
"""Outputs of a workflow's step: what it is passed, kept from its beginning, and its name once it was started."""


def keep_parameters(parameters: Parameters) -> dict[str, str]:
    """Return what a step keeps of its parameters, so that every later call says the same, whatever else changed."""
    return {PASSED: json.dumps({"values": parameters.values, "open": parameters.open_ended})}


def workflow_run(draft: Draft, step: Step) -> WorkflowRun:
    """Return the run of a workflow's step that has kept its parameters."""
    workflow, runtime = workflow_of(draft, step.id)
    kept = json.loads(step.outputs[PASSED])
    key = draft.release.key(step)
    return WorkflowRun(
        key=key,
        name=short_name(key, f"{draft.release.spec.product}-{step.id.environment}-{workflow.name}"),
        template=workflow.name,
        parameters=kept["values"],
        open_ended=kept["open"],
        runtime=runtime,
        started=RUN in step.outputs,
        release=draft.release.id,
    )


def workflow_of(draft: Draft, step: StepId) -> tuple[WorkflowSpec, str]:
    """Return the workflow a step runs, and the runtime it runs in; hooks run in the control runtime."""
    spec = draft.release.spec
    if step.role.is_hook:
        hooks = spec.environment(step.environment).hooks if step.environment else spec.hooks
        workflow = hook_of(hooks, step.role)
        assert workflow is not None
        return workflow, ""
    application = application_of(draft, step)
    return action_workflow(application, step.role), application.target.runtime


def application_of(draft: Draft, step: StepId) -> ApplicationSpec:
    """Return the application of a step that has one."""
    environment = draft.release.spec.environment(step.environment)
    return next(found for found in environment.applications if found.target.key == step.application)


def action_parameters(
    draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec, step: Step, workflow: WorkflowSpec
) -> Parameters:
    """Return what a pre-action or post-action is passed."""
    return passed(workflow, action_offer(draft.release, draft.steps, environment, application, step.id.role))


def action_workflow(application: ApplicationSpec, role: Role) -> WorkflowSpec:
    """Return the pre-action or post-action of an application that has one."""
    workflow = application.pre_action if role is Role.PRE_ACTION else application.post_action
    assert workflow is not None
    return workflow


def change(draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec, step: Step) -> Change:
    """Return the change of an application's action, or of its rollback."""
    source = application.source
    assert source is not None
    release = draft.release
    key = release.key(step)
    revert = step.id.role is Role.ROLLBACK
    made = draft.steps[StepId(environment.name, application.target.key, Role.ACTION)].outputs
    return Change(
        key=key,
        release=release.id,
        product=release.spec.product,
        environment=environment.name,
        version=release.spec.version,
        initiator=release.initiator,
        url=draft.rules.release_url(release.id),
        target=application.target,
        source=source,
        commit=made["commit"] if revert else source_commit(draft, source),
        revert=revert,
        proposed=release.proposed(step),
        settings=environment.settings,
    )


def source_commit(draft: Draft, source: SourceSpec) -> str:
    """Return the commit a source application is read at: the one this release promotes, or has made there.

    A later push never leaks in. Source: domain, running a release.
    """
    spec = draft.release.spec
    if source.application == spec.commit.application:
        return spec.commit.sha
    # Where a pre-action did the work, the commit that was live when the environment was found healthy has it.
    for role in (Role.ACTION, Role.HEALTH):
        made = draft.steps.get(StepId(source.environment, source.application, role))
        if made is not None and made.outputs.get("commit"):
            return made.outputs["commit"]
    target = next(
        application.target
        for application in spec.environment(source.environment).applications
        if application.target.key == source.application
    )
    return target.head


def change_effect(
    draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec, step: Step
) -> CommitEffect | ProposeEffect:
    """Return the call that has a change committed or proposed, as the environment's action says."""
    wanted = change(draft, environment, application, step)
    if environment.action is Action.PR:
        return ProposeEffect(step.id, wanted)
    return CommitEffect(step.id, wanted)


def observe_effect(
    draft: Draft, environment: EnvironmentSpec, application: ApplicationSpec, step: Step
) -> ObserveEffect:
    """Return the call that sees whether an application is well with its change, or well again without it."""
    before = Role.ROLLBACK if step.id.role is Role.ROLLBACK_HEALTH else Role.ACTION
    made = draft.steps.get(StepId(environment.name, application.target.key, before))
    since = (made.finished_at if made else None) or step.started_at or draft.now
    commit = made.outputs.get("commit") if made else None
    if environment.is_trigger:
        commit, since = draft.release.spec.commit.sha, draft.release.created_at
    watch = Watch(
        key=draft.release.key(step),
        target=application.target,
        commit=commit,
        source=None if before is Role.ROLLBACK else application.source,
        since=since - _SKEW,
        memory=step.outputs.get("memory", ""),
        passive=environment.is_trigger,
    )
    return ObserveEffect(step.id, watch)


def soak_effect(draft: Draft, environment: EnvironmentSpec, step: Step) -> SoakEffect:
    """Return the call that sees whether everything before an environment is healthy."""
    key = draft.release.key(step)
    return SoakEffect(
        step.id,
        tuple(
            Watch(f"{key}/{name}", application.target, None, None, step.started_at or draft.now, passive=True)
            for name in environment.after
            for application in draft.release.spec.environment(name).applications
        ),
    )
