"""The order of the nodes within their layers, so that few edges cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from adapters.cli.plan_views.layering import Layered

_SWEEPS = 8
_LARGE = 1_500
"""Edges between layers beyond which crossings are not counted and the first good order is taken."""


def ordered(graph: Layered) -> list[list[int]]:
    """Return the nodes of each layer in order; without crossings to avoid, in the order they were given."""
    layers: list[list[int]] = [[] for _ in range(max(graph.layer, default=-1) + 1)]
    for node in _walk(graph):
        layers[graph.layer[node]].append(node)
    large = sum(map(len, graph.after)) > _LARGE
    best, least = [list(layer) for layer in layers], 0 if large else _crossings(graph, layers)
    for number in range(2 if large else _SWEEPS):
        if least == 0 and not large:
            break
        forward = number % 2 == 0
        near = graph.before if forward else graph.after
        place = {node: position for layer in layers for position, node in enumerate(layer)}
        for layer in layers if forward else reversed(layers):
            # A stable sort: what has no neighbour there, or equal ones, keeps its place.
            layer.sort(key=lambda node: _barycentre(near[node], place, place[node]))
            place.update({node: position for position, node in enumerate(layer)})
        count = 0 if large else _crossings(graph, layers)
        if large or count < least:
            best, least = [list(layer) for layer in layers], count
    return best


def _walk(graph: Layered) -> list[int]:
    """Return all nodes in the order they were given, each stand-in where its edge ends."""
    target = list(range(graph.count))
    for chain in graph.chains:
        for node in chain[1:-1]:
            target[node] = chain[-1]
    return sorted(range(graph.count), key=lambda node: (target[node], node))


def _barycentre(near: Sequence[int], place: dict[int, int], otherwise: int) -> float:
    return sum(place[node] for node in near) / len(near) if near else float(otherwise)


def _crossings(graph: Layered, layers: list[list[int]]) -> int:
    """Count the pairs of edges between neighbouring layers that cross."""
    place = {node: position for layer in layers for position, node in enumerate(layer)}
    total = 0
    for layer in layers:
        ends: list[int] = []
        for node in layer:
            mine = sorted(place[following] for following in graph.after[node])
            total += sum(len(ends) - bisect_right(ends, end) for end in mine)
            for end in mine:
                insort(ends, end)
    return total
