"""Everything in a workspace that a test can exercise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from engine.model.conditions import ALWAYS
from engine.model.entities import Flow, FlowUse, Product, Setting
from engine.model.values import written
from engine.model.workspace import Workspace
from engine.testing.coverage.branches import Branch, branches
from grammar.span import NOWHERE, Span


class Kind(Enum):
    """What can be exercised; the values are how it is called in reports."""

    POLICY = "policies"
    SETTING = "settings"
    BRANCH = "branches"
    EDGE = "flow edges"
    TRIGGER = "triggers"


@dataclass(frozen=True, slots=True)
class PolicyMatches:
    """A policy matches a pair that a test looks at."""

    policy: str


@dataclass(frozen=True, slots=True)
class PolicyDecides:
    """A policy's setting is in force where a test expects that setting."""

    policy: str
    setting: str


@dataclass(frozen=True, slots=True)
class FlowDecides:
    """The same for an inline setting of a flow."""

    flow: str
    environment: str
    setting: str


@dataclass(frozen=True, slots=True)
class PolicyBranch:
    """A branch of a policy's condition is exercised by a pair that a test looks at."""

    policy: str
    branch: Branch


@dataclass(frozen=True, slots=True)
class EdgePassed:
    """A change goes from one environment to the next in a test's flow."""

    flow: str
    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class TriggerOutcome:
    """A test's commit reaches a flow of the product, and starts it or not; ``position`` is in the product's list."""

    product: str
    position: int
    taken: bool


@dataclass(frozen=True, slots=True)
class TriggerBranch:
    """A test's commit reaches a flow of the product, and exercises a branch of its condition."""

    product: str
    position: int
    branch: Branch


Target = PolicyMatches | PolicyDecides | FlowDecides | PolicyBranch | EdgePassed | TriggerOutcome | TriggerBranch


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a test can exercise.

    Attributes:
        kind: what it is.
        target: what exercises it.
        words: for people.
        span: where it is written.
    """

    kind: Kind
    target: Target
    words: str
    span: Span = field(default=NOWHERE, compare=False)


def items_of(workspace: Workspace) -> tuple[Item, ...]:
    """Return everything that a workspace's tests can exercise: policies, flows, products, each as declared.

    Cost: linear in what is written.
    """
    return (*_of_policies(workspace), *_of_flows(workspace), *_of_products(workspace))


def _of_policies(workspace: Workspace) -> Iterator[Item]:
    for policy in workspace.policies.values():
        words = f"policy `{policy.name}`"
        yield Item(Kind.POLICY, PolicyMatches(policy.name), f"{words} matches", policy.span)
        for setting in policy.settings:
            decides = f"{words} decides `{setting.name} {written(setting.value)}`"
            yield Item(Kind.SETTING, PolicyDecides(policy.name, setting.name), decides, setting.span)
        for branch in branches(policy.when):
            yield Item(Kind.BRANCH, PolicyBranch(policy.name, branch), f"{words} {branch.words}", branch.span)


def _of_flows(workspace: Workspace) -> Iterator[Item]:
    for flow in workspace.flows.values():
        yield from _inline(flow, flow.trigger, flow.trigger_settings)
        for step in flow.steps:
            for earlier in step.after:
                words = f"flow `{flow.name}` from `{earlier}` to `{step.environment}`"
                yield Item(Kind.EDGE, EdgePassed(flow.name, earlier, step.environment), words, step.span)
            yield from _inline(flow, step.environment, step.settings)


def _inline(flow: Flow, environment: str, settings: tuple[Setting, ...]) -> Iterator[Item]:
    for setting in settings:
        words = f"flow `{flow.name}` decides `{setting.name} {written(setting.value)}` in `{environment}`"
        yield Item(Kind.SETTING, FlowDecides(flow.name, environment, setting.name), words, setting.span)


def _of_products(workspace: Workspace) -> Iterator[Item]:
    for product in workspace.products.values():
        for position, use in enumerate(product.flows):
            yield from _of_use(product, position, use)


def _of_use(product: Product, position: int, use: FlowUse) -> Iterator[Item]:
    words = f"product `{product.name}`: flow `{use.flow}`"
    yield Item(Kind.TRIGGER, TriggerOutcome(product.name, position, True), f"{words} is started", use.span)
    if use.when != ALWAYS:
        yield Item(Kind.TRIGGER, TriggerOutcome(product.name, position, False), f"{words} is not started", use.span)
    for branch in branches(use.when):
        span = branch.span if branch.span.source else use.span
        yield Item(Kind.BRANCH, TriggerBranch(product.name, position, branch), f"{words} {branch.words}", span)
