"""`promo plan`: what a promotion would change, and what stands in its way."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from adapters.cli.completion.names import environments, flows, products
from adapters.cli.declared_names import require_declared
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, stop_on_errors, wants_colour
from adapters.cli.workspace_option import open_workspace, workspace_option
from adapters.cli.written_files import write_file

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from engine.model.entities import Setting
    from engine.model.workspace import Workspace
    from engine.plan.nodes import Plan
    from engine.plan.request import Surroundings

FORMATS = ("text", "json", "markdown", "mermaid", "svg")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the options ask for."""

    product: str | None
    flow: str | None
    target: str | None
    source: str | None
    commit: str | None
    repository: Path | None
    settings: tuple[str, ...]


@click.command(
    "plan", cls=DocumentedCommand, short_help="Show what a promotion would change, without changing anything."
)
@workspace_option
@click.option("-p", "--product", metavar="NAME", shell_complete=products, help="The product to promote.")
@click.option("-f", "--flow", metavar="NAME", shell_complete=flows, help="The flow to promote it along.")
@click.option(
    "--to",
    "target",
    metavar="ENV",
    shell_complete=environments,
    help="Promote into this one environment instead of along a flow.",
)
@click.option(
    "--from",
    "source",
    metavar="ENV",
    shell_complete=environments,
    help="With --to: the environment to take values from.",
)
@click.option("--commit", metavar="REV", help="Find product and flow from a commit of the application repository.")
@click.option(
    "--repo",
    "repository",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="With --commit: a checkout of that repository; otherwise the current folder's.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="With --to: a setting given by hand.")
@click.option("--checkout", "checkouts", multiple=True, metavar="URL=PATH", help="Read a repository from a folder.")
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

    wanted = _Wanted(product, flow, target, source, commit, repository, settings)
    _check_options(wanted)
    now = parse_moment(moment)
    folders = parse_checkouts(checkouts)
    loaded = open_workspace(folder, check_json_paths=True)
    _check_names(wanted, loaded.workspace)
    with open_repositories(loaded, folders, fetch=not offline) as repositories:
        surroundings = surroundings_of(loaded, repositories, now)
        stop_on_errors(surroundings.applications.diagnostics, loaded.sources)
        plans = _plans(wanted, surroundings, repositories)
    _print(plans, form)
    if out is not None:
        _save(plans, out)
    return ExitCode.DONE if all(plan.applyable for plan in plans) else ExitCode.FINDINGS


# --- what is asked for ----------------------------------------------------------------------------


def _check_options(wanted: _Wanted) -> None:
    """Refuse combinations that make no sense, saying what would."""
    if wanted.commit is not None:
        if wanted.target or wanted.source or wanted.flow:
            fail("--commit finds the flow itself and cannot be combined with --flow, --to or --from")
    elif wanted.product is None:
        fail("say what to promote", "--product NAME with --flow NAME or --to ENV; or --commit REV")
    elif wanted.flow is None and wanted.target is None:
        fail("say where to promote to", "either --flow NAME, or --to ENV")
    elif wanted.flow is not None and wanted.target is not None:
        fail("--flow and --to exclude each other", "--flow plans all of its environments, --to a single one")
    if wanted.source is not None and wanted.target is None:
        fail("--from goes with --to", "a flow has its own trigger environment")
    if wanted.settings and wanted.target is None:
        fail("--set goes with --to", "a flow's settings come from its policies")
    if wanted.repository is not None and wanted.commit is None:
        fail("--repo goes with --commit")


def _check_names(wanted: _Wanted, workspace: Workspace) -> None:
    """Refuse names that the workspace does not declare."""
    for what, name, declared in (
        ("product", wanted.product, workspace.products),
        ("flow", wanted.flow, workspace.flows),
        ("environment", wanted.target, workspace.environments),
        ("environment", wanted.source, workspace.environments),
    ):
        if name is not None:
            require_declared(what, name, declared)


# --- planning -------------------------------------------------------------------------------------


def _plans(wanted: _Wanted, surroundings: Surroundings, repositories: GitRepositories) -> list[Plan]:
    from engine.plan.planner import plan_environment, plan_flow
    from engine.plan.request import EnvironmentRequest, FlowRequest

    if wanted.commit is not None:
        return _plans_of_commit(wanted, surroundings, repositories)
    assert wanted.product is not None
    if wanted.flow is not None:
        return [plan_flow(surroundings, FlowRequest(wanted.product, wanted.flow))]
    assert wanted.target is not None
    source = wanted.source or _usual_source(wanted.product, wanted.target, surroundings.workspace)
    if source == wanted.target:
        fail(f"--from and --to are both `{source}`")
    request = EnvironmentRequest(
        wanted.product, source, wanted.target, _given_settings(wanted.settings, surroundings.workspace)
    )
    return [plan_environment(surroundings, request)]


def _usual_source(product: str, target: str, workspace: Workspace) -> str:
    """Return the environment that the product's flows promote from into a target."""
    sources = {
        step.after[0]
        for use in workspace.products[product].flows
        if (step := workspace.flows[use.flow].step(target)) is not None
    }
    if len(sources) == 1:
        return sources.pop()
    why = "its flows come from different ones" if sources else "none of its flows goes there"
    fail(f"cannot tell which environment `{product}` is promoted to `{target}` from: {why}", "say --from ENV")


def _plans_of_commit(wanted: _Wanted, surroundings: Surroundings, repositories: GitRepositories) -> list[Plan]:
    from adapters.cli.commit_trigger import find_commit
    from engine.plan.planner import plan_flow
    from engine.plan.request import FlowRequest

    assert wanted.commit is not None
    found = find_commit(surroundings, repositories, wanted.commit, wanted.repository)
    plans: list[Plan] = []
    for triggered in found.triggered:
        if wanted.product is not None and triggered.product != wanted.product:
            continue
        if triggered.choice.flow is None:
            click.echo(
                f"{triggered.product}: no flow starts; `promo explain --commit {wanted.commit}` says why", err=True
            )
            continue
        flow = surroundings.workspace.flows[triggered.choice.flow]
        pinned = {
            touched.application.key: found.sha for touched in triggered.touched if touched.environment == flow.trigger
        }
        plans.append(plan_flow(surroundings, FlowRequest(triggered.product, flow.name, pinned)))
    wanted_product = wanted.product
    if not any(wanted_product in (None, triggered.product) for triggered in found.triggered):
        whose = "any product" if wanted_product is None else f"`{wanted_product}`"
        click.echo(f"commit {found.sha[:10]} touches no application of {whose}: nothing is promoted", err=True)
    return plans


def _given_settings(values: tuple[str, ...], workspace: Workspace) -> tuple[Setting, ...]:
    """Read ``NAME=VALUE`` options as a policy's settings are read, beside the windows of the workspace."""
    from engine.model.build import build_workspace
    from engine.model.settings import SETTING_NAMES
    from grammar.parser import parse

    pairs = []
    for value in values:
        name, separator, text = value.partition("=")
        if not separator or not name.strip() or not text.strip():
            fail(f"`--set {value}` is not of the form NAME=VALUE", "e.g. --set action=pr")
        require_declared("setting", name.strip(), SETTING_NAMES)
        pairs.append(f"{name.strip()} {text.strip()}")
    windows = " ".join(f'window "{name}" {{ days mon from 09:00 to 17:00 }}' for name in workspace.windows)
    parsed = parse(f"policy given {{ {' '.join(pairs)} }} {windows}", "--set")
    built = build_workspace([parsed.file])
    wrong = [found for found in (*parsed.diagnostics, *built.diagnostics) if found.is_error]
    if wrong or list(built.workspace.policies) != ["given"]:
        fail(f"--set: {wrong[0].message if wrong else 'not a setting'}", wrong[0].help if wrong else "")
    return built.workspace.policies["given"].settings


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
    import shutil

    from adapters.cli.plan_views import text
    from adapters.cli.plan_views.terminal_paint import fits

    colour = wants_colour(sys.stdout)
    ascii_only = not fits(sys.stdout.encoding)
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    for index, plan in enumerate(plans):
        if index:
            click.echo()
        click.echo(text.render(plan, width, colour, ascii_only=ascii_only), color=colour)


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
