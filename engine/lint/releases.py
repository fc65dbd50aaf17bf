"""What every step of every product's flows is set to."""

from __future__ import annotations

from typing import NamedTuple

from engine.lint.material import Material
from engine.model.entities import Environment, EnvironmentKind, Flow, FlowUse, Product, Step
from engine.resolve.decision import Decision
from engine.resolve.resolver import Resolver
from grammar.span import Span

MOST_TARGETS = 100_000
"""Steps of products that are looked at; a workspace with more is judged by the first ones."""


class Target(NamedTuple):
    """A step of a flow, for one product that uses the flow.

    Attributes:
        product: the product.
        use: the product's mention of the flow.
        flow: the flow.
        step: the step.
        environment: the step's environment.
        decision: the effective settings there.
    """

    product: Product
    use: FlowUse
    flow: Flow
    step: Step
    environment: Environment
    decision: Decision

    @property
    def in_production(self) -> bool:
        """Whether the environment is a production one."""
        return self.environment.kind is EnvironmentKind.PROD

    def origin(self, setting: str) -> Span:
        """Return where a setting comes from; the step where nothing sets it."""
        effective = self.decision.effective.get(setting)
        return self.step.span if effective is None else effective.origin.span


def targets(material: Material) -> tuple[Target, ...]:
    """Return the steps of all flows that products use, by product, flow and step as they are written."""
    workspace = material.workspace
    resolver = material.shared(resolver_of)
    found: list[Target] = []
    for product in workspace.products.values():
        for use in product.flows:
            flow = workspace.flows.get(use.flow)
            for step in flow.steps if flow is not None else ():
                environment = workspace.environments.get(step.environment)
                if flow is not None and environment is not None:
                    decision = resolver.decide(product.name, environment.name, flow=flow.name)
                    found.append(Target(product, use, flow, step, environment, decision))
        if len(found) > MOST_TARGETS:
            break
    return tuple(found)


def resolver_of(material: Material) -> Resolver:
    """Return the one resolver that rules share."""
    return Resolver(material.workspace)
