"""Where the boxes of a directed graph go: layers from left to right or top to bottom, few crossings, short edges.

The classic layered method: break cycles, put each node one layer after the last node it depends on, order the
layers by barycentres, then move nodes towards their neighbours. Everything is deterministic, and what costs more
than linear time is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from adapters.cli.plan_views.layer_order import ordered
from adapters.cli.plan_views.layering import Layered, layered

_PASSES = 6
_DUMMY_GAP = 0.5
"""How much of the usual distance an edge that passes through a layer keeps from boxes."""


@dataclass(frozen=True, slots=True)
class Box:
    """The size of a node."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A place; x grows to the right, y downwards."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A finished layout, its upper left corner at 0, 0.

    Attributes:
        corners: the upper left corner of each box, in the order the boxes were given.
        routes: for each edge, in the order they were given, points from the border of its first box to the border of
            its second; between the points of an even pair (0-1, 2-3, ...) an edge crosses the gap between two
            layers, between the others it runs straight through a layer.
        width: of everything.
        height: of everything.
        vertical: whether layers follow each other downwards.
    """

    corners: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]
    width: float
    height: float
    vertical: bool


def arrange(
    boxes: Sequence[Box],
    edges: Sequence[tuple[int, int]],
    *,
    layer_gap: float = 64,
    box_gap: float = 28,
    most_layers: int = 6,
) -> Layout:
    """Lay out a graph.

    Args:
        boxes: the nodes.
        edges: pairs of indices into ``boxes``; cycles are allowed, an edge from a box to itself is not.
        layer_gap: distance between layers, where edges run.
        box_gap: distance between the boxes of a layer.
        most_layers: up to so many layers go from left to right; more go downwards, where a page has room.

    Raises:
        ValueError: for an edge that leads nowhere or back to where it begins.
    """
    for start, end in edges:
        if start == end or not (0 <= start < len(boxes) and 0 <= end < len(boxes)):
            raise ValueError(f"no edge can lead from {start} to {end} of {len(boxes)} boxes")
    graph = layered(len(boxes), edges)
    layers = ordered(graph)
    vertical = len(layers) > most_layers
    depths = [box.height if vertical else box.width for box in boxes]
    breadths = [box.width if vertical else box.height for box in boxes]
    across = _positions(graph, layers, breadths, box_gap)
    along, thickness, total = _layer_places(graph, layers, depths, layer_gap)

    def point(along_it: float, across_it: float) -> Point:
        return Point(across_it, along_it) if vertical else Point(along_it, across_it)

    corners = []
    for node in range(len(boxes)):
        layer = graph.layer[node]
        corners.append(point(along[layer], across[node] - breadths[node] / 2))
    routes = tuple(
        tuple(point(*place) for place in _route(graph, chain, along, thickness, depths, across))
        for chain in graph.chains
    )
    routes = tuple(
        tuple(reversed(route)) if turned else route for route, turned in zip(routes, graph.turned, strict=True)
    )
    breadth = max((across[node] + size / 2 for node, size in enumerate(breadths)), default=0.0)
    breadth = max([breadth, *across])
    width, height = (breadth, total) if vertical else (total, breadth)
    return Layout(tuple(corners), routes, width, height, vertical)


def _layer_places(
    graph: Layered, layers: list[list[int]], depths: Sequence[float], gap: float
) -> tuple[list[float], list[float], float]:
    """Return where each layer begins, how thick it is, and where the last one ends."""
    starts, thickness, place = [], [], 0.0
    for layer in layers:
        thickness.append(max((depths[node] for node in layer if node < graph.real), default=0.0))
        starts.append(place)
        place += thickness[-1] + gap
    return starts, thickness, max(0.0, place - gap)


def _route(
    graph: Layered,
    chain: Sequence[int],
    along: list[float],
    thickness: list[float],
    depths: Sequence[float],
    across: list[float],
) -> list[tuple[float, float]]:
    """Return an edge's points as (along, across) pairs, from layer to layer."""
    points = []
    for position, node in enumerate(chain):
        layer = graph.layer[node]
        depth = depths[node] if node < graph.real else thickness[layer]
        if position > 0:
            points.append((along[layer], across[node]))
        if position < len(chain) - 1:
            points.append((along[layer] + depth, across[node]))
    return points


def _positions(graph: Layered, layers: list[list[int]], breadths: Sequence[float], gap: float) -> list[float]:
    """Return the middle of every node across its layer; the least edge of all is 0."""
    size = [*breadths, *([0.0] * (graph.count - graph.real))]
    room = [gap if node < graph.real else gap * _DUMMY_GAP for node in range(graph.count)]
    middle = [0.0] * graph.count
    for layer in layers:
        offsets = _offsets(layer, size, room)
        shift = offsets[-1] / 2 if offsets else 0.0
        for node, offset in zip(layer, offsets, strict=True):
            middle[node] = offset - shift
    for number in range(_PASSES):
        forward = number % 2 == 0
        near = graph.before if forward else graph.after
        for layer in layers if forward else reversed(layers):
            wanted = [_mean(near[node], middle, middle[node]) for node in layer]
            for node, place in zip(layer, _separated(wanted, _offsets(layer, size, room)), strict=True):
                middle[node] = place
    for chain in graph.chains:
        _straighten(chain[1:-1], graph, layers, size, room, middle)
    least = min((middle[node] - size[node] / 2 for node in range(graph.count)), default=0.0)
    return [place - least for place in middle]


def _straighten(
    chain: Sequence[int],
    graph: Layered,
    layers: list[list[int]],
    size: Sequence[float],
    room: Sequence[float],
    middle: list[float],
) -> None:
    """Put an edge's stand-ins on one line, as near to where they are as their neighbours allow; else leave them."""
    if len(chain) < 2:
        return
    least, most = -math.inf, math.inf
    for node in chain:
        layer = layers[graph.layer[node]]
        place = layer.index(node)
        for other in layer[max(0, place - 1) : place]:
            least = max(least, middle[other] + (size[other] + size[node]) / 2 + max(room[other], room[node]))
        for other in layer[place + 1 : place + 2]:
            most = min(most, middle[other] - (size[other] + size[node]) / 2 - max(room[other], room[node]))
    if least <= most:
        line = min(max(_mean(chain, middle, 0.0), least), most)
        for node in chain:
            middle[node] = line


def _mean(nodes: Sequence[int], middle: list[float], otherwise: float) -> float:
    return sum(middle[node] for node in nodes) / len(nodes) if nodes else otherwise


def _offsets(layer: Sequence[int], size: Sequence[float], room: Sequence[float]) -> list[float]:
    """Return the least distance of each node's middle from the first one's."""
    offsets = [0.0] if layer else []
    for upper, lower in pairwise(layer):
        offsets.append(offsets[-1] + (size[upper] + size[lower]) / 2 + max(room[upper], room[lower]))
    return offsets


def _separated(wanted: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Return the places nearest to those wanted (least squares) that keep the order and the distances.

    Less the offsets, places only have to be in rising order: pooling neighbours that are not is exact.
    """
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(flat, offsets, strict=True)]
