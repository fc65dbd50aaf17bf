"""What lies before each step of one flow: a step begins once everything it comes after has succeeded.

Source: domain, promotion flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from engine.model.entities import Flow


@dataclass(frozen=True, slots=True)
class FlowPaths:
    """A flow's steps that can begin, each with everything that has succeeded by then.

    Attributes:
        flow: the flow's name.
        trigger: where it begins.
        before: by environment, in an order in which the steps can run: the bits of the environments that have
            succeeded before, the trigger's among them. The trigger itself stands first, with none.
        passable: the bits of the environments behind which the flow can go on.
    """

    flow: str
    trigger: str
    before: Mapping[str, int]
    passable: int

    def road_to(self, environment: str, bits: Mapping[str, int]) -> tuple[str, ...]:
        """Return the environments a change goes through up to one of them, which stands last."""
        earlier = self.before[environment]
        return (*(name for name in self.before if earlier & bits[name]), environment)


def environment_bits(flows: Iterable[Flow]) -> Mapping[str, int]:
    """Return one bit for each environment that flows name, in the order they are met."""
    names: dict[str, None] = {}
    for flow in flows:
        names[flow.trigger] = None
        for step in flow.steps:
            names[step.environment] = None
            names.update(dict.fromkeys(step.after))
    return {name: 1 << number for number, name in enumerate(names)}


def flow_paths(flow: Flow, bits: Mapping[str, int], impassable: AbstractSet[str] = frozenset()) -> FlowPaths:
    """Return what lies before each step of a flow.

    Args:
        flow: steps that wait for each other, or for something outside of the flow, never begin and are left out.
        bits: one bit for each environment that the flow names.
        impassable: environments of steps that can never succeed; what comes after them never begins.

    Cost: O(steps + dependencies) operations on integers of one bit an environment; no recursion.
    """
    missing: dict[str, int] = {}
    followers: dict[str, list[str]] = {}
    before = {flow.trigger: 0}
    collected: dict[str, int] = {}
    for step in flow.steps:
        if step.environment == flow.trigger or step.environment in missing:
            continue
        waits = set(step.after)
        missing[step.environment] = len(waits)
        collected[step.environment] = 0
        for name in waits:
            followers.setdefault(name, []).append(step.environment)
        if not waits:
            # Nothing would start it. The model refuses such a step; here it is as unreachable as one on a cycle.
            missing[step.environment] = -1
    passable = 0
    ready = [flow.trigger]
    for name in ready:
        if name in impassable:
            continue
        passable |= bits[name]
        through = before[name] | bits[name]
        for follower in followers.get(name, ()):
            collected[follower] |= through
            missing[follower] -= 1
            if missing[follower] == 0:
                before[follower] = collected[follower]
                ready.append(follower)
    return FlowPaths(flow.name, flow.trigger, before, passable)
