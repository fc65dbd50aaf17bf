"""Which environments every change has gone through before it arrives: what `passed ENV` is about.

Environments and steps are a graph of alternatives and joins. A step joins: all it comes after have succeeded. An
environment offers alternatives: a commit, or any step into it. An environment is passed by every change exactly
if the target cannot be reached any more once it is taken away, which is the greatest solution of the equations
"a step has passed the union over what it waits for" and "an environment has passed the intersection over its
ways in". Being the greatest, it is right on cycles that go through several flows: a circle of flows that nothing
enters supports nobody. Source: domain, triggering and running a release.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from engine.model.workspace import Workspace
from engine.verify.flow_paths import FlowPaths, environment_bits, flow_paths
from engine.verify.roads import Leg, Road


class Roads:
    """The promotion graph of a workspace; made once, asked often.

    Commits that a promotion makes never start a flow, so a flow starts with what somebody committed to its
    trigger environment, or by hand with what stands there. Unless the caller knows better, commits are possible in
    every trigger environment: then nothing that happened before the trigger is certain, and only the flow itself
    counts. With ``committed`` it is said where people commit; a trigger elsewhere gets its changes from steps of
    other flows, and what was passed on those counts as well.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        committed: AbstractSet[str] | None = None,
        impassable: AbstractSet[tuple[str, str]] = frozenset(),
    ) -> None:
        """Prepare the graph.

        Args:
            workspace: its flows and products.
            committed: the environments people commit to; None for every trigger environment.
            impassable: flow and environment of the steps that can never succeed.
        """
        self._workspace = workspace
        self._bits = environment_bits(workspace.flows.values())
        self._names = list(self._bits)
        self._committed = committed
        stops: dict[str, set[str]] = {}
        for flow, environment in impassable:
            stops.setdefault(flow, set()).add(environment)
        self._paths = {
            name: flow_paths(flow, self._bits, stops.get(name, frozenset())) for name, flow in workspace.flows.items()
        }
        self._entered: dict[frozenset[str], dict[str, int]] = {}

    def reached(self, environment: str, flow: str, product: str | None = None) -> bool:
        """Say whether a change can arrive in an environment along a flow."""
        return self._before(environment, flow, product) is not None

    def must_pass(
        self,
        environment: str,
        flow: str | None,
        product: str | None = None,
        *,
        among: Collection[str] | None = None,
    ) -> frozenset[str]:
        """Return the environments that every change has gone through before it arrives.

        Args:
            environment: where it arrives.
            flow: the flow it is in; None for a promotion into one environment by hand, which has passed nothing.
            product: whose flows can have brought the change to the flow's trigger; None for those of all.
            among: the environments that are asked about; None for all. The answers for the steps of a long flow
                are long lists, of which a requirement asks for one or two names.

        Returns:
            Names, without the environment itself unless every change has been there before. Every environment
            of all flows where no change can arrive at all: of nothing, everything is true.
        """
        if flow is None:
            return frozenset()
        before = self._before(environment, flow, product)
        if among is not None:
            bits = self._bits
            return frozenset(name for name in among if name in bits and (before is None or before & bits[name]))
        return frozenset(self._names) if before is None else self._environments(before)

    def avoiding(self, environment: str, flow: str, avoided: str, product: str | None = None) -> Road | None:
        """Return a road to an environment along a flow that does not pass another one before.

        Args:
            environment: where it ends.
            flow: its last flow.
            avoided: what it must not go through; it may be where the road ends.
            product: whose flows may be used; None for those of all.

        Returns:
            A road of the fewest flows; None exactly when nothing arrives or `must_pass` names ``avoided``.
        """
        last = self._paths[flow]
        bit = self._bits.get(avoided, 0)
        if environment not in last.before or last.before[environment] & bit:
            return None
        came = self._ways_in(self._usable(flow, product), avoided)
        if last.trigger not in came:
            return None
        legs = [Leg(flow, last.road_to(environment, self._bits))]
        way = came[last.trigger]
        while way is not None:
            end = legs[0].environments[0]
            legs.insert(0, Leg(way.flow, way.road_to(end, self._bits)))
            way = came[way.trigger]
        return Road(tuple(legs))

    # --- several flows -----------------------------------------------------------------------------

    def _usable(self, flow: str, product: str | None) -> frozenset[str]:
        if product is None:
            return frozenset(self._paths)
        declared = self._workspace.products.get(product)
        uses = () if declared is None else declared.flows
        return frozenset((flow, *(use.flow for use in uses if use.flow in self._paths)))

    def _takes_commits(self, environment: str) -> bool:
        return self._committed is None or environment in self._committed

    def _before(self, environment: str, flow: str, product: str | None) -> int | None:
        """Return what was passed as bits; None where no change arrives."""
        paths = self._paths[flow]
        inside = paths.before.get(environment)
        if inside is None:
            return None
        if self._takes_commits(paths.trigger):
            return inside
        usable = self._usable(flow, product)
        if usable not in self._entered:
            self._entered[usable] = self._solve(usable)
        entered = self._entered[usable].get(paths.trigger)
        return None if entered is None else entered | inside

    def _triggered(self, usable: Iterable[str]) -> dict[str, list[FlowPaths]]:
        """Return flows by trigger environment, in order of name, so that roads do not depend on the order of files."""
        by_trigger: dict[str, list[FlowPaths]] = {}
        for name in sorted(usable):
            paths = self._paths[name]
            by_trigger.setdefault(paths.trigger, []).append(paths)
        return by_trigger

    def _solve(self, usable: Iterable[str]) -> dict[str, int]:
        """Return what every change has passed when it gets into a trigger environment; where none gets, nothing.

        Begins with "everything" and takes away, so it ends at the greatest solution. An environment is looked at
        again only when it lost a bit.
        """
        by_trigger = self._triggered(usable)
        entered = {name: 0 for name in by_trigger if self._takes_commits(name)}
        waiting = deque(entered)
        while waiting:
            start = waiting.popleft()
            for paths in by_trigger[start]:
                for end, inside in paths.before.items():
                    if end == start or end not in by_trigger or not paths.passable & self._bits[end]:
                        continue
                    passed = entered[start] | inside
                    known = entered.get(end)
                    merged = passed if known is None else known & passed
                    if merged != known:
                        entered[end] = merged
                        waiting.append(end)
        return entered

    def _ways_in(self, usable: Iterable[str], avoided: str) -> dict[str, FlowPaths | None]:
        """Return the trigger environments that are reached without going through another, with the last flow to each.

        The other one may be reached itself, but nothing goes on from there. None stands for a commit. The flows
        lead back to a commit without a circle: each environment was reached after the trigger of the flow that
        leads to it.
        """
        by_trigger = self._triggered(usable)
        bit = self._bits.get(avoided, 0)
        came: dict[str, FlowPaths | None] = {name: None for name in by_trigger if self._takes_commits(name)}
        waiting = deque(came)
        while waiting:
            for paths in by_trigger[waiting.popleft()]:
                for end, inside in paths.before.items():
                    if end in came or end not in by_trigger:
                        continue
                    if not inside & bit and paths.passable & self._bits[end]:
                        came[end] = paths
                        waiting.append(end)
        return came

    def _environments(self, bits: int) -> frozenset[str]:
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self._names[lowest.bit_length() - 1])
            bits ^= lowest
        return frozenset(found)


def must_pass(workspace: Workspace, environment: str, flow: str | None, product: str | None = None) -> frozenset[str]:
    """Return the environments that every change has gone through before it arrives, as `Roads.must_pass` does.

    For one question; whoever has several makes one `Roads`.
    """
    return Roads(workspace).must_pass(environment, flow, product)
