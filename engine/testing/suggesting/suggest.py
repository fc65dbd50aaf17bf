"""Writes tests for what no test exercises, each of which passes and exercises what it was written for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from engine.model.conditions import Condition, Negation
from engine.model.entities import Flow
from engine.model.workspace import Workspace
from engine.resolve.calendar import Zones
from engine.resolve.decision import InlineOrigin
from engine.resolve.flow_choice import choose_flow
from engine.testing.coverage.exercised import Exercises
from engine.testing.coverage.items import (
    EdgePassed,
    FlowDecides,
    Item,
    PolicyBranch,
    PolicyDecides,
    PolicyMatches,
    Target,
    TriggerBranch,
    TriggerOutcome,
)
from engine.testing.runner import Runner
from engine.testing.suggesting.situations import Situations, branch_condition
from engine.testing.suggesting.validity import is_sayable
from engine.testing.suggesting.written_tests import (
    commit_item,
    flow_item,
    name,
    order_item,
    product_items,
    settings_item,
    test_of,
)
from engine.verify.points import Witness, declared_product
from grammar import nodes

_MOST_PRODUCTS = 5
"""Products tried for a flow."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Tests for what was missing.

    Attributes:
        tests: in the order of the items; they pass.
        left: items that no test can be written for: nothing can exercise them, or no test can say it.
    """

    tests: tuple[nodes.Test, ...]
    left: tuple[Item, ...]


def suggest(workspace: Workspace, missed: Iterable[Item], zone: Zones) -> Suggested:
    """Write tests for items that no test exercises.

    Args:
        workspace: a workspace without errors; its tests' titles are not used again.
        missed: what to write tests for.
        zone: finds time zones by name.

    Returns:
        Few tests: an item that an earlier one exercises gets none of its own.
    """
    writer = _Writer(workspace)
    runner = Runner(workspace, zone)
    exercises = Exercises(workspace)
    titles = {test.title.text for test in workspace.tests}
    found: list[nodes.Test] = []
    left: list[Item] = []
    done: set[Target] = set()
    for item in missed:
        if item.target in done:
            continue
        for test in writer.tests(item):
            ran = runner.run(test)
            targets = exercises.of(ran)
            if ran.passed and item.target in targets and is_sayable(test, workspace):
                done |= targets
                found.append(_titled(test, titles))
                break
        else:
            left.append(item)
    return Suggested(tuple(found), tuple(item for item in left if item.target not in done))


def _titled(test: nodes.Test, taken: set[str]) -> nodes.Test:
    """Return a test with a title that no other has."""
    title, number = test.title.text, 1
    while title in taken:
        number += 1
        title = f"{test.title.text} ({number})"
    taken.add(title)
    return replace(test, title=nodes.StringValue(title))


class _Writer:
    """Writes tests that might exercise something; they have to be run to know."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._situations = Situations(workspace)

    def tests(self, item: Item) -> Iterator[nodes.Test]:
        """Yield tests for an item, the best first."""
        policies = self._workspace.policies
        match item.target:
            case PolicyMatches(policy=policy):
                yield from self._pair(item, policy, self._situations.deciding(policies[policy]))
            case PolicyDecides(policy=policy, setting=setting):
                yield from self._pair(item, policy, self._situations.deciding(policies[policy], setting))
            case PolicyBranch(policy=policy, branch=branch):
                yield from self._pair(item, policy, self._situations.exercising(policies[policy], branch))
            case FlowDecides(flow=flow, environment=environment, setting=setting):
                yield from self._inline(item, flow, environment, setting)
            case EdgePassed(flow=flow, earlier=earlier, later=later):
                yield from self._order(item, self._workspace.flows[flow], earlier, later)
            case TriggerOutcome(product=product, position=position, taken=taken):
                when = self._workspace.products[product].flows[position].when
                yield from self._trigger(item, product, position, when if taken else Negation(when))
            case TriggerBranch(product=product, position=position, branch=branch):
                yield from self._trigger(item, product, position, branch_condition(branch))
            case _:
                assert_never(item.target)

    def _pair(self, item: Item, policy: str, witness: Witness | None) -> Iterator[nodes.Test]:
        """Yield a test of a pair: it expects what the policy sets, whoever decides it there, else whatever is set."""
        if witness is None:
            return
        environment = witness.environment.name
        decision = self._situations.questions.resolver.decide(witness.product.facts, environment)
        own = [setting.name for setting in self._workspace.policies[policy].settings]
        for wanted in (own, decision.effective):
            settings = settings_item(environment, decision, wanted)
            if settings is not None:
                yield test_of(_title(item), (*product_items(witness.product), settings))

    def _inline(self, item: Item, flow: str, environment: str, setting: str) -> Iterator[nodes.Test]:
        for product, commit in self._starting(flow):
            decision = self._situations.questions.resolver.decide(product, environment, flow=flow)
            own = [one for one, found in decision.effective.items() if isinstance(found.origin, InlineOrigin)]
            settings = settings_item(environment, decision, own or (setting,))
            if settings is not None:
                yield test_of(
                    _title(item),
                    (nodes.GivenProduct(name(product)), commit, flow_item(flow), settings),
                )

    def _order(self, item: Item, flow: Flow, earlier: str, later: str) -> Iterator[nodes.Test]:
        for product, commit in self._starting(flow.name):
            chain = order_item(chain_through(flow, earlier, later))
            yield test_of(_title(item), (nodes.GivenProduct(name(product)), commit, flow_item(flow.name), chain))

    def _starting(self, flow: str) -> Iterator[tuple[str, nodes.GivenCommit]]:
        found = self._situations.starting(flow)
        for _, (product, commit) in zip(range(_MOST_PRODUCTS), found, strict=False):
            yield product.name, commit_item(commit)

    def _trigger(self, item: Item, product: str, position: int, wanted: Condition) -> Iterator[nodes.Test]:
        declared = self._workspace.products[product]
        commit = self._situations.commit(declared, position, wanted)
        if commit is not None:
            chosen = choose_flow(declared, commit).flow
            items = product_items(declared_product(declared))
            yield test_of(_title(item), (*items, commit_item(commit), flow_item(chosen)))


def chain_through(flow: Flow, earlier: str, later: str) -> tuple[str, ...]:
    """Return one way through a flow, from its trigger to an end, over the edge between two environments."""
    steps = {step.environment: step for step in flow.steps}
    chain = [earlier, later]
    while chain[0] in steps and steps[chain[0]].after[0] not in chain:
        chain.insert(0, steps[chain[0]].after[0])
    while True:
        following = next((step for step in flow.steps if chain[-1] in step.after), None)
        if following is None or following.environment in chain:
            return tuple(chain)
        chain.append(following.environment)


def _title(item: Item) -> str:
    """Return a title: what is exercised, without the marks around names."""
    return item.words.replace("`", "")[:200]
