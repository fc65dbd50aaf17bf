"""Products by environment as an SVG table: a chip for every flow that reaches a product in an environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.cli.graph_views.canvas import PILL, document, pill, pill_width, text
from adapters.cli.graph_views.map_diagram import cell_words, map_title
from adapters.cli.graph_views.measure import fitted, width
from adapters.cli.graph_views.theme import HUES, NAME, SMALL, TEXT
from adapters.cli.plan_views.svg_text import escape
from engine.graphs import Cell, EnvironmentMap, Reach
from engine.model.workspace import Workspace

_ROW, _NAMED_ROW = 30, 46
_HEAD = 54
_CHIP, _CHIP_GAP = 20, 4
_PADDING = 3
_WIDEST_NAME = 220.0
_LEGEND_LINE = 24
_FEW = 6
"""Up to so many environments the names of applications are shown, and not only how many there are."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The measures of a table.

    Attributes:
        environments: the columns.
        names: width of the column with the products.
        column: width of every other.
        row: height of a row.
        named: whether cells name applications.
    """

    environments: tuple[str, ...]
    names: float
    column: float
    row: int
    named: bool

    @property
    def width(self) -> float:
        """Return the width of the table."""
        return self.names + len(self.environments) * self.column


def render(found: EnvironmentMap, workspace: Workspace) -> str:
    """Return an SVG document: a row for every product, a column for every environment that one of them has to do with.

    Each cell's title names its applications and flows.
    """
    grid = _grid(found)
    numbers = {flow: number for number, flow in enumerate(found.flows)}
    room = max(grid.width, 460.0)
    top = _legend_height(found, room)
    content = [*_legend(found, room), f'<g transform="translate(0 {top})">', *_heads(grid, workspace)]
    for row, product in enumerate(found.products):
        content += _row(found, product, grid, numbers, _HEAD + row * grid.row, banded=row % 2 == 0)
    content.append("</g>")
    return document(*map_title(found), content, grid.width, top + _HEAD + len(found.products) * grid.row)


def _grid(found: EnvironmentMap) -> _Grid:
    used = tuple(
        name for name in found.environments if any((product, name) in found.cells for product in found.products)
    )
    names = min(_WIDEST_NAME, max([60.0, *(width(product, TEXT) for product in found.products)])) + 16
    named = len(used) <= _FEW
    wanted = [min(_WIDEST_NAME, width(name, NAME, bold=True)) + 12 for name in used]
    wanted += [len(cell.flows) * (_CHIP + _CHIP_GAP) + 36 for cell in found.cells.values()]
    if named:
        wanted += [min(_WIDEST_NAME, width(_names(cell), SMALL)) + 16 for cell in found.cells.values()]
    return _Grid(used, names, max([70.0, *wanted]), _NAMED_ROW if named else _ROW, named)


def _names(cell: Cell) -> str:
    return ", ".join(key.rpartition("/")[2] for key in cell.applications)


def _heads(grid: _Grid, workspace: Workspace) -> Iterator[str]:
    for number, name in enumerate(grid.environments):
        middle = grid.names + (number + 0.5) * grid.column
        kind = workspace.environments[name].kind.value
        badge = pill_width(kind, grid.column - 8)
        yield f"<g><title>{escape(name)}</title>"
        yield text(fitted(name, grid.column - 10, NAME, bold=True), middle, 16, "name middle")
        yield "</g>"
        yield from pill(kind, "prod" if kind == "prod" else "other", middle - badge / 2, 24, badge)


def _row(
    found: EnvironmentMap, product: str, grid: _Grid, numbers: Mapping[str, int], y: int, *, banded: bool
) -> Iterator[str]:
    yield f"<g><title>{escape(product)}</title>"
    if banded:
        yield f'<rect class="band" y="{y}" width="{grid.width:.1f}" height="{grid.row}" rx="5"/>'
    yield text(fitted(product, grid.names - 16, TEXT), 8, y + grid.row / 2 + 4)
    yield "</g>"
    for number, name in enumerate(grid.environments):
        cell = found.cells.get((product, name))
        if cell is not None:
            x = grid.names + number * grid.column
            yield f'<g transform="translate({x + _PADDING:.1f} {y + _PADDING})">'
            yield from _cell(cell, f"{product} in {name}", numbers, grid)
            yield "</g>"


def _cell(cell: Cell, where: str, numbers: Mapping[str, int], grid: _Grid) -> Iterator[str]:
    wide, high = grid.column - 2 * _PADDING, grid.row - 2 * _PADDING
    applications = ", ".join(cell.applications) or "no application"
    yield f"<title>{escape(f'{where}: {applications}; {cell_words(cell)}')}</title>"
    look = "hand" if cell.by_hand_only else "through" if cell.passes_through else "there"
    yield f'<rect class="{look}" width="{wide:.1f}" height="{high}" rx="6"/>'
    many = f"\N{MULTIPLICATION SIGN}{len(cell.applications)}" if len(cell.applications) > 1 and not grid.named else ""
    if cell.by_hand_only:
        words = " ".join(part for part in ("by hand", many) if part)
        yield text(fitted(words, wide - 8, SMALL), wide / 2, 16, "small hand middle")
        many = ""
    size = len(cell.flows) * (_CHIP + _CHIP_GAP) - _CHIP_GAP + (width(many, SMALL) + 6 if many else 0)
    left = (wide - size) / 2
    for reach in cell.flows:
        yield from _chip(reach, numbers[reach.flow], left, _PADDING)
        left += _CHIP + _CHIP_GAP
    if many:
        yield text(many, left + 2, 16, "small quiet")
    if grid.named and cell.applications:
        yield text(fitted(_names(cell), wide - 8, SMALL), wide / 2, 34, "small quiet middle")


def _chip(reach: Reach, number: int, x: float, y: float) -> Iterator[str]:
    """Yield the mark of a flow: its number, filled where it has a step, in outline where it begins."""
    style = f"chip h{number % HUES}" + (" begins" if reach.begins else "")
    yield f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{_CHIP}" height="{PILL}" rx="5"/>'
    yield text(str(number + 1), x + _CHIP / 2, y + 13, style)


# --- legend ------------------------------------------------------------------------------------------------


def _entries(found: EnvironmentMap) -> Iterator[tuple[Reach | None, str, int]]:
    for number, flow in enumerate(found.flows):
        yield Reach(flow, begins=False), flow, number
    if any(reach.begins for cell in found.cells.values() for reach in cell.flows):
        yield Reach("", begins=True), "begins here", 0
    if any(cell.passes_through for cell in found.cells.values()):
        yield None, "a flow leads here, nothing is here", 0


def _placed(found: EnvironmentMap, room: float) -> Iterator[tuple[Reach | None, str, int, float, int]]:
    """Yield the entries with their places, in lines that fit."""
    x, line = 0.0, 0
    for reach, words, number in _entries(found):
        size = _CHIP + 8 + min(width(words, TEXT), _WIDEST_NAME) + 18
        if x and x + size > room:
            x, line = 0.0, line + 1
        yield reach, words, number, x, line
        x += size


def _legend(found: EnvironmentMap, room: float) -> Iterator[str]:
    for reach, words, number, x, line in _placed(found, room):
        y = line * _LEGEND_LINE
        if reach is None:
            yield f'<rect class="through" x="{x:.1f}" y="{y}" width="{_CHIP}" height="{PILL}" rx="5"/>'
        elif reach.flow:
            yield from _chip(reach, number, x, y)
        else:
            yield f'<rect class="chip h10 begins" x="{x:.1f}" y="{y}" width="{_CHIP}" height="{PILL}" rx="5"/>'
        yield text(fitted(words, _WIDEST_NAME, TEXT), x + _CHIP + 8, y + 13)


def _legend_height(found: EnvironmentMap, room: float) -> int:
    lines = [line for *_, line in _placed(found, room)]
    return (max(lines) + 1) * _LEGEND_LINE + 16 if lines else 0
