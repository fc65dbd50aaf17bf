"""`promo eval`: the effective settings of products in environments."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, wants_colour
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from adapters.workspace import Loaded
    from engine.resolve.decision import Decision


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The pairs that are asked for, by names and patterns."""

    products: tuple[str, ...]
    environments: tuple[str, ...]
    flow: str | None
    one: bool


@click.command("eval", short_help="Show the effective settings of products in environments.")
@workspace_option
@click.argument("product", required=False)
@click.argument("environment", required=False)
@click.option(
    "-p", "--product", "products", multiple=True, metavar="NAME", help="Only this product; `*` is a wildcard."
)
@click.option(
    "-e", "--environment", "environments", multiple=True, metavar="NAME", help="Only this environment; `*` as above."
)
@click.option("-f", "--flow", metavar="NAME", help="With the inline settings of this flow, for its environments.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(
    folder: Path | None,
    product: str | None,
    environment: str | None,
    products: tuple[str, ...],
    environments: tuple[str, ...],
    flow: str | None,
    form: str,
) -> int:
    """Show what policies come to: for every pair of product and environment, or for one.

    Settings are merged field by field. A value marked with `!` was chosen among policies of equal priority by
    name only.

    \b
    Examples:
      promo eval
      promo eval trio prod-eu
      promo eval --environment "prod-*" --format json
      promo eval trio prod-eu --flow hotfix

    Exit codes: 0 done, 2 invalid input.
    """
    wanted = _Wanted(
        (product, *products) if product else products,
        (environment, *environments) if environment else environments,
        flow,
        product is not None and environment is not None and not products and not environments,
    )
    loaded = open_workspace(folder)
    if form == "json":
        _print_json(wanted, loaded)
    elif wanted.one:
        _print_pair(wanted, loaded)
    else:
        _print_table(wanted, loaded)
    return ExitCode.DONE


def _decisions(wanted: _Wanted, loaded: Loaded) -> Iterator[Decision]:
    """Yield the decisions asked for, by product and then environment, in the order declared."""
    from adapters.cli.declared_names import chosen
    from engine.resolve.resolver import Resolver

    workspace = loaded.workspace
    products = chosen("product", wanted.products, workspace.products)
    environments = chosen("environment", wanted.environments, workspace.environments)
    if wanted.flow is not None:
        environments = _steps_of(wanted, environments, loaded)
    resolver = Resolver(workspace)
    return (
        resolver.decide(product, environment, flow=wanted.flow) for product in products for environment in environments
    )


def _steps_of(wanted: _Wanted, environments: list[str], loaded: Loaded) -> list[str]:
    """Return those of the environments that the flow has a step into; none at all is a mistake in the call."""
    from adapters.cli.declared_names import require_declared
    from grammar.vocabulary import listing

    assert wanted.flow is not None
    flow = loaded.workspace.flows[require_declared("flow", wanted.flow, loaded.workspace.flows)]
    found = [name for name in environments if flow.step(name) is not None]
    if not found:
        steps = listing([f"`{step.environment}`" for step in flow.steps], "and")
        asked = listing([f"`{name}`" for name in wanted.environments])
        fail(f"flow `{flow.name}` has no step into {asked}", f"its steps are {steps}")
    return found


# --- for people ------------------------------------------------------------------------------------


def _print_table(wanted: _Wanted, loaded: Loaded) -> None:
    """Print a line a pair, with a column for every setting that one of them has."""
    from adapters.cli.decision_words import columns
    from engine.model.settings import SETTING_NAMES
    from grammar.render import printable

    rows: list[tuple[str, str, dict[str, str]]] = []
    ties = 0
    for decision in _decisions(wanted, loaded):
        cells = _cells(decision)
        ties += sum(cell.endswith(" !") for cell in cells.values())
        rows.append((printable(decision.product), printable(decision.environment), cells))
    if not rows:
        click.echo("there is no pair of product and environment: declare both", err=True)
        return
    names = [name for name in SETTING_NAMES if any(name in cells for _, _, cells in rows)]
    table = [("product", "environment", *names)]
    table += [(product, environment, *(cells.get(name, "-") for name in names)) for product, environment, cells in rows]
    head, *lines = columns(table)
    click.echo(_bold(head))
    click.echo("\n".join(lines))
    if ties:
        click.echo(
            f"\n! {ties} value{'s' if ties > 1 else ''} chosen by name only, among policies of equal priority;"
            " `promo explain PRODUCT ENVIRONMENT` shows them",
            err=True,
        )


def _cells(decision: Decision) -> dict[str, str]:
    from engine.model.values import written
    from grammar.render import printable

    tied = {ambiguity.setting for ambiguity in decision.ambiguous}
    return {
        name: printable(written(found.value)) + (" !" if name in tied else "")
        for name, found in decision.effective.items()
    }


def _print_pair(wanted: _Wanted, loaded: Loaded) -> None:
    """Print a line a setting, with where it comes from."""
    from adapters.cli.decision_words import columns, origin_words, place
    from grammar.render import printable

    (decision,) = _decisions(wanted, loaded)
    title = f"{decision.product} -> {decision.environment}{f' in flow {wanted.flow}' if wanted.flow else ''}"
    click.echo(_bold(printable(title)))
    cells = _cells(decision)
    rows = [
        (name, cells[name], printable(origin_words(found.origin)), place(found.origin.span, loaded.sources))
        for name, found in decision.effective.items()
    ]
    for line in columns(rows, indent="  ") if rows else ["  nothing sets anything here"]:
        click.echo(line)
    if "action" not in decision.effective:
        click.echo("no policy sets `action` here, so nothing can be promoted", err=True)
    for tie in decision.ambiguous:
        others = " and ".join(origin_words(other.origin) for other in tie.others)
        click.echo(printable(f"! {tie.setting}: {others} say otherwise; the first name wins"), err=True)


def _bold(text: str) -> str:
    return click.style(text, bold=True) if wants_colour(sys.stdout) else text


# --- for machines ----------------------------------------------------------------------------------


def _print_json(wanted: _Wanted, loaded: Loaded) -> None:
    """Print one object with all pairs, a pair a line."""
    import json

    from adapters.cli.decision_words import effective_data

    click.echo('{"pairs": [', nl=False)
    separator = "\n"
    for decision in _decisions(wanted, loaded):
        pair = {
            "product": decision.product,
            "environment": decision.environment,
            "flow": wanted.flow,
            "settings": {name: effective_data(found, loaded.sources) for name, found in decision.effective.items()},
            "ambiguous": {
                tie.setting: [effective_data(other, loaded.sources) for other in tie.others]
                for tie in decision.ambiguous
            },
        }
        click.echo(separator + json.dumps(pair), nl=False)
        separator = ",\n"
    click.echo("\n]}")
