"""`promo workflow`: promotion workflows on this machine."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.documented import DocumentedGroup
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from adapters.local.running.folder import RunFolder
    from adapters.workspace import Loaded


@click.group("workflow", cls=DocumentedGroup, short_help="Run promotion workflows on this machine.")
def command() -> None:
    """Run promotion workflows on this machine, and look at their runs.

    A workflow runs as a process of its own, which goes on when promo ends. `[workflows.local]` of promo.toml says
    what its steps may read, write and use.
    """


@command.command("list", short_help="List the workflow templates and the runs of a workspace.")
@workspace_option
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def list_(folder: Path | None, form: str) -> int:
    """List the workflow templates and the runs of a workspace.

    For each template its parameters (a `*` marks those that must be given), and why it cannot run here, if so.

    \b
    Examples:
      promo workflow list
      promo workflow list --format json

    Exit codes: 0 done, 2 no workspace, or a wrong one.
    """
    from adapters.cli.workflow_views.overview import overview, overview_text

    found = overview(_opened(folder))
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if form == "json" else overview_text(found))
    return ExitCode.DONE


@command.command("run", short_help="Run a workflow template, and show what it does.")
@workspace_option
@click.argument("name", metavar="TEMPLATE")
@click.option("-p", "--parameter", "given", multiple=True, metavar="NAME=VALUE", help="A parameter; may be repeated.")
@click.option("--detach", is_flag=True, help="Print the name of the run, and do not wait for its end.")
def run(folder: Path | None, name: str, given: tuple[str, ...], detach: bool) -> int:
    """Run a workflow template, and show what it does: steps as they begin and end, and what they print.

    Its output parameters follow on standard output, one in a line. Ctrl-C leaves the run to itself.

    \b
    Examples:
      promo workflow run smoke-tests -p APP_NAME=storefront-qa
      promo workflow run smoke-tests -p APP_NAME=storefront-qa --detach

    Exit codes: 0 it succeeded, 2 it cannot run, 4 it failed.
    """
    from adapters.cli.workflow_views.starting import parameters_of, started

    loaded = _opened(folder, needed=True)
    record = started(loaded, name, parameters_of(given))
    if detach:
        click.echo(record.name)
        return ExitCode.DONE
    return _followed(loaded, record.name)


@command.command("show", short_help="Show how a run stands, step by step.")
@workspace_option
@click.argument("name", metavar="RUN")
@click.option("--watch", is_flag=True, help="Show what it does until it ends.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def show(folder: Path | None, name: str, watch: bool, form: str) -> int:
    """Show how a run stands, step by step.

    \b
    Examples:
      promo workflow show smoke-tests-x7k2p
      promo workflow show smoke-tests-x7k2p --watch

    Exit codes: 0 it runs or succeeded, 2 there is no such run, 4 it failed.
    """
    from adapters.cli.workflow_views.detail import detail, detail_text

    loaded = _opened(folder)
    found = _run(loaded, name)
    if watch:
        return _followed(loaded, name)
    data = detail(found)
    click.echo(json.dumps(data, indent=2, ensure_ascii=False) if form == "json" else detail_text(data))
    return ExitCode.EXECUTION_FAILED if data["phase"] in ("Failed", "Error") else ExitCode.DONE


@command.command("logs", short_help="Print what the steps of a run printed.")
@workspace_option
@click.argument("name", metavar="RUN")
@click.argument("step", required=False, metavar="[STEP]")
def logs(folder: Path | None, name: str, step: str | None) -> int:
    """Print what the steps of a run printed, or one of them.

    \b
    Examples:
      promo workflow logs smoke-tests-x7k2p
      promo workflow logs smoke-tests-x7k2p login

    Exit codes: 0 done, 2 there is no such run or step.
    """
    from adapters.cli.workflow_views.detail import detail, log_text

    found = _run(_opened(folder), name)
    nodes = [node for node in detail(found)["nodes"] if node["type"] == "Pod"]
    chosen = [node for node in nodes if step in (None, node["displayName"], node["id"], node["name"])]
    if step is not None and not chosen:
        from grammar.suggest import did_you_mean

        fail(f"the run has no step `{step}`", did_you_mean(step, [node["displayName"] for node in nodes]))
    for node in chosen:
        if step is None and len(nodes) > 1:
            click.echo(f"==> {node['displayName']}")
        click.echo(log_text(found, node["id"]), nl=False)
    return ExitCode.DONE


@command.command("terminate", short_help="End a run and all its processes.")
@workspace_option
@click.argument("name", metavar="RUN")
@click.option("--reason", default="", metavar="TEXT", help="Why; it is kept with the run.")
def terminate(folder: Path | None, name: str, reason: str) -> int:
    """End a run and all its processes; the exit handler does not run.

    \b
    Examples:
      promo workflow terminate smoke-tests-x7k2p --reason "wrong cluster"

    Exit codes: 0 it has ended, 2 there is no such run, 4 it does not end.
    """
    from adapters.local.workflows import end
    from engine.execute.errors import RetryableError

    found = _run(_opened(folder), name)
    if not found.alive():
        click.echo(f"the run `{name}` had ended", err=True)
        return ExitCode.DONE
    try:
        end(found, reason)
    except RetryableError as failure:
        click.echo(f"error: {failure}", err=True)
        return ExitCode.EXECUTION_FAILED
    click.echo(f"the run `{name}` has ended", err=True)
    return ExitCode.DONE


@command.command("resume", short_help="Let a suspended run go on.")
@workspace_option
@click.argument("name", metavar="RUN")
@click.argument("step", required=False, metavar="[STEP]")
def resume(folder: Path | None, name: str, step: str | None) -> int:
    """Let a suspended run go on, or one of its suspended steps.

    \b
    Examples:
      promo workflow resume release-checks-x7k2p
      promo workflow resume release-checks-x7k2p approve

    Exit codes: 0 done, 2 there is no such run, or nothing is suspended.
    """
    from adapters.cli.workflow_views.detail import detail

    found = _run(_opened(folder), name)
    nodes = [node for node in detail(found)["nodes"] if node["type"] == "Suspend" and node["phase"] == "Running"]
    chosen = [node for node in nodes if step in (None, node["displayName"], node["id"], node["name"])]
    if not chosen or not found.alive():
        fail(f"nothing of the run `{name}` is suspended" if step is None else f"no step `{step}` is suspended")
    for node in chosen:
        found.resume(node["id"])
        click.echo(f"`{node['displayName']}` goes on", err=True)
    return ExitCode.DONE


def _opened(folder: Path | None, *, needed: bool = False) -> Loaded:
    loaded = open_workspace(folder)
    if needed and loaded.configuration.adapters.workflows != "local":
        fail(
            "promotion workflows do not run on this machine, because promo.toml does not say so",
            'write `[workflows]` and below it `adapter = "local"`; docs/local.md says what that allows',
        )
    return loaded


def _run(loaded: Loaded, name: str) -> RunFolder:
    from adapters.local.configured import state_folder
    from adapters.local.running.folder import RunFolder, runs

    names = [one.path.name for one in runs(state_folder(loaded))]
    if name not in names:
        from grammar.suggest import did_you_mean

        fail(f"there is no run `{name}`", did_you_mean(name, names) or "`promo workflow list` shows the runs")
    return RunFolder(state_folder(loaded) / name)


def _followed(loaded: Loaded, name: str) -> int:
    from adapters.cli.workflow_views.following import follow

    try:
        return follow(_run(loaded, name))
    except KeyboardInterrupt:
        click.echo(f"\nthe run goes on: promo workflow show {name} --watch, or terminate {name}", err=True)
        # Not what click makes of it, which is the code of a call that is wrong.
        raise click.exceptions.Exit(128 + signal.SIGINT) from None
