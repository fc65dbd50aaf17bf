"""Flows as cards and arrows."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.cli.graph_views.diagram import Arrow, Card, Diagram, Look, Part
from adapters.cli.graph_views.wording import action, counted, flow_lines, gates, present, workflows
from engine.graphs import FlowGraph, Station
from engine.model.entities import EnvironmentKind


def flow_diagram(graphs: Sequence[FlowGraph]) -> Diagram:
    """Return what to draw of some flows, which are all shown for the same product, or for none."""
    product = graphs[0].product if graphs else None
    names = ", ".join(graph.flow.name for graph in graphs)
    steps = counted(sum(len(graph.stations) - 1 for graph in graphs), "step")
    title = f"Flow {names}" if len(graphs) == 1 else "Flows"
    if product is None:
        about = f"{counted(len(graphs), 'flow')} ({names}), {steps}; settings are those that the flows set themselves."
    else:
        about = f"{counted(len(graphs), 'flow')} ({names}), {steps}; settings are those in force for {product}."
        title += f" of {product}"
    return Diagram(title, about, tuple(map(_part, graphs)))


def _part(graph: FlowGraph) -> Part:
    cards = tuple(map(_card, graph.stations))
    arrows = tuple(Arrow(start, end) for start, end in graph.edges)
    return Part(graph.flow.name, flow_lines(graph), cards, arrows)


def _card(station: Station) -> Card:
    prod = station.kind is EnvironmentKind.PROD
    look = Look.PROD if prod else Look.OTHER
    if station.applications == ():
        look = Look.ABSENT
    if station.trigger:
        look = Look.TRIGGER
    first = "releases begin here" if station.trigger else action(station)
    lines = [line for line in (first, present(station), *workflows(station)) if line]
    return Card(station.environment, look, station.kind.value, tuple(lines), gates(station.settings))
