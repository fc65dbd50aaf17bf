"""One run of `promo graph`: what is asked for, and its form."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.declared_names import require_declared
from adapters.cli.output import fail, stop_on_errors, wants_colour
from adapters.cli.workspace_option import open_workspace
from engine.resolve import ApplicationMap, Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.cli.graph_views.diagram import Diagram
    from adapters.cli.plan_views.terminal_tree import Node
    from engine.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """What a call asks for; names are as given."""

    what: str = "flows"
    flow: str | None = None
    product: str | None = None
    policy: str | None = None
    form: str = "tree"


def run_graph(folder: Path | None, request: Request) -> None:
    """Open a workspace and print a graph of it.

    Raises:
        click.exceptions.Exit: with `INVALID`, for a workspace with errors or a name that is not declared.
    """
    loaded = open_workspace(folder)
    workspace = loaded.workspace
    for what, name, declared in (
        ("flow", request.flow, workspace.flows),
        ("product", request.product, workspace.products),
        ("policy", request.policy, workspace.policies),
    ):
        if name is not None:
            require_declared(what, name, declared)
    applications = ApplicationMap(workspace)
    stop_on_errors(applications.diagnostics, loaded.sources)
    drawing = {"flows": _flows, "environments": _environments, "overlap": _overlap}[request.what]
    click.echo(drawing(request, workspace, applications), nl=False, color=wants_colour(sys.stdout))


def _flows(request: Request, workspace: Workspace, applications: ApplicationMap) -> str:
    from adapters.cli.graph_views.flow_diagram import flow_diagram
    from engine.graphs import flow_graph

    names = _chosen_flows(request, workspace)
    resolver = Resolver(workspace)
    graphs = [flow_graph(workspace, resolver, applications, name, request.product) for name in names]
    if request.form == "tree":
        from adapters.cli.graph_views.flow_tree import flow_tree

        return _trees(flow_tree(graph) for graph in graphs)
    diagram = flow_diagram(graphs)
    if request.form == "svg":
        from adapters.cli.graph_views import cards_svg

        return cards_svg.render(diagram)
    return _drawn(diagram, request.form)


def _chosen_flows(request: Request, workspace: Workspace) -> list[str]:
    """Return the flows to show: the one that is named, those of the product, or all."""
    if request.product is None:
        if request.flow is None and not workspace.flows:
            fail("the workspace declares no flow", "declare one: flow NAME { trigger ENV  step ENV after ENV }")
        return [request.flow] if request.flow is not None else list(workspace.flows)
    used = list(dict.fromkeys(use.flow for use in workspace.products[request.product].flows))
    if request.flow is None:
        if not used:
            fail(f"product `{request.product}` uses no flow", "`--flow NAME` shows one as it would be for the product")
        return used
    if request.flow not in used:
        click.echo(f"note: product `{request.product}` does not use flow `{request.flow}`", err=True)
    return [request.flow]


def _environments(request: Request, workspace: Workspace, applications: ApplicationMap) -> str:
    from engine.graphs import environment_map

    products = None if request.product is None else (request.product,)
    found = environment_map(workspace, applications, products=products, flow=request.flow)
    if not found.products:
        fail(*_no_product(request, workspace))
    if request.form == "tree":
        from adapters.cli.graph_views.map_tree import map_tree

        return _trees([map_tree(found)])
    if request.form == "svg":
        from adapters.cli.graph_views import map_svg

        return map_svg.render(found, workspace)
    from adapters.cli.graph_views.map_diagram import map_diagram

    return _drawn(map_diagram(found, workspace), request.form)


def _overlap(request: Request, workspace: Workspace, applications: ApplicationMap) -> str:
    from engine.graphs import around, policy_overlap

    if not workspace.policies:
        fail("the workspace declares no policy", "declare one: policy NAME { action commit }")
    pairs = _pairs(request, workspace)
    if not pairs:
        fail(*_no_product(request, workspace))
    found = policy_overlap(Resolver(workspace), pairs)
    if request.policy is not None:
        found = around(found, request.policy)
    if request.form == "tree":
        from adapters.cli.graph_views.overlap_tree import overlap_tree

        return _trees([overlap_tree(found)])
    if request.form == "svg":
        from adapters.cli.graph_views import overlap_svg

        return overlap_svg.render(found)
    from adapters.cli.graph_views.overlap_diagram import overlap_diagram

    return _drawn(overlap_diagram(found), request.form)


def _pairs(request: Request, workspace: Workspace) -> list[tuple[str, str]]:
    """Return the pairs that contests are looked for in."""
    products = [
        name
        for name, product in workspace.products.items()
        if request.product in (None, name)
        and (request.flow is None or any(use.flow == request.flow for use in product.flows))
    ]
    environments = (
        list(workspace.environments)
        if request.flow is None
        else [step.environment for step in workspace.flows[request.flow].steps]
    )
    return [(product, environment) for product in products for environment in environments]


def _no_product(request: Request, workspace: Workspace) -> tuple[str, str]:
    """Return why there is nothing to show, and what to do."""
    if request.flow is not None:
        who = f"product `{request.product}` does not use" if request.product else "no product uses"
        return f"{who} flow `{request.flow}`", "leave `--flow` away, or name another"
    missing = "product" if not workspace.products else "environment"
    return f"the workspace declares no {missing}", f"declare one: {missing} NAME {{ ... }}"


# --- forms -------------------------------------------------------------------------------------------------


def _drawn(diagram: Diagram, form: str) -> str:
    from adapters.cli.graph_views import dot, mermaid

    return dot.render(diagram) if form == "dot" else mermaid.render(diagram)


def _trees(blocks: Iterable[Iterable[Node]]) -> str:
    """Return trees as the terminal can show them, an empty line between blocks."""
    from adapters.cli.plan_views.terminal_paint import fits, painter
    from adapters.cli.plan_views.terminal_tree import ASCII, BOX, draw

    ascii_only = not fits(sys.stdout.encoding)
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    paint = painter(wants_colour(sys.stdout), ascii_only)
    glyphs = ASCII if ascii_only else BOX
    return "\n".join(
        "".join(f"{line}\n" for line in draw(block, width=width, glyphs=glyphs, paint=paint)) for block in blocks
    )
