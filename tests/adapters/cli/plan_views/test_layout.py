"""The layout of graphs: laws that hold for all of them, and places for a few."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.cli.plan_views.layer_order import ordered
from adapters.cli.plan_views.layering import layered
from adapters.cli.plan_views.layout import Box, Layout, arrange


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Box], list[tuple[int, int]]]:
    count = draw(st.integers(0, 9))
    sizes = st.sampled_from((10.0, 40.0, 75.0))
    boxes = [Box(draw(sizes), draw(sizes)) for _ in range(count)]
    pairs = [(start, end) for start in range(count) for end in range(count) if start != end]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=16)) if pairs else []
    return boxes, edges


def overlapping(layout: Layout, boxes: list[Box]) -> bool:
    places = list(zip(layout.corners, boxes, strict=True))
    return any(
        a.x < c.x + d.width - 1e-6
        and c.x < a.x + b.width - 1e-6
        and a.y < c.y + d.height - 1e-6
        and c.y < a.y + b.height - 1e-6
        for number, (a, b) in enumerate(places)
        for c, d in places[number + 1 :]
    )


@given(graphs(), st.sampled_from((1, 3, 100)))
@settings(max_examples=120, deadline=None)
def test_boxes_lie_inside_and_apart_and_edges_join_them(
    graph: tuple[list[Box], list[tuple[int, int]]], most_layers: int
) -> None:
    boxes, edges = graph
    layout = arrange(boxes, edges, most_layers=most_layers)

    assert not overlapping(layout, boxes)
    for corner, box in zip(layout.corners, boxes, strict=True):
        assert corner.x >= -1e-6
        assert corner.y >= -1e-6
        assert corner.x + box.width <= layout.width + 1e-6
        assert corner.y + box.height <= layout.height + 1e-6
    for (start, end), route in zip(edges, layout.routes, strict=True):
        assert len(route) % 2 == 0
        for node, point in ((start, route[0]), (end, route[-1])):
            corner, box = layout.corners[node], boxes[node]
            along = (point.y - corner.y, box.height) if layout.vertical else (point.x - corner.x, box.width)
            across = (point.x - corner.x, box.width) if layout.vertical else (point.y - corner.y, box.height)
            assert min(abs(along[0]), abs(along[0] - along[1])) < 1e-6
            assert across[0] == pytest.approx(across[1] / 2)
        assert all(0 <= point.x <= layout.width + 1e-6 and 0 <= point.y <= layout.height + 1e-6 for point in route)


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_the_same_graph_always_looks_the_same(graph: tuple[list[Box], list[tuple[int, int]]]) -> None:
    assert arrange(*graph) == arrange(*graph)


def test_a_chain_is_a_straight_line() -> None:
    layout = arrange([Box(10, 10), Box(10, 30), Box(10, 10)], [(0, 1), (1, 2)], layer_gap=5)

    assert [corner.x for corner in layout.corners] == [0, 15, 30]
    assert [corner.y for corner in layout.corners] == [10, 0, 10]
    assert {point.y for route in layout.routes for point in route} == {15}


def test_a_fan_is_symmetric() -> None:
    layout = arrange([Box(10, 10)] * 5, [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)], box_gap=10)

    assert [corner.y for corner in layout.corners] == [20, 0, 20, 40, 20]


def test_a_long_edge_passes_beside_the_boxes_between() -> None:
    layout = arrange([Box(10, 10)] * 4, [(0, 1), (1, 2), (2, 3), (0, 3)], box_gap=10)
    long = layout.routes[3]
    inner = {point.y for point in long[1:-1]}

    assert len(inner) == 1
    assert not any(corner.y < inner.copy().pop() < corner.y + 10 for corner in layout.corners[1:3])


def test_layers_are_one_after_the_last_dependency() -> None:
    assert layered(5, [(0, 1), (1, 2), (0, 2), (3, 2)]).layer[:5] == (0, 1, 2, 1, 0)


def test_a_cycle_is_broken_once_and_drawn_the_right_way_round() -> None:
    layout = arrange([Box(10, 10)] * 3, [(0, 1), (1, 2), (2, 0)])
    back = layout.routes[2]

    assert layered(3, [(0, 1), (1, 2), (2, 0)]).turned == (False, False, True)
    assert back[0].x > back[-1].x


def test_crossings_that_can_be_avoided_are() -> None:
    graph = layered(6, [(0, 5), (1, 4), (2, 3)])
    first, second = ordered(graph)

    partners = dict([(0, 5), (1, 4), (2, 3)])
    places = [second.index(partners[node]) for node in first]
    assert places == sorted(places)


def test_order_stays_as_given_where_nothing_crosses() -> None:
    assert ordered(layered(5, [(0, 1), (0, 2), (0, 3), (0, 4)])) == [[0], [1, 2, 3, 4]]


def test_many_layers_go_downwards() -> None:
    boxes, edges = [Box(10, 10)] * 9, list(pairwise(range(9)))

    assert arrange(boxes, edges).vertical
    assert not arrange(boxes, edges, most_layers=9).vertical


def test_nothing_has_no_size() -> None:
    assert arrange([], []) == Layout((), (), 0, 0, False)


@pytest.mark.parametrize("edge", [(0, 0), (0, 2), (-1, 0)])
def test_an_edge_to_nowhere_is_refused(edge: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no edge can lead from"):
        arrange([Box(1, 1)] * 2, [edge])


def test_a_dense_graph_is_laid_out_all_the_same() -> None:
    count = 120
    edges = [(start, end) for start in range(count) for end in range(start + 1, count)]
    layout = arrange([Box(10, 10)] * count, edges)

    assert len(layout.routes) == len(edges)
    assert not overlapping(layout, [Box(10, 10)] * count)
