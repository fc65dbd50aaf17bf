"""What a release is to do, copied out of the workspace and the plan when it is created.

Everything is decided by the functions that made the plan, so that what was shown is what is done.
Source: execution, shape; domain, release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.execute.spec import (
    ApplicationSpec,
    CommitSpec,
    EnvironmentSpec,
    FreezeSpec,
    GatesSpec,
    HooksSpec,
    ReleaseSpec,
    SettingSource,
    SourceSpec,
    TargetSpec,
    WindowSpec,
    WorkflowSpec,
)
from engine.model.argo import Application, Source
from engine.model.entities import (
    Concurrency,
    EnvironmentKind,
    Hooks,
    Product,
    Setting,
    Step,
)
from engine.model.values import Action, Approvals, RollbackRule, Seconds, SettingValue, WindowName, Workflow
from engine.plan.nodes import Origin, Plan, PlannedApplication, PlannedStep
from engine.plan.request import Surroundings
from engine.plan.world import UnreachableError, dry_source
from engine.resolve import compose, evaluate

RuntimeOf = Callable[[str, Application], str]
"""Says which runtime looks after an application of an environment; empty for the only one there is."""


class NotApplyableError(Exception):
    """The plan cannot be carried out; its blockers say why."""


def snapshot(
    surroundings: Surroundings, plan: Plan, settings: tuple[Setting, ...], runtime_of: RuntimeOf
) -> ReleaseSpec:
    """Return what a release of a plan does.

    Args:
        surroundings: those the plan was made in.
        plan: what was shown.
        settings: given by hand, for a promotion into a single environment.
        runtime_of: says where an application is looked after.

    Raises:
        NotApplyableError: when something stands in the way that waiting does not remove.
    """
    if not plan.applyable or plan.trigger.commit is None or plan.trigger.application is None:
        raise NotApplyableError
    copying = _Copy(surroundings, plan, settings, runtime_of)
    product = surroundings.workspace.products[plan.product]
    flow = surroundings.workspace.flows[plan.flow] if plan.flow else None
    commit = plan.trigger.commit
    trigger = surroundings.workspace.applications[plan.trigger.application]
    return ReleaseSpec(
        product=plan.product,
        flow=plan.flow,
        commit=CommitSpec(
            application=trigger.key,
            repo_url=dry_source(trigger).repo_url,
            sha=commit.sha,
            author=f"{commit.author} <{commit.email}>",
            date=commit.date,
            message=commit.message,
        ),
        version=plan.version,
        timeout=plan.timeout,
        concurrency=product.concurrency or Concurrency.QUEUE,
        hooks=copying.hooks(flow.hooks if flow else Hooks()),
        environments=(copying.trigger(), *(copying.environment(product, step) for step in plan.steps)),
        labels=dict(product.metadata.labels),
    )


class _Copy:
    """Copies the parts of one release."""

    def __init__(
        self, surroundings: Surroundings, plan: Plan, settings: tuple[Setting, ...], runtime_of: RuntimeOf
    ) -> None:
        self._surroundings = surroundings
        self._workspace = surroundings.workspace
        self._plan = plan
        self._given = settings
        self._runtime_of = runtime_of
        self._flow = self._workspace.flows[plan.flow] if plan.flow else None

    def hooks(self, hooks: Hooks) -> HooksSpec:
        """Copy the workflows around something."""
        return HooksSpec(self._workflow(hooks.start), self._workflow(hooks.success), self._workflow(hooks.failure))

    def _workflow(self, workflow: SettingValue | None) -> WorkflowSpec | None:
        if not isinstance(workflow, Workflow):
            return None
        template = self._workspace.workflows.get(workflow.name)
        if template is None:
            return WorkflowSpec(workflow.name)
        declared = tuple(parameter.name for parameter in template.parameters)
        required = tuple(parameter.name for parameter in template.parameters if not parameter.has_value)
        return WorkflowSpec(workflow.name, declared, required)

    def trigger(self) -> EnvironmentSpec:
        """Copy the environment the release begins in: health of what is promoted, then its post-actions.

        Its other applications have no steps, but a soak is about them too.
        """
        name = self._plan.trigger.environment
        posts = {key: call.workflow for key, call in self._plan.trigger.post_actions}
        applications = self._surroundings.applications.of(self._plan.product, name)
        return EnvironmentSpec(
            name=name,
            kind=self._workspace.environments[name].kind,
            after=(),
            action=None,
            rollback=False,
            gates=GatesSpec(),
            hooks=HooksSpec(),
            applications=tuple(
                ApplicationSpec(
                    target=self._target(name, application, head=""),
                    source=None,
                    pre_action=None,
                    post_action=self._workflow(Workflow(posts[application.key])) if application.key in posts else None,
                )
                for application in applications
            ),
        )

    def environment(self, product: Product, planned: PlannedStep) -> EnvironmentSpec:
        """Copy one step of the plan."""
        step = self._step(planned)
        flow = self._flow.name if self._flow else None
        decision = self._surroundings.resolver.decide(product.name, step.environment, inline=step.settings, flow=flow)
        settings = {name: effective.value for name, effective in decision.effective.items()}
        action = settings.get("action")
        return EnvironmentSpec(
            name=step.environment,
            kind=EnvironmentKind(planned.kind),
            after=step.after,
            action=action if isinstance(action, Action) else None,
            rollback=settings.get("rollback") is RollbackRule.ON_FAILURE,
            gates=self._gates(product, step.environment, settings),
            hooks=self.hooks(step.hooks),
            applications=tuple(
                self._application(product, step.environment, application, settings)
                for application in planned.applications
            ),
            settings=tuple(
                SettingSource(setting.name, setting.value, setting.origin, setting.place)
                for setting in planned.settings
            ),
        )

    def _step(self, planned: PlannedStep) -> Step:
        found = self._flow.step(planned.environment) if self._flow else None
        return found or Step(planned.environment, planned.after, self._given)

    def _application(
        self, product: Product, environment: str, planned: PlannedApplication, settings: Mapping[str, SettingValue]
    ) -> ApplicationSpec:
        application = self._workspace.applications[planned.application]
        return ApplicationSpec(
            target=self._target(environment, application, planned.head),
            source=self._source(product, planned.source) if planned.source else None,
            pre_action=self._workflow(settings.get("pre-action")),
            post_action=self._workflow(settings.get("post-action")),
            version_from=planned.version_from,
        )

    def _target(self, environment: str, application: Application, head: str) -> TargetSpec:
        source = _source_of(application)
        folder = source.path.strip("/")
        return TargetSpec(
            key=application.key,
            name=application.name,
            namespace=application.namespace,
            project=application.project,
            runtime=self._runtime_of(environment, application),
            repo_url=source.repo_url,
            branch=source.target_revision,
            folder="" if folder == "." else folder,
            hydrated=application.hydrator is not None,
            head=head,
        )

    def _source(self, product: Product, origin: Origin) -> SourceSpec:
        application = self._workspace.applications[origin.application]
        composed = compose(self._workspace, product, application)
        return SourceSpec(
            environment=origin.environment,
            application=origin.application,
            repo_url=origin.repo_url,
            branch=dry_source(application).target_revision,
            folder=origin.path,
            files=composed.files,
            version=composed.version_source,
        )

    def _gates(self, product: Product, environment: str, settings: Mapping[str, SettingValue]) -> GatesSpec:
        soak, approvals, named = (settings.get(name) for name in ("soak", "approvals", "window"))
        window = self._workspace.windows.get(named.name) if isinstance(named, WindowName) else None
        facts = self._surroundings.resolver.facts_of(product.name, environment)
        return GatesSpec(
            soak=soak.count if isinstance(soak, Seconds) else 0,
            approvals=approvals if isinstance(approvals, Approvals) else None,
            window=WindowSpec(window.name, window.days, window.start, window.end, window.zone) if window else None,
            freezes=tuple(
                FreezeSpec(freeze.name, freeze.start, freeze.end, freeze.zone)
                for freeze in self._workspace.freezes.values()
                if evaluate(freeze.when, facts)
            ),
        )


def _source_of(application: Application) -> Source:
    """Return the source a promotion would edit; an empty one where nothing is promoted to or from an application."""
    try:
        return dry_source(application)
    except UnreachableError:
        return Source("", "", "")
