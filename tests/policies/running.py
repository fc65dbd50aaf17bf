"""Runs a workspace's `test` blocks against the engine, and asks its requirements of everything declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.model.entities import Flow, Metadata, Product
from engine.model.values import Approvals, NoWorkflow, Seconds, SettingValue, scalar
from engine.model.workspace import Workspace
from engine.resolve import Closed, CommitFacts, Facts, Resolver, choose_flow, evaluate, freezes_in_force, window_state
from engine.resolve.facts import environment_facts, flow_facts, passed_facts, product_facts, setting_facts
from grammar import nodes


def passed_before(flow: Flow, environment: str) -> frozenset[str]:
    """Return every environment a change has gone through before it reaches one, along a flow."""
    step = flow.step(environment)
    if step is None:
        return frozenset()
    return frozenset(step.after).union(*(passed_before(flow, earlier) for earlier in step.after))


def failed_requirements(workspace: Workspace) -> list[str]:
    """Return what does not hold, of every requirement, for every step of every flow of every product."""
    resolver = Resolver(workspace)
    found = []
    for product, flow, environment in _steps(workspace):
        decision = resolver.decide(product, environment, flow=flow.name)
        values = {name: effective.value for name, effective in decision.effective.items()}
        facts = resolver.facts_of(product, environment).overlaid(
            flow_facts(flow.name), setting_facts(values), passed_facts(passed_before(flow, environment))
        )
        found += [
            f"{require.name}: {product} in {environment} along {flow.name}"
            for require in workspace.requires.values()
            if evaluate(require.when, facts) and not evaluate(require.that, facts)
        ]
    return found


def _steps(workspace: Workspace) -> Iterator[tuple[str, Flow, str]]:
    for product in workspace.products.values():
        for use in product.flows:
            flow = workspace.flows[use.flow]
            for step in flow.steps:
                yield product.name, flow, step.environment


def failures(workspace: Workspace, test: nodes.Test) -> list[str]:
    """Return what a test expects and the engine does not say."""
    given = _given(workspace, test)
    found = []
    for item in test.items:
        match item:
            case nodes.ExpectFlow(name=name):
                expected = None if name is None else name.text
                if given.flow != expected:
                    found.append(f"flow {given.flow}, not {expected}")
            case nodes.ExpectOrder(environments=names):
                found += _order(workspace, given, [name.text for name in names])
            case nodes.ExpectSettings(environment=name, settings=settings):
                found += _settings(workspace, given, name.text, settings)
            case nodes.ExpectBlocked(environment=name, by=by):
                blockers = _blockers(workspace, given, name.text)
                if by.text not in blockers:
                    found.append(f"{name.text} blocked by {blockers}, not by {by.text}")
            case _:
                pass
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    """What a test starts from: the facts of its product, the flow its commit triggers, and its moment."""

    product: Facts
    flow: str | None
    now: datetime | None


def _given(workspace: Workspace, test: nodes.Test) -> _Given:
    name = next(item.name.text for item in test.items if isinstance(item, nodes.GivenProduct))
    product = workspace.products.get(name, Product(name))
    labels = {
        pair.key.text: pair.value.text for item in test.items if isinstance(item, nodes.Labels) for pair in item.pairs
    }
    tags = tuple(tag.text for item in test.items if isinstance(item, nodes.Tags) for tag in item.names)
    product = replace(
        product,
        tags=tuple(dict.fromkeys((*product.tags, *tags))),
        metadata=Metadata(labels={**product.metadata.labels, **labels}),
    )
    flow = None
    now = None
    for item in test.items:
        if isinstance(item, nodes.GivenCommit):
            flow = choose_flow(product, _commit(item)).flow
        if isinstance(item, nodes.GivenTime):
            now = datetime.fromisoformat(item.moment).replace(tzinfo=UTC)
    return _Given(product_facts(product), flow, now)


def _commit(item: nodes.GivenCommit) -> CommitFacts:
    fields = {name: value.text for name, value in item.fields}
    revision = fields.get("revision")
    return CommitFacts(
        fields.get("message", ""),
        branches=(fields["branch"],) if "branch" in fields else (),
        tags=(revision,) if revision else (),
        author=fields.get("author", ""),
    )


def _order(workspace: Workspace, given: _Given, names: list[str]) -> Iterable[str]:
    """Each environment must be passed before the one after it."""
    if given.flow is None:
        return ["an order, but no flow"]
    flow = workspace.flows[given.flow]
    return [
        f"{flow.name} does not pass {earlier} before {later}"
        for earlier, later in pairwise(names)
        if earlier not in passed_before(flow, later)
    ]


def _settings(
    workspace: Workspace, given: _Given, environment: str, expected: tuple[nodes.Setting, ...]
) -> Iterable[str]:
    decision = Resolver(workspace).decide(given.product, _facts_of(workspace, environment), flow=given.flow)
    for setting in expected:
        actual = decision.value(setting.keyword)
        if _written(setting.value) != _meant(actual):
            yield f"{environment}: {setting.keyword} is {_meant(actual)}, not {_written(setting.value)}"


def _blockers(workspace: Workspace, given: _Given, environment: str) -> list[str]:
    assert given.now is not None, "a test that expects a block says when"
    resolver = Resolver(workspace)
    where = _facts_of(workspace, environment)
    window = resolver.decide(given.product, where, flow=given.flow).value("window")
    found = [
        freeze.name
        for freeze, _ in freezes_in_force(workspace, resolver.facts_of(given.product, where), given.now, ZoneInfo)
    ]
    if window is not None:
        name = str(scalar(window))
        if isinstance(window_state(workspace.windows[name], given.now, ZoneInfo), Closed):
            found.append(name)
    return found


def _facts_of(workspace: Workspace, environment: str) -> Facts:
    return environment_facts(workspace.environments[environment])


def _written(value: nodes.SettingValue) -> object:
    match value:
        case nodes.NameValue(name=name):
            return None if name.text == "none" and not name.quoted else name.text
        case nodes.DurationValue(seconds=seconds):
            return seconds
        case nodes.ApprovalsValue(count=count, teams=teams):
            return count, tuple(team.text for team in teams)


def _meant(value: SettingValue | None) -> object:
    match value:
        case None:
            return "nothing"
        case NoWorkflow():
            return None
        case Seconds(count=count):
            return count
        case Approvals(count=count, teams=teams):
            return count, teams
        case _:
            return scalar(value)
