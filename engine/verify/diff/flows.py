"""What changed in flows: steps, what they come after, hooks, timeouts, triggers, and what must be passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.model.entities import DEFAULT_TIMEOUT, Flow, Hooks, Setting, Step
from engine.model.values import Workflow, written
from engine.model.workspace import Workspace
from engine.verify.diff.change import Change, Topic, named
from engine.verify.diff.strictness import Strictness
from engine.verify.domination import Roads
from grammar.lexical import duration_token
from grammar.span import NOWHERE


def flow_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield what changed in flows, by name; settings of steps are compared elsewhere where both have the step."""
    for name in sorted({**old.flows, **new.flows}):
        before, after = old.flows.get(name), new.flows.get(name)
        subject = f"flow `{name}`"
        if before is None:
            assert after is not None
            text = f"is added: {_described(after)}"
            yield Change(Topic.FLOWS, subject, text, Strictness.LOOSER, new=after.span)
        elif after is None:
            text = f"is removed: {_described(before)}"
            yield Change(Topic.FLOWS, subject, text, Strictness.STRICTER, old=before.span)
        else:
            yield from _flow(subject, before, after)


def _flow(subject: str, old: Flow, new: Flow) -> Iterator[Change]:
    def change(text: str, strictness: Strictness = Strictness.DIFFERENT) -> Change:
        return Change(Topic.FLOWS, subject, text, strictness, old.span, new.span)

    if old.trigger != new.trigger:
        yield change(f"is triggered in `{new.trigger}`, no longer in `{old.trigger}`")
    before, after = {step.environment: step for step in old.steps}, {step.environment: step for step in new.steps}
    for environment, step in after.items():
        if environment not in before:
            text = f"has a new step into {_step(step)}"
            yield Change(Topic.FLOWS, subject, text, Strictness.LOOSER, old.span, step.span)
    for environment, step in before.items():
        if environment not in after:
            text = f"has no step into {_step(step)} any more"
            yield Change(Topic.FLOWS, subject, text, Strictness.STRICTER, step.span, new.span)
        else:
            yield from _steps(subject, step, after[environment])
    yield from (change(text) for text in _hooks("", old.hooks, new.hooks))
    if _timeout(old) != _timeout(new):
        yield change(f"times out after {_timeout(new)}, no longer after {_timeout(old)}")


def _steps(subject: str, old: Step, new: Step) -> Iterator[Change]:
    where = f"`{new.environment}`"
    if set(old.after) != set(new.after):
        strictness = Strictness.DIFFERENT
        if set(old.after) < set(new.after):
            strictness = Strictness.STRICTER
        elif set(new.after) < set(old.after):
            strictness = Strictness.LOOSER
        text = f"step {where} comes after {named(new.after)}, no longer after {named(old.after)}"
        yield Change(Topic.FLOWS, subject, text, strictness, old.span, new.span)
    for text in _hooks(f"step {where} ", old.hooks, new.hooks):
        yield Change(Topic.FLOWS, subject, text, Strictness.DIFFERENT, old.span, new.span)


def _hooks(where: str, old: Hooks, new: Hooks) -> Iterator[str]:
    for event in ("start", "success", "failure"):
        before: Workflow | None = getattr(old, event)
        after: Workflow | None = getattr(new, event)
        if before != after:
            was = "nothing" if before is None else f"`{before.name}`"
            now = "nothing" if after is None else f"`{after.name}`"
            yield f"{where}runs {now} on {event}, no longer {was}" if before else f"{where}runs {now} on {event}"


def _timeout(flow: Flow) -> str:
    return duration_token(DEFAULT_TIMEOUT if flow.timeout is None else flow.timeout)


def _described(flow: Flow) -> str:
    settings = _settings(flow.trigger_settings)
    return ", ".join([f"triggered in `{flow.trigger}`{settings}", *(f"step {_step(step)}" for step in flow.steps)])


def _step(step: Step) -> str:
    return f"`{step.environment}` after {named(step.after)}{_settings(step.settings)}"


def _settings(settings: tuple[Setting, ...]) -> str:
    said = ", ".join(f"{setting.name} `{written(setting.value)}`" for setting in settings)
    return f" ({said})" if said else ""


# --- what must be passed ---------------------------------------------------------------------------


def road_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield what every change had to pass before it arrives in an environment, and has no longer, or the other way.

    Only promotions along flows are meant. Where no flow arrives on one side there is nothing to compare: the flow's
    own change says so.
    """
    if _graph(old) == _graph(new):
        return
    before, after = Roads(old), Roads(new)
    for environment in {**old.environments, **new.environments}:
        one, other = _passed(old, before, environment), _passed(new, after, environment)
        if one is None or other is None:
            continue
        subject = f"environment `{environment}`"
        where = new.environments[environment].span if environment in new.environments else NOWHERE
        for name in sorted(one - other):
            text = f"can be reached without passing `{name}`, which was not possible"
            road = _road(new, after, environment, name)
            yield Change(Topic.ROADS, subject, text, Strictness.LOOSER, new=where, witness=road)
        for name in sorted(other - one):
            text = f"cannot be reached without passing `{name}` any more"
            road = _road(old, before, environment, name)
            yield Change(Topic.ROADS, subject, text, Strictness.STRICTER, new=where, witness=road)


def _graph(workspace: Workspace) -> Mapping[str, object]:
    return {
        name: (flow.trigger, {step.environment: frozenset(step.after) for step in flow.steps})
        for name, flow in workspace.flows.items()
    }


def _passed(workspace: Workspace, roads: Roads, environment: str) -> frozenset[str] | None:
    """Return what every change has passed that arrives along a flow's step; None where none does."""
    found: frozenset[str] | None = None
    for name, flow in workspace.flows.items():
        if flow.step(environment) is not None and roads.reached(environment, name):
            passed = roads.must_pass(environment, name)
            found = passed if found is None else found & passed
    return found


def _road(workspace: Workspace, roads: Roads, environment: str, avoided: str) -> str:
    """Return an example of a way around an environment."""
    for name in sorted(workspace.flows):
        if workspace.flows[name].step(environment) is not None:
            road = roads.avoiding(environment, name, avoided)
            if road is not None:
                return road.words()
    return ""
