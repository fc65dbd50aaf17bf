"""The dry run: from a request to a plan, computed step by step in dependency order.

Nothing is written anywhere. The steps are computed exactly as a release would run them: each on the
result of those it depends on. Source: domain, running a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.argo import Application
from engine.model.entities import (
    DEFAULT_TIMEOUT,
    Concurrency,
    Environment,
    Flow,
    Hooks,
    Product,
    Setting,
    Step,
)
from engine.model.settings import SETTING_NAMES
from engine.model.values import Action, NoWorkflow, SettingValue, Workflow, written
from engine.plan.calls import action_offer, call, hook_offer
from engine.plan.gates import gates_of
from engine.plan.nodes import (
    Blocker,
    BlockerCode,
    HookCall,
    InputDigest,
    Plan,
    PlannedApplication,
    PlannedSetting,
    PlannedStep,
    PlannedTrigger,
    WorkflowCall,
)
from engine.plan.order import in_dependency_order
from engine.plan.ports import CommitInfo
from engine.plan.request import EnvironmentRequest, FlowRequest, Surroundings
from engine.plan.targets import SourceApplication, plan_application, unreachable_blocker, version_of
from engine.plan.world import UnreachableError, World
from engine.resolve import Decision, compose
from engine.resolve.origin_words import origin_words
from grammar.vocabulary import listing


def plan_flow(surroundings: Surroundings, request: FlowRequest) -> Plan:
    """Plan a product along a flow. The names of the request must exist in the workspace."""
    workspace = surroundings.workspace
    flow = workspace.flows[request.flow]
    run = _Run(surroundings, workspace.products[request.product], dict(request.pinned), flow=flow)
    trigger = run.trigger(flow.trigger)
    steps = [run.step(step) for step in in_dependency_order(flow)]
    return run.plan(trigger, steps, flow.hooks)


def plan_environment(surroundings: Surroundings, request: EnvironmentRequest) -> Plan:
    """Plan a product into one environment. The names of the request must exist in the workspace."""
    run = _Run(surroundings, surroundings.workspace.products[request.product], dict(request.pinned))
    trigger = run.trigger(request.source)
    step = run.step(Step(request.target, (request.source,), request.settings))
    return run.plan(trigger, [step], Hooks())


@dataclass(slots=True)
class _Run:
    """One dry run while it is computed."""

    surroundings: Surroundings
    product: Product
    pins: dict[str, str]
    flow: Flow | None = None
    world: World = field(init=False)
    planned: dict[str, PlannedStep] = field(default_factory=dict)
    version: str | None = None
    commit: CommitInfo | None = None
    blockers: list[Blocker] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.surroundings.repositories, self.pins)

    # --- where it begins -------------------------------------------------------------------------

    def trigger(self, environment: str) -> PlannedTrigger:
        """Find the application the release begins with, pin its commit and read its version."""
        applications = self._applications(environment)
        source = self._source(environment)
        if source is None:
            return PlannedTrigger(environment, None, None)
        application, location = source.application, source.location
        if len(applications) > 1:
            self.notes.append(
                f"{len(applications)} applications in `{environment}`; values come from `{application.key}`"
                + (", which the commit touched" if application.key in self.pins else ", the lowest name")
            )
        self.pins.setdefault(application.key, location.commit)
        self.commit = self.world.commit(location)
        composed = compose(self.surroundings.workspace, self.product, application)
        self.version = version_of(self.surroundings, self.world, location, composed)
        return PlannedTrigger(environment, application.key, self.commit, self._trigger_calls(applications))

    def _trigger_calls(self, applications: tuple[Application, ...]) -> tuple[tuple[str, WorkflowCall], ...]:
        """Return the post-action of the trigger environment for each application. Source: domain, running."""
        if self.flow is None:
            return ()
        decision = self._decide(self.flow.trigger, self.flow.trigger_settings)
        post = decision.value("post-action")
        if not isinstance(post, Workflow):
            return ()
        calls: list[tuple[str, WorkflowCall]] = []
        for application in applications:
            try:
                location = self.world.locate(application, writable=False)
            except UnreachableError:
                location = None
            offer = action_offer(application, location, post=True, action=Action.COMMIT)
            made, blockers = call(post.name, self.surroundings.workspace.workflows, offer, "post-action")
            calls.append((application.key, made))
            self.blockers += blockers
        return tuple(calls)

    # --- one step --------------------------------------------------------------------------------

    def step(self, step: Step) -> PlannedStep:
        """Compute one step on the result of the earlier ones."""
        environment = self.surroundings.workspace.environments[step.environment]
        decision = self._decide(step.environment, step.settings)
        settings = {name: effective.value for name, effective in decision.effective.items()}
        place = self.surroundings.place(step.span) if step.span.source else ""
        blockers, notes = self._step_blockers(step, environment, decision, settings, place)
        gates, closed = gates_of(
            settings,
            self.surroundings.resolver.facts_of(self.product.name, step.environment),
            self.surroundings.workspace.windows,
            self.surroundings.workspace.freezes,
            self.surroundings.now,
            self.surroundings.zone,
            step.after,
        )
        applications, more = self._step_applications(step, settings, blocked=bool(blockers))
        hooks, hook_blockers = self._hooks(step.hooks)
        planned = PlannedStep(
            environment=step.environment,
            kind=environment.kind.value,
            after=step.after,
            action=action.value if isinstance(action := settings.get("action"), Action) else None,
            settings=self._settings(decision),
            gates=gates,
            hooks=hooks,
            applications=applications,
            notes=tuple(notes),
            blockers=(*blockers, *more, *hook_blockers, *closed),
            place=place,
        )
        self.planned[step.environment] = planned
        return planned

    def _step_blockers(
        self,
        step: Step,
        environment: Environment,
        decision: Decision,
        settings: Mapping[str, SettingValue],
        place: str,
    ) -> tuple[list[Blocker], list[str]]:
        """Return what stops a step before its applications are looked at."""
        blockers: list[Blocker] = []
        notes = [
            f"policies of equal priority disagree on `{tie.setting}`: {origin_words(tie.winner.origin)} wins over "
            f"{listing([origin_words(other.origin) for other in tie.others], 'and')} by its name only"
            for tie in decision.ambiguous
        ]
        action = settings.get("action")
        if action is None:
            blockers.append(
                Blocker(
                    BlockerCode.NO_ACTION,
                    f"no policy sets an action for `{self.product.name}` in `{environment.name}`",
                    "add a policy with `action commit` or `action pr` that matches, or set one in the flow's step",
                    place=place,
                )
            )
        pre = settings.get("pre-action")
        if action is Action.NONE and (pre is None or isinstance(pre, NoWorkflow)):
            origin = decision.effective["action"].origin
            blockers.append(
                Blocker(
                    BlockerCode.NONE_WITHOUT_PRE_ACTION,
                    "action is `none`, but there is no pre-action to do the work",
                    "set a pre-action, or use `action commit` or `action pr`",
                    place=self.surroundings.place(origin.span),
                )
            )
        for name in step.after:
            earlier = self.planned.get(name)
            if earlier is not None and any(blocker.clears_at is None for blocker in earlier.all_blockers):
                blockers.append(
                    Blocker(
                        BlockerCode.EARLIER_STEP,
                        f"`{name}`, which this step depends on, is blocked",
                        f"unblock `{name}`",
                        place=place,
                    )
                )
        return blockers, notes

    def _step_applications(
        self, step: Step, settings: Mapping[str, SettingValue], *, blocked: bool
    ) -> tuple[tuple[PlannedApplication, ...], list[Blocker]]:
        targets = self._applications(step.environment)
        blockers: list[Blocker] = []
        if not targets:
            blockers.append(
                Blocker(
                    BlockerCode.NO_TARGET_APPLICATION,
                    f"`{self.product.name}` has no application in `{step.environment}`",
                    f"annotate one with `codefresh.io/product: {self.product.name}` whose destination is in "
                    f"`{step.environment}`, or take the step out of the flow",
                )
            )
        source = None if blocked or not targets else self._step_source(step, blockers)
        edit = settings.get("action") in (Action.COMMIT, Action.PR) and not blocked
        applications = tuple(
            plan_application(self.surroundings, self.world, self.product, target, source, settings, edit=edit)
            for target in targets
        )
        return applications, blockers

    def _step_source(self, step: Step, blockers: list[Blocker]) -> SourceApplication | None:
        """Return the source application: of the first environment the step depends on that has one."""
        before = len(self.blockers)
        for name in step.after:
            source = self._source(name)
            if source is not None:
                return source
        # What `_source` found wrong belongs to this step: the trigger's own faults were reported already.
        blockers += self.blockers[before:]
        del self.blockers[before:]
        return None

    def _source(self, environment: str) -> SourceApplication | None:
        """Return the application of an environment that values are read from, or None with a blocker."""
        applications = self._applications(environment)
        if not applications:
            self.blockers.append(
                Blocker(
                    BlockerCode.NO_SOURCE_APPLICATION,
                    f"`{self.product.name}` has no application in `{environment}` to take values from",
                    f"annotate one with `codefresh.io/product: {self.product.name}` whose destination is there",
                )
            )
            return None
        touched = [application for application in applications if application.key in self.pins]
        application = (touched or list(applications))[0]
        try:
            return SourceApplication(application, environment, self.world.locate(application, writable=False))
        except UnreachableError as unreachable:
            self.blockers.append(unreachable_blocker(application, unreachable))
            return None

    # --- what steps share ------------------------------------------------------------------------

    def _applications(self, environment: str) -> tuple[Application, ...]:
        return self.surroundings.applications.of(self.product.name, environment)

    def _decide(self, environment: str, inline: tuple[Setting, ...]) -> Decision:
        flow = self.flow.name if self.flow else None
        return self.surroundings.resolver.decide(self.product.name, environment, inline=inline, flow=flow)

    def _settings(self, decision: Decision) -> tuple[PlannedSetting, ...]:
        return tuple(
            PlannedSetting(
                name,
                written(effective.value),
                origin_words(effective.origin, mark=""),
                self.surroundings.place(effective.origin.span),
            )
            for name in SETTING_NAMES
            if (effective := decision.effective.get(name)) is not None
        )

    def _hooks(self, hooks: Hooks) -> tuple[tuple[HookCall, ...], list[Blocker]]:
        """Return the hooks that are set, with the parameters they would be passed."""
        planned: list[HookCall] = []
        blockers: list[Blocker] = []
        flow = self.flow.name if self.flow else None
        commit = self.commit.sha if self.commit else None
        for event, workflow in (("start", hooks.start), ("success", hooks.success), ("failure", hooks.failure)):
            if workflow is None:
                continue
            offer = hook_offer(self.product.name, flow, self.version, commit, event)
            made, found = call(workflow.name, self.surroundings.workspace.workflows, offer, f"on {event} hook")
            planned.append(HookCall(event, made))
            blockers += found
        return tuple(planned), blockers

    def plan(self, trigger: PlannedTrigger, steps: list[PlannedStep], hooks: Hooks) -> Plan:
        """Put the plan together."""
        release_hooks, hook_blockers = self._hooks(hooks)
        branches = tuple(
            InputDigest("branch", f"{url} {revision}", commit)
            for (url, revision), commit in sorted(self.world.heads.items())
        )
        timeout = self.flow.timeout if self.flow and self.flow.timeout is not None else DEFAULT_TIMEOUT
        return Plan(
            product=self.product.name,
            flow=self.flow.name if self.flow else None,
            at=self.surroundings.now.isoformat(timespec="seconds"),
            trigger=trigger,
            steps=tuple(steps),
            hooks=release_hooks,
            timeout=timeout,
            concurrency=(self.product.concurrency or Concurrency.QUEUE).value,
            version=self.version,
            inputs=(*self.surroundings.inputs, *branches),
            notes=tuple(self.notes),
            blockers=(*self.blockers, *hook_blockers),
        )
