"""`promo eval`: the effective settings of products in environments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.completion.names import environments, flows, products
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import wants_colour
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from adapters.cli.asked_pairs import Asked
    from adapters.workspace import Loaded
    from engine.resolve.decision import Decision


@click.command("eval", cls=DocumentedCommand, short_help="Show the effective settings of products in environments.")
@workspace_option
@click.argument("product", required=False, shell_complete=products)
@click.argument("environment", required=False, shell_complete=environments)
@click.option(
    "-p",
    "--product",
    "products",
    multiple=True,
    metavar="NAME",
    shell_complete=products,
    help="Only this product; `*` is a wildcard.",
)
@click.option(
    "-e",
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME",
    shell_complete=environments,
    help="Only this environment; `*` as above.",
)
@click.option(
    "-f",
    "--flow",
    metavar="NAME",
    shell_complete=flows,
    help="With the inline settings of this flow, for its environments.",
)
@click.option(
    "--given",
    multiple=True,
    metavar="ATTRIBUTE=VALUE",
    help="A fact of a product or an environment that need not exist.",
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(
    folder: Path | None,
    product: str | None,
    environment: str | None,
    products: tuple[str, ...],
    environments: tuple[str, ...],
    flow: str | None,
    given: tuple[str, ...],
    form: str,
) -> int:
    """Show what policies come to: for every pair of product and environment, or for one.

    Settings are merged field by field. A value marked with `!` was chosen among policies of equal priority by
    name only.

    With `--given` it is about a product or an environment that need not be declared: a declared name brings its
    own facts, and what is given stands over them.

    \b
    Examples:
      promo eval
      promo eval trio prod-eu
      promo eval --environment "prod-*" --format json
      promo eval trio prod-eu --flow hotfix
      promo eval --given product.labels.team=payments --given environment.kind=prod

    Exit codes: 0 done, 2 invalid input.
    """
    from adapters.cli.asked_pairs import Wanted, asked_pairs

    wanted = Wanted(
        (product, *products) if product else products,
        (environment, *environments) if environment else environments,
        flow,
        product is not None and environment is not None and not products and not environments,
        given,
    )
    loaded = open_workspace(folder)
    asked = asked_pairs(wanted, loaded)
    if form == "json":
        _print_json(asked, wanted.given, loaded)
    elif asked.one and (wanted.one or given):
        _print_pair(asked, loaded)
    else:
        _print_table(asked, loaded)
    return ExitCode.DONE


# --- for people ------------------------------------------------------------------------------------


def _print_table(asked: Asked, loaded: Loaded) -> None:
    """Print a line a pair, with a column for every setting that one of them has."""
    from adapters.cli.asked_pairs import decisions
    from adapters.cli.decision_words import columns
    from engine.model.settings import SETTING_NAMES

    rows: list[tuple[str, str, dict[str, str]]] = []
    ties = 0
    for decision in decisions(asked, loaded):
        cells = _cells(decision)
        ties += sum(cell.endswith(" !") for cell in cells.values())
        rows.append((*_pair_words(decision, loaded), cells))
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


def _pair_words(decision: Decision, loaded: Loaded) -> tuple[str, str]:
    """Return the names of a pair; what is not declared says so."""
    from grammar.render import printable

    workspace = loaded.workspace
    product, environment = decision.product or "a product", decision.environment or "an environment"
    return (
        printable(product) + ("" if product in workspace.products else " (not declared)"),
        printable(environment) + ("" if environment in workspace.environments else " (not declared)"),
    )


def _cells(decision: Decision) -> dict[str, str]:
    from engine.model.values import written
    from grammar.render import printable

    tied = {ambiguity.setting for ambiguity in decision.ambiguous}
    return {
        name: printable(written(found.value)) + (" !" if name in tied else "")
        for name, found in decision.effective.items()
    }


def _print_pair(asked: Asked, loaded: Loaded) -> None:
    """Print a line a setting, with where it comes from."""
    from adapters.cli.asked_pairs import decisions
    from adapters.cli.decision_words import columns, place
    from engine.resolve.origin_words import origin_words
    from grammar.render import printable

    (decision,) = decisions(asked, loaded)
    product, environment = _pair_words(decision, loaded)
    title = f"{product} -> {environment}{f' in flow {asked.flow}' if asked.flow else ''}"
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


def _print_json(asked: Asked, given: tuple[str, ...], loaded: Loaded) -> None:
    """Print one object with all pairs, a pair a line; a name that was not given is empty."""
    import json

    from adapters.cli.asked_pairs import decisions
    from adapters.cli.decision_words import effective_data

    hypothetical = f'"given": {json.dumps(given)}, ' if given else ""
    click.echo(f'{{{hypothetical}"pairs": [', nl=False)
    separator = "\n"
    for decision in decisions(asked, loaded):
        pair = {
            "product": decision.product,
            "environment": decision.environment,
            "flow": asked.flow,
            "settings": {name: effective_data(found, loaded.sources) for name, found in decision.effective.items()},
            "ambiguous": {
                tie.setting: [effective_data(other, loaded.sources) for other in tie.others]
                for tie in decision.ambiguous
            },
        }
        click.echo(separator + json.dumps(pair), nl=False)
        separator = ",\n"
    click.echo("\n]}")
