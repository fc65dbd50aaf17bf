"""`promo plan`: what a promotion would change, and what stands in its way."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, stop_on_errors, wants_colour
from adapters.cli.promotion_request import Wanted, check_names, check_options, make_plans, promotion_options
from adapters.cli.workspace_option import open_workspace, workspace_option
from adapters.cli.written_files import write_file

if TYPE_CHECKING:
    from engine.plan.nodes import Plan

FORMATS = ("text", "json", "markdown", "mermaid", "svg")


@click.command(
    "plan", cls=DocumentedCommand, short_help="Show what a promotion would change, without changing anything."
)
@workspace_option
@promotion_options
@click.option("--at", "moment", metavar="TIME", help="Plan as of this moment, for windows and freezes; now otherwise.")
@click.option("--offline", is_flag=True, help="Never fetch: use checkouts and what was fetched before.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also save the plan as JSON."
)
def command(
    folder: Path | None,
    product: str | None,
    flow: str | None,
    target: str | None,
    source: str | None,
    commit: str | None,
    repository: Path | None,
    settings: tuple[str, ...],
    checkouts: tuple[str, ...],
    moment: str | None,
    offline: bool,
    form: str,
    out: Path | None,
) -> int:
    """Show the exact change of every environment, before it happens.

    Nothing is written and nothing is run. Sources are read from local checkouts where there are any, and
    fetched otherwise. Every later environment is computed on the result of the earlier ones.

    \b
    Examples:
      promo plan --product trio --flow standard
      promo plan --product trio --to qa --from dev
      promo plan --commit HEAD --format markdown
      promo plan -p trio -f standard --checkout https://git.example.com/apps.git=../apps --out plan.json

    Exit codes: 0 the plan could be carried out, 1 something blocks it, 2 invalid input.
    """
    from adapters.cli.surroundings import open_repositories, parse_checkouts, parse_moment, surroundings_of

    wanted = Wanted(product, flow, target, source, commit, repository, settings)
    check_options(wanted)
    now = parse_moment(moment)
    folders = parse_checkouts(checkouts)
    loaded = open_workspace(folder, check_json_paths=True)
    check_names(wanted, loaded.workspace)
    with open_repositories(loaded, folders, fetch=not offline) as repositories:
        surroundings = surroundings_of(loaded, repositories, now)
        stop_on_errors(surroundings.applications.diagnostics, loaded.sources)
        plans = make_plans(wanted, surroundings, repositories)
    _print(plans, form)
    if out is not None:
        _save(plans, out)
    return ExitCode.DONE if all(plan.applyable for plan in plans) else ExitCode.FINDINGS


# --- output ---------------------------------------------------------------------------------------


def _print(plans: list[Plan], form: str) -> None:
    """Print plans in one of `FORMATS`."""
    match form:
        case "json":
            click.echo(_json(plans), nl=False)
        case "markdown":
            from adapters.cli.plan_views import markdown

            click.echo("\n".join(markdown.render(plan) for plan in plans))
        case "mermaid":
            from adapters.cli.plan_views import mermaid

            click.echo("\n".join(mermaid.render(plan) for plan in plans))
        case "svg":
            from adapters.cli.plan_views import svg

            if len(plans) != 1:
                _fail_for_one("an SVG shows", plans)
            click.echo(svg.render(plans[0]))
        case _:
            _print_text(plans)


def _print_text(plans: list[Plan]) -> None:
    from adapters.cli.plan_views.printing import plan_as_text

    if plans:
        click.echo("\n\n".join(plan_as_text(plan) for plan in plans), color=wants_colour(sys.stdout))


def _json(plans: list[Plan]) -> str:
    """Return one plan as an object, several (a commit that touches several products) as a list."""
    from engine.plan.serialize import to_data

    data = [to_data(plan) for plan in plans]
    text = json.dumps(data[0] if len(data) == 1 else data, indent=2) + "\n"
    # The bytes of file names that are no UTF-8 are lone surrogates, which JSON can only say escaped.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _fail_for_one(what: str, plans: list[Plan]) -> NoReturn:
    """Refuse what only a single plan can be used for."""
    if not plans:
        fail(f"{what} one plan, and nothing is promoted", "name a commit that starts a flow")
    fail(f"{what} one plan, and there are {len(plans)}", "say which with --product NAME")


def _save(plans: list[Plan], out: Path) -> None:
    """Save the plan so that a reader sees all of it or nothing."""
    if len(plans) != 1:
        _fail_for_one("--out saves", plans)
    write_file(out, _json(plans))
    click.echo(f"saved {out}", err=True)
