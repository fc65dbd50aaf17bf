"""`promo plan`: what a promotion would change, and what stands in its way."""

from __future__ import annotations

import json
import sys
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, stop_on_errors, wants_colour
from adapters.cli.promotion_request import Wanted, check_names, check_options, make_plans, promotion_options
from adapters.cli.workspace_option import open_workspace, workspace_option
from adapters.cli.written_files import write_file
from grammar.render import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.git import GitRepositories
    from adapters.live.answer import Live
    from adapters.workspace import Loaded
    from engine.plan.nodes import Plan
    from engine.plan.request import Surroundings

FORMATS = ("text", "json", "markdown", "mermaid", "svg")

_DEADLINE = 10
"""Seconds until servers have to have said how applications stand."""


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
@click.option("--live", is_flag=True, help="Also ask how every application stands: health, sync, what is deployed.")
@click.option(
    "--live-timeout",
    "deadline",
    type=click.IntRange(1, 600),
    metavar="SECONDS",
    help="With --live: how long servers are waited for, all together; 10 otherwise.",
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
    live: bool,
    deadline: int | None,
) -> int:
    """Show the exact change of every environment, before it happens.

    Nothing is written and nothing is run. Sources are read from local checkouts where there are any, and
    fetched otherwise. Every later environment is computed on the result of the earlier ones.

    With --live, the Argo CD of every application is asked, too: how healthy it is, whether it is synced, what is
    deployed, and whether that is what its branch says. What a server does not say is unknown, with the reason, and
    changes neither the plan nor the exit code. A plan that --out saves never holds it, and `promo run` takes no notice
    of it in one that was printed.

    \b
    Examples:
      promo plan --product trio --flow standard
      promo plan --product trio --to qa --from dev
      promo plan --commit HEAD --format markdown
      promo plan --product trio --flow standard --live
      promo plan -p trio -f standard --checkout https://git.example.com/apps.git=../apps --out plan.json

    Exit codes: 0 the plan could be carried out, 1 something blocks it, 2 invalid input.
    """
    from adapters.cli.surroundings import open_repositories, parse_checkouts, parse_moment, surroundings_of

    wanted = Wanted(product, flow, target, source, commit, repository, settings)
    check_options(wanted)
    _check_live(live, deadline, form)
    now = parse_moment(moment)
    folders = parse_checkouts(checkouts)
    loaded = open_workspace(folder, check_json_paths=True)
    check_names(wanted, loaded.workspace)
    with open_repositories(loaded, folders, fetch=not offline) as repositories:
        surroundings = surroundings_of(loaded, repositories, now)
        stop_on_errors(surroundings.applications.diagnostics, loaded.sources)
        plans = make_plans(wanted, surroundings, repositories)
        lives = _survey(plans, loaded, surroundings, repositories, deadline) if live else []
    _print(plans, form, lives)
    if out is not None:
        _save(plans, out)
    return ExitCode.DONE if all(plan.applyable for plan in plans) else ExitCode.FINDINGS


# --- how applications stand ------------------------------------------------------------------------


def _check_live(live: bool, deadline: int | None, form: str) -> None:
    if deadline is not None and not live:
        fail("--live-timeout goes with --live")
    if live and form in ("mermaid", "svg"):
        fail(f"--format {form} shows no --live", "use text, json or markdown")


def _survey(
    plans: list[Plan], loaded: Loaded, surroundings: Surroundings, repositories: GitRepositories, deadline: int | None
) -> list[Live]:
    """Ask how the applications of each plan stand; say on standard error, once, which servers did not answer."""
    from adapters.live.survey import survey

    found = survey(plans, loaded, surroundings, repositories, float(deadline or _DEADLINE))
    for warning in found.warnings:
        click.echo(f"warning: {printable(f'{warning.server}: {warning.message}')}", err=True)
        if warning.help:
            click.echo(f"  = help: {printable(warning.help)}", err=True)
    return list(found.lives)


# --- output ---------------------------------------------------------------------------------------


def _print(plans: list[Plan], form: str, lives: list[Live]) -> None:
    """Print plans in one of `FORMATS`; ``lives`` is empty where nobody asked how applications stand."""
    match form:
        case "json":
            click.echo(_json(plans, lives), nl=False)
        case "markdown":
            from adapters.cli.plan_views import markdown

            click.echo("\n".join(markdown.render(plan, live=live) for plan, live in _paired(plans, lives)))
        case "mermaid":
            from adapters.cli.plan_views import mermaid

            click.echo("\n".join(mermaid.render(plan) for plan in plans))
        case "svg":
            from adapters.cli.plan_views import svg

            if len(plans) != 1:
                _fail_for_one("an SVG shows", plans)
            click.echo(svg.render(plans[0]))
        case _:
            _print_text(plans, lives)


def _paired(plans: list[Plan], lives: list[Live]) -> Iterator[tuple[Plan, Live | None]]:
    return zip_longest(plans, lives)


def _print_text(plans: list[Plan], lives: list[Live]) -> None:
    from adapters.cli.plan_views.printing import plan_as_text

    if plans:
        click.echo("\n\n".join(plan_as_text(*pair) for pair in _paired(plans, lives)), color=wants_colour(sys.stdout))


def _json(plans: list[Plan], lives: list[Live]) -> str:
    """Return one plan as an object, several (a commit that touches several products) as a list.

    How applications stand is a field of its own, last, which a plan that is saved does not have.
    """
    from engine.plan.serialize import to_data

    data = [to_data(plan) for plan in plans]
    if lives:
        from adapters.live.data import to_data as live_data

        for plan, live in zip(data, lives, strict=True):
            plan["live"] = live_data(live)
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
    write_file(out, _json(plans, []))
    click.echo(f"saved {out}", err=True)
