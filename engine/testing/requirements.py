"""The requirements, asked of what is declared: every step of every flow of every product.

This is the quick look; `engine.verify` proves them for everything that could be declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.entities import Flow
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import flow_facts, passed_facts, setting_facts
from engine.resolve.resolver import Resolver
from engine.testing.flow_steps import passed_before


@dataclass(frozen=True, slots=True, order=True)
class Broken:
    """A requirement that does not hold somewhere.

    Attributes:
        require: its name.
        product: the product's name.
        environment: the step's environment.
        flow: the flow's name.
    """

    require: str
    product: str
    environment: str
    flow: str

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.require}: {self.product} in {self.environment} along {self.flow}"


def declared_steps(workspace: Workspace) -> Iterator[tuple[str, Flow, str]]:
    """Yield product, flow and environment of every step that a declared product can take, once each."""
    for product in workspace.products.values():
        for name in dict.fromkeys(use.flow for use in product.flows):
            flow = workspace.flows[name]
            for step in flow.steps:
                yield product.name, flow, step.environment


def broken_requirements(workspace: Workspace, resolver: Resolver | None = None) -> Iterator[Broken]:
    """Yield where requirements do not hold, lazily: by product, flow, step and requirement as declared."""
    requires = tuple(workspace.requires.values())
    if not requires:
        return
    resolver = resolver or Resolver(workspace)
    passed = {
        (flow.name, step.environment): passed_facts(passed_before(flow, step.environment))
        for flow in workspace.flows.values()
        for step in flow.steps
    }
    for product, flow, environment in declared_steps(workspace):
        decision = resolver.decide(product, environment, flow=flow.name)
        values = {name: effective.value for name, effective in decision.effective.items()}
        facts = resolver.facts_of(product, environment).overlaid(
            flow_facts(flow.name), setting_facts(values), passed[flow.name, environment]
        )
        for require in requires:
            if evaluate(require.when, facts) and not evaluate(require.that, facts):
                yield Broken(require.name, product, environment, flow.name)
