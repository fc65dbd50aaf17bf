"""Flows as trees for a terminal: each step below what it comes after."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.graph_views.wording import action, flow_lines, gates, present, workflows
from adapters.cli.plan_views.terminal_tree import Node, Run
from engine.graphs import FlowGraph, Station
from engine.model.entities import EnvironmentKind
from grammar.vocabulary import listing

_DEEPEST = 24
"""Levels after which steps no longer move to the right, but say what they come after."""


def flow_tree(graph: FlowGraph) -> tuple[Node, ...]:
    """Return the trees of a flow: what it is, then its environments from where it begins.

    A step that comes after several stands once, below the one of them that is furthest along, and says so.
    """
    of = f" of {graph.product}" if graph.product else ""
    head = [Node((Run(graph.flow.name, "bold"), Run(of)))]
    head += [Node((Run("  "), Run(line, "dim")), hang=2) for line in flow_lines(graph)]
    parents = _parents(graph)
    below: dict[int, list[int]] = {}
    for number, parent in sorted(parents.items()):
        below.setdefault(parent, []).append(number)
    return (*head, _node(graph, 0, parents, below))


def _parents(graph: FlowGraph) -> dict[int, int]:
    """Return the station that each step stands below."""
    place = {station.environment: number for number, station in enumerate(graph.stations)}
    depth = _depths(graph)
    parents: dict[int, int] = {}
    level = {0: 0}
    for number in sorted(range(1, len(graph.stations)), key=lambda one: depth[one]):
        parent = max((place[name] for name in graph.stations[number].after), key=lambda one: depth[one])
        if level[parent] >= _DEEPEST:
            parent = parents[parent]
        parents[number] = parent
        level[number] = level[parent] + 1
    return parents


def _depths(graph: FlowGraph) -> list[int]:
    """Return the length of the longest way to each station; the model has made sure that there is no circle."""
    waiting = [len(station.after) for station in graph.stations]
    later: list[list[int]] = [[] for _ in graph.stations]
    for start, end in graph.edges:
        later[start].append(end)
    depth = [0] * len(graph.stations)
    ready = [0]
    for number in ready:
        for following in later[number]:
            depth[following] = max(depth[following], depth[number] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    return depth


def _node(graph: FlowGraph, number: int, parents: dict[int, int], below: dict[int, list[int]]) -> Node:
    children = tuple(_node(graph, child, parents, below) for child in below.get(number, ()))
    station = graph.stations[number]
    parent = graph.stations[parents[number]].environment if number else ""
    return Node(tuple(_words(station, parent)), children, hang=4)


def _words(station: Station, parent: str) -> Iterator[Run]:
    prod = station.kind is EnvironmentKind.PROD
    yield Run(station.environment, "bold")
    yield Run(f"  {station.kind.value}", "yellow" if prod else "dim")
    if station.after not in ((), (parent,)):
        yield Run(f", after {listing(list(station.after), 'and')}")
    first = "releases begin here" if station.trigger else action(station)
    facts = [part for part in (first, *workflows(station), *gates(station.settings)) if part]
    if facts:
        yield Run(f"  {', '.join(facts)}")
    there = present(station)
    if there:
        yield Run(f"  {there}", "yellow" if station.applications == () else "cyan")
