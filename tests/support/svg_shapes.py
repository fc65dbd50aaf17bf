"""What an SVG shows, and where: texts and rectangles in the coordinates of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from adapters.cli.graph_views import theme
from adapters.cli.graph_views.measure import width

NAMESPACE = "{http://www.w3.org/2000/svg}"
_PLACE = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)")
_SIZES = {
    "title": theme.TITLE, "heading": theme.HEADING, "name": theme.NAME,
    "small": theme.SMALL, "pill": theme.SMALL, "chip": theme.SMALL,
}  # fmt: skip
_BOLD = {"title", "heading", "name", "chip"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle, or the room a text takes up.

    Attributes:
        classes: of the element.
        text: what it says; empty for a rectangle.
        left: on the page, as are the others.
        top: less than ``bottom``.
        right: more than ``left``.
        bottom: y grows downwards.
    """

    classes: frozenset[str]
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def inside(self, other: Shape, slack: float = 0.6) -> bool:
        return (
            self.left >= other.left - slack
            and self.right <= other.right + slack
            and self.top >= other.top - slack
            and self.bottom <= other.bottom + slack
        )

    def overlaps(self, other: Shape, slack: float = 0.6) -> bool:
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )


def shapes(root: ElementTree.Element, dx: float = 0.0, dy: float = 0.0) -> Iterator[Shape]:
    """Yield every text and rectangle below an element."""
    for element in root:
        if element.tag == f"{NAMESPACE}g":
            found = _PLACE.fullmatch(element.attrib.get("transform", "translate(0 0)"))
            assert found is not None, element.attrib
            yield from shapes(element, dx + float(found[1]), dy + float(found[2]))
        elif element.tag == f"{NAMESPACE}rect":
            x, y = dx + float(element.attrib.get("x", 0)), dy + float(element.attrib.get("y", 0))
            size = float(element.attrib["width"]), float(element.attrib["height"])
            yield Shape(_classes(element), "", x, y, x + size[0], y + size[1])
        elif element.tag == f"{NAMESPACE}text":
            yield _text(element, dx, dy)


def _text(element: ElementTree.Element, dx: float, dy: float) -> Shape:
    classes, text = _classes(element), element.text or ""
    size = next((_SIZES[name] for name in classes if name in _SIZES), theme.TEXT)
    wide = width(text, size, bold=bool(classes & _BOLD))
    left = dx + float(element.attrib["x"])
    left -= wide / 2 if classes & {"middle", "pill", "chip"} else wide if "end" in classes else 0
    base = dy + float(element.attrib["y"])
    return Shape(classes, text, left, base - 0.74 * size, left + wide, base + 0.2 * size)


def _classes(element: ElementTree.Element) -> frozenset[str]:
    return frozenset(element.attrib.get("class", "").split())
