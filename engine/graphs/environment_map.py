"""Products by environment: which application is where, and which flow brings changes there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.model.entities import Flow
from engine.model.workspace import Workspace
from engine.resolve.applications import ApplicationMap, Assignment


@dataclass(frozen=True, slots=True)
class Reach:
    """A flow that has to do with an environment.

    Attributes:
        flow: its name.
        begins: whether it begins there, so that it never changes anything there.
    """

    flow: str
    begins: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A product in an environment.

    Attributes:
        applications: its applications there, sorted by key.
        flows: those of its flows that begin or have a step there, in the order the product tries them.
    """

    applications: tuple[str, ...] = ()
    flows: tuple[Reach, ...] = ()

    @property
    def by_hand_only(self) -> bool:
        """Whether something is there that no flow of the product has to do with."""
        return bool(self.applications) and not self.flows

    @property
    def passes_through(self) -> bool:
        """Whether flows of the product lead there although nothing of it is there."""
        return bool(self.flows) and not self.applications


@dataclass(frozen=True, slots=True)
class EnvironmentMap:
    """All products by all environments.

    Attributes:
        products: in order of declaration.
        environments: in order of declaration.
        flows: every flow that a cell names, in order of declaration.
        cells: by product and environment; a pair with neither applications nor flows is missing.
        unassigned: applications without a product or an environment, sorted by key.
    """

    products: tuple[str, ...]
    environments: tuple[str, ...]
    flows: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    unassigned: tuple[Assignment, ...] = ()

    def row(self, product: str) -> tuple[Cell, ...]:
        """Return the cells of a product, an environment each."""
        return tuple(self.cells.get((product, environment), Cell()) for environment in self.environments)


def environment_map(
    workspace: Workspace,
    applications: ApplicationMap,
    *,
    products: Collection[str] | None = None,
    flow: str | None = None,
) -> EnvironmentMap:
    """Return which application is where; O(products x environments).

    Args:
        workspace: the declarations.
        applications: of the same workspace.
        products: only these; None for all.
        flow: only products that use this flow, and only this flow; None for all.
    """
    chosen = [
        product
        for product in workspace.products.values()
        if (products is None or product.name in products)
        and (flow is None or any(use.flow == flow for use in product.flows))
    ]
    cells: dict[tuple[str, str], Cell] = {}
    named: set[str] = set()
    for product in chosen:
        flows = dict.fromkeys(use.flow for use in product.flows if flow in (None, use.flow))
        for environment in workspace.environments:
            reached = tuple(
                reach for name in flows if (reach := _reach(workspace.flows[name], environment)) is not None
            )
            there = tuple(application.key for application in applications.of(product.name, environment))
            if reached or there:
                cells[(product.name, environment)] = Cell(there, reached)
                named |= {reach.flow for reach in reached}
    everything = products is None and flow is None
    return EnvironmentMap(
        tuple(product.name for product in chosen),
        tuple(workspace.environments),
        tuple(name for name in workspace.flows if name in named),
        cells,
        applications.unassigned if everything else (),
    )


def same_rows(found: EnvironmentMap) -> tuple[tuple[str, ...], ...]:
    """Return the products in groups that are in the same environments and reached by the same flows."""
    groups: dict[object, list[str]] = {}
    for product in found.products:
        shape = tuple((bool(cell.applications), frozenset(cell.flows)) for cell in found.row(product))
        groups.setdefault(shape, []).append(product)
    return tuple(map(tuple, groups.values()))


def _reach(flow: Flow, environment: str) -> Reach | None:
    if flow.trigger == environment:
        return Reach(flow.name, begins=True)
    return Reach(flow.name, begins=False) if flow.step(environment) is not None else None
