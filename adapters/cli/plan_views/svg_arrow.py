"""An edge of a layout as an arrow."""

from __future__ import annotations

from itertools import pairwise

from adapters.cli.plan_views.layout import Layout, Point


def arrow(route: tuple[Point, ...], layout: Layout, style: str) -> str:
    """Return a smooth curve with a tip: it leaves and enters every layer at a right angle.

    Args:
        route: of an edge, as the layout has it.
        layout: the layout.
        style: the class of the curve; that of its tip is ``tip``.
    """
    points = [*route[:-1], _short_of(route[-1], layout.vertical)]
    path = [f"M{_place(points[0])}"]
    for number, (start, end) in enumerate(pairwise(points)):
        if number % 2:
            path.append(f"L{_place(end)}")
        elif layout.vertical:
            bend = (end.y - start.y) / 2
            path.append(f"C{_place(Point(start.x, start.y + bend))} {_place(Point(end.x, end.y - bend))} {_place(end)}")
        else:
            bend = (end.x - start.x) / 2
            path.append(f"C{_place(Point(start.x + bend, start.y))} {_place(Point(end.x - bend, end.y))} {_place(end)}")
    tip = route[-1]
    head = "l-4.5-8h9z" if layout.vertical else "l-8-4.5v9z"
    return f'<path class="{style}" d="{"".join(path)}"/><path class="tip" d="M{_place(tip)}{head}"/>'


def _short_of(tip: Point, vertical: bool) -> Point:
    """Return where the line of an arrow ends, so that it does not show through its tip."""
    return Point(tip.x, tip.y - 6) if vertical else Point(tip.x - 6, tip.y)


def _place(point: Point) -> str:
    return f"{point.x:.1f} {point.y:.1f}"
