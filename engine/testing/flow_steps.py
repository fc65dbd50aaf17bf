"""What lies before each step of a flow, and the edges between."""

from __future__ import annotations

from engine.model.entities import Flow

Edge = tuple[str, str]
"""A step's environment, behind one that it comes after."""


def edges_before(flow: Flow, environment: str) -> frozenset[Edge]:
    """Return every edge on the ways to an environment; none for the trigger and for what the flow has no step into.

    Cost: linear in the flow's edges; no recursion.
    """
    steps = {step.environment: step for step in flow.steps}
    found: set[Edge] = set()
    waiting, seen = [environment], {environment}
    for name in waiting:
        step = steps.get(name)
        for earlier in step.after if step is not None else ():
            found.add((earlier, name))
            if earlier not in seen:
                seen.add(earlier)
                waiting.append(earlier)
    return frozenset(found)


def passed_before(flow: Flow, environment: str) -> frozenset[str]:
    """Return every environment a change has gone through before it reaches one along a flow."""
    return frozenset(earlier for earlier, _ in edges_before(flow, environment))


def edges_between(flow: Flow, first: str, last: str) -> frozenset[Edge]:
    """Return the edges on the ways from one environment to a later one; none where there is no way."""
    return frozenset(
        (earlier, later)
        for earlier, later in edges_before(flow, last)
        if earlier == first or first in passed_before(flow, earlier)
    )
