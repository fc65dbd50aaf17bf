"""Products by environment as trees for a terminal."""

from __future__ import annotations

from adapters.cli.graph_views.map_diagram import cell_words, map_title
from adapters.cli.plan_views.terminal_tree import Node, Run, cells
from engine.graphs import Cell, EnvironmentMap


def map_tree(found: EnvironmentMap) -> tuple[Node, ...]:
    """Return a tree for every product, with its environments, its applications there and its flows."""
    roots = [Node((Run(map_title(found)[1], "dim"),))]
    used = {environment for _, environment in found.cells}
    column = max(map(cells, used), default=0)
    for product in found.products:
        there = [(name, found.cells.get((product, name))) for name in found.environments]
        children = tuple(_environment(name, cell, column) for name, cell in there if cell is not None)
        note = () if children else (Run("  is nowhere, and no flow of it leads anywhere", "yellow"),)
        roots.append(Node((Run(product, "bold"), *note), children))
    if found.unassigned:
        lost = tuple(
            Node((Run(one.application.key), Run(f"  {'; '.join(one.reasons)}", "dim"))) for one in found.unassigned
        )
        roots.append(Node((Run("applications without a place", "bold yellow"),), lost))
    return tuple(roots)


def _environment(name: str, cell: Cell, column: int) -> Node:
    where = Run(name + " " * (column - cells(name) + 2))
    applications = Run(", ".join(cell.applications) or "no application", "cyan" if cell.applications else "yellow")
    if cell.passes_through:
        return Node((where, applications, Run("  although a flow leads here: "), Run(_flows(cell))), hang=column + 2)
    style = "yellow" if cell.by_hand_only else "dim"
    return Node((where, applications, Run(f"  {cell_words(cell)}", style)), hang=column + 2)


def _flows(cell: Cell) -> str:
    return ", ".join(reach.flow for reach in cell.flows)
