"""What comes before each step of a flow; several rules follow the same ways."""

from __future__ import annotations

from collections.abc import Mapping

from engine.lint.material import Material
from engine.model.entities import Flow

MOST_STEPS = 500
"""Steps of a flow up to which the way to each of them is followed."""

Before = Mapping[str, frozenset[str]]
"""By environment of a step, the environments that everything has succeeded in before it begins."""


def flow_ways(material: Material) -> dict[str, Before]:
    """Return what comes before each step of each flow, by the flow's name; for `Material.shared`."""
    return {flow.name: environments_before(flow) for flow in material.workspace.flows.values()}


def environments_before(flow: Flow) -> Before:
    """Return everything that has succeeded before each step begins; nothing for a flow of very many steps.

    Flows are free of cycles. Cost: O(steps * steps).
    """
    if len(flow.steps) > MOST_STEPS:
        return {}
    found: dict[str, frozenset[str]] = {flow.trigger: frozenset()}
    pending = list(flow.steps)
    while pending:
        waiting = []
        for step in pending:
            before = [found.get(name) for name in step.after]
            if None in before:
                waiting.append(step)
            else:
                found[step.environment] = frozenset(step.after).union(*(known for known in before if known))
        if len(waiting) == len(pending):
            break
        pending = waiting
    return found
