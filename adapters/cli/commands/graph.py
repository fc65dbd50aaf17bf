"""`promo graph`: flows, products by environment, contests of policies."""

from __future__ import annotations

from pathlib import Path

import click

from adapters.cli.completion.names import flows, policies, products
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.workspace_option import workspace_option

SUBJECTS = ("flows", "environments", "overlap")
FORMATS = ("tree", "mermaid", "dot", "svg")


@click.command("graph", cls=DocumentedCommand, short_help="Draw flows, products by environment, overlap of policies.")
@workspace_option
@click.argument("what", type=click.Choice(SUBJECTS), default="flows")
@click.option("-f", "--flow", metavar="NAME", shell_complete=flows, help="Only this flow, and products that use it.")
@click.option("-p", "--product", metavar="NAME", shell_complete=products, help="Only this product, as policies set it.")
@click.option(
    "--policy", metavar="NAME", shell_complete=policies, help="With overlap: only this policy, and those it meets."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="tree", show_default=True)
def command(
    folder: Path | None, what: str, flow: str | None, product: str | None, policy: str | None, form: str
) -> int:
    """Draw a workspace: as a tree, or as Mermaid, DOT or SVG for a page.

    `flows` shows where each flow begins and what comes after what, with workflows and gates: those the flow sets
    itself, and with --product those in force for it. `environments` shows which application is where and which
    flow reaches it. `overlap` shows policies by priority: what each sets, in how many of the declared pairs of product
    and environment it decides, and which policies overrule it in the others.

    An SVG stands for itself: it loads nothing, and follows the reader's light or dark scheme.

    \b
    Examples:
      promo graph
      promo graph --flow hotfix --product trio
      promo graph flows --format svg > flows.svg
      promo graph environments --format mermaid
      promo graph overlap --policy reviewed-production
      promo graph overlap --format dot | dot -Tpng > overlap.png

    Exit codes: 0 done, 2 invalid input.
    """
    from adapters.cli.graph_run import Request, run_graph

    if policy is not None and what != "overlap":
        fail("--policy goes with `overlap`", f"promo graph overlap --policy {policy}")
    run_graph(folder, Request(what, flow, product, policy, form))
    return ExitCode.DONE
