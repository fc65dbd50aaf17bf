"""Products by environment as cards and arrows: products that are everywhere the same are one card."""

from __future__ import annotations

from adapters.cli.graph_views.diagram import Arrow, Card, Diagram, Look, Part
from adapters.cli.graph_views.wording import counted
from engine.graphs import Cell, EnvironmentMap, same_rows
from engine.model.entities import EnvironmentKind
from engine.model.workspace import Workspace

_MOST = 6
"""Products named on a card."""


def map_title(found: EnvironmentMap) -> tuple[str, str]:
    """Return what a picture of a map is called, and one sentence about it."""
    there = sum(len(cell.applications) for cell in found.cells.values())
    about = (
        f"{counted(there, 'application')} of {counted(len(found.products), 'product')} in "
        f"{counted(len(found.environments), 'environment')}, reached by {counted(len(found.flows), 'flow')}"
    )
    alone = sum(cell.by_hand_only for cell in found.cells.values())
    return "Products by environment", about + (f"; {alone} reached by none." if alone else ".")


def map_diagram(found: EnvironmentMap, workspace: Workspace) -> Diagram:
    """Return what to draw of a map: from every group of products to its flows, and on to where those lead.

    What no flow reaches, and where a flow leads although nothing is there, has an arrow of its own.
    """
    groups = same_rows(found)
    used = [name for name in found.environments if any((product, name) in found.cells for product in found.products)]
    flow_at = {name: len(groups) + number for number, name in enumerate(found.flows)}
    place = {name: len(groups) + len(found.flows) + number for number, name in enumerate(used)}
    arrows: dict[Arrow, None] = {}
    for number, group in enumerate(groups):
        for name in used:
            cell = found.cells.get((group[0], name), Cell())
            arrows |= {Arrow(number, flow_at[reach.flow]): None for reach in cell.flows}
            if cell.by_hand_only or cell.passes_through:
                alone = cell.by_hand_only
                words = "by hand only" if alone else "nothing there"
                arrows[Arrow(number, place[name], words, warns=alone, dashed=not alone)] = None
            for reach in cell.flows:
                arrows[Arrow(flow_at[reach.flow], place[name], "begins" if reach.begins else "")] = None
    cards = [*map(_products, groups), *(Card(name, Look.FLOW, "flow") for name in found.flows)]
    cards += [_environment(workspace.environments[name].kind, name) for name in used]
    title, about = map_title(found)
    return Diagram(title, about, (Part(title, (), tuple(cards), tuple(arrows)),))


def _environment(kind: EnvironmentKind, name: str) -> Card:
    return Card(name, Look.PROD if kind is EnvironmentKind.PROD else Look.OTHER, kind.value)


def cell_words(cell: Cell) -> str:
    """Return what is to be said of a product in an environment."""
    if not cell.flows:
        return "by hand only"
    begins = [reach.flow for reach in cell.flows if reach.begins]
    reached = [reach.flow for reach in cell.flows if not reach.begins]
    words = ([f"begins {', '.join(begins)}"] if begins else []) + ([", ".join(reached)] if reached else [])
    return "; ".join(words) + (" (nothing there)" if cell.passes_through else "")


def _products(group: tuple[str, ...]) -> Card:
    if len(group) == 1:
        return Card(group[0], Look.PRODUCT)
    rest = (f"and {len(group) - _MOST} more",) if len(group) > _MOST else ()
    return Card(counted(len(group), "product"), Look.PRODUCT, lines=(*group[:_MOST], *rest))
