"""The layers of a directed graph: which node comes how far along, and what stands in where long edges pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_MOST_DUMMIES = 2_000
"""Beyond so many stand-ins the remaining long edges are drawn straight: nobody can follow them anyway."""


@dataclass(frozen=True, slots=True)
class Layered:
    """A graph whose every edge leads to a later layer.

    Attributes:
        real: how many nodes were given; higher numbers stand in where an edge passes through a layer.
        count: how many nodes there are, stand-ins included.
        layer: of each node.
        chains: for each edge that was given, the nodes it leads through, from the earlier layer to the later.
        turned: for each edge, whether it was turned around to break a cycle.
        before: each node's neighbours in the layer before.
        after: each node's neighbours in the layer after.
    """

    real: int
    count: int
    layer: tuple[int, ...]
    chains: tuple[tuple[int, ...], ...]
    turned: tuple[bool, ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]


def layered(count: int, edges: Sequence[tuple[int, int]]) -> Layered:
    """Assign layers: each node one after the last it depends on; what depends on nothing, next to who needs it."""
    turned = _turned(count, edges)
    forward = [(end, start) if turn else (start, end) for (start, end), turn in zip(edges, turned, strict=True)]
    layer = _longest_paths(count, forward)
    chains: list[tuple[int, ...]] = []
    for start, end in forward:
        between = range(layer[start] + 1, layer[end])
        if len(layer) - count + len(between) > _MOST_DUMMIES:
            between = range(0)
        chains.append((start, *range(len(layer), len(layer) + len(between)), end))
        layer += between
    before: list[list[int]] = [[] for _ in layer]
    after: list[list[int]] = [[] for _ in layer]
    for chain in chains:
        for left, right in pairwise(chain):
            after[left].append(right)
            before[right].append(left)
    return Layered(
        count,
        len(layer),
        tuple(layer),
        tuple(chains),
        tuple(turned),
        tuple(map(tuple, before)),
        tuple(map(tuple, after)),
    )


def _turned(count: int, edges: Sequence[tuple[int, int]]) -> list[bool]:
    """Say of each edge whether it closes a cycle of a depth-first walk; without those the graph has no cycle."""
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, (start, end) in enumerate(edges):
        leaving[start].append((end, number))
    turned = [False] * len(edges)
    fresh, open_, done = 0, 1, 2
    state = [fresh] * count
    for root in range(count):
        if state[root] != fresh:
            continue
        state[root] = open_
        walk = [(root, iter(leaving[root]))]
        while walk:
            node, rest = walk[-1]
            step = next(rest, None)
            if step is None:
                state[node] = done
                walk.pop()
            elif state[step[0]] == open_:
                turned[step[1]] = True
            elif state[step[0]] == fresh:
                state[step[0]] = open_
                walk.append((step[0], iter(leaving[step[0]])))
    return turned


def _longest_paths(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the length of the longest path that leads to each node of a graph without cycles."""
    after: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for start, end in edges:
        after[start].append(end)
        waiting[end] += 1
    sources = [node for node in range(count) if not waiting[node]]
    layer = [0] * count
    ready = list(sources)
    for node in ready:
        for following in after[node]:
            layer[following] = max(layer[following], layer[node] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    for node in sources:
        if after[node]:
            layer[node] = min(layer[following] for following in after[node]) - 1
    return layer
