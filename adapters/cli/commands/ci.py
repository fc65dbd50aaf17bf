"""`promo ci`: what a pipeline runs: all checks of a change at once, and their one comment on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click

from adapters.cli.documented import DocumentedGroup
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.workspace_option import workspace_option
from grammar.suggest import did_you_mean

STEPS = ("lint", "verify", "test", "diff")


@click.group("ci", cls=DocumentedGroup, short_help="Check a change in a pipeline, and comment on it once.")
def command() -> None:
    """Check a change in a pipeline, and comment on it once.

    GitHub Actions, GitLab CI and Gitea Actions are known by the variables they set. `action.yml` and
    `adapters/ci/gitlab/promo.gitlab-ci.yml` of promo's sources are made of these commands.
    """


def _told(work: Callable[..., int]) -> Callable[..., int]:
    """Report what is wrong with the surroundings as any other invalid input."""

    @wraps(work)
    def run(*arguments: object, **options: object) -> int:
        from adapters.ci.failure import CiError

        try:
            return work(*arguments, **options)
        except CiError as failed:
            fail(failed.message, failed.help)

    return run


@command.command("check", short_help="Run lint, verify, test and diff, and write their report.")
@workspace_option
@click.option("--steps", default=",".join(STEPS), show_default=True, metavar="LIST", help="What to run, with commas.")
@click.option("--base", metavar="REV", help="Compare with where HEAD left this; otherwise with what the runner names.")
@click.option(
    "--fail-level",
    type=click.Choice(("error", "warning", "info", "never")),
    help="The least severity that fails `lint` and `verify`.  [default: what promo.toml says, or error]",
)
@click.option("--report", "path", type=click.Path(path_type=Path), help="Where to write the report, as Markdown.")
@click.option(
    "--reports", "folder_of_reports", type=click.Path(path_type=Path), help="A folder for GitLab's and JUnit reports."
)
@_told
def check(
    folder: Path | None,
    steps: str,
    base: str | None,
    fail_level: str | None,
    path: Path | None,
    folder_of_reports: Path | None,
) -> int:
    """Run lint, verify, test and diff, each to its end, and write one report of them.

    A difference in meaning stops nothing: it is what the report is for. Findings and failed tests do. On GitHub,
    findings also become annotations of their lines. The base is the commit a change would be merged into, the one that
    was there before a push, or `--base`; it is fetched where the checkout does not have it.

    \b
    Examples:
      promo ci check --base main
      promo ci check --base main --steps lint,diff --report report.md

    Exit codes: 0 nothing failed, 1 findings or failed tests, 2 invalid input, 3 the prover gave up.
    """
    from adapters.cli.ci_run.run import Request, run_checks

    request = Request(folder, _steps(steps), base or None, fail_level, path, folder_of_reports)
    return run_checks(request, os.environ, click.echo)


@command.command("comment", short_help="Post a report on the change, or bring the earlier comment up to date.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="promo", show_default=True, help="Tells comments of several workspaces apart.")
@click.option("--summary", is_flag=True, help="Write to the job's summary instead.")
@_told
def comment(file: Path, name: str, summary: bool) -> int:
    """Post the Markdown in FILE as the one comment of this name on the change, or bring the earlier one up to date.

    The earlier comment is found by a line that nobody sees, among those the token's account wrote. Where nothing
    would change, nothing is written. Where there is no change to comment on, or the token may not write (a change from
    a fork), the report goes to the job's summary, or to the log. The token is read from GITHUB_TOKEN,
    PROMO_GITLAB_TOKEN or GITEA_TOKEN, and sent to nothing but the API that the runner names.

    \b
    Examples:
      promo ci comment report.md
      promo ci comment report.md --name policies/shop

    Exit codes: 0 posted or written elsewhere, 2 there is no such report or no forge, 4 the forge did not take it.
    """
    from adapters.ci.failure import CiError, RefusedError
    from adapters.ci.forges import comments_of
    from adapters.ci.place import find_place
    from adapters.ci.posting import post

    text = _read(file)
    place = find_place(os.environ)
    if summary:
        return _elsewhere(text, "")
    if place.number is None:
        return _elsewhere(text, "this run belongs to no pull request, so there is nothing to comment on")
    if place.token is None:
        return _elsewhere(text, "there is no token to comment with, as for changes from forks; see docs/ci.md")
    try:
        posted = post(comments_of(place, place.number, place.token), name, text)
    except RefusedError as refused:
        return _elsewhere(
            text,
            f"the token may not comment: {refused.message}. On a change from a fork that is as it should be; otherwise "
            "give the job `permissions: pull-requests: write`, or the token the scope `api`",
        )
    except CiError as failed:
        click.echo(f"error: {failed.message}", err=True)
        if failed.help:
            click.echo(f"  = help: {failed.help}", err=True)
        return ExitCode.EXECUTION_FAILED
    click.echo(f"{posted.value} ({place.repository} #{place.number})")
    return ExitCode.DONE


def _steps(text: str) -> tuple[str, ...]:
    asked = [word for word in text.replace(",", " ").split() if word]
    for word in asked:
        if word not in STEPS:
            fail(f"there is no step `{word}`", did_you_mean(word, STEPS) or f"the steps are {', '.join(STEPS)}")
    if not asked:
        fail("`--steps` names no step", f"the steps are {', '.join(STEPS)}")
    return tuple(step for step in STEPS if step in asked)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"`{file}` is not UTF-8 text")
    except OSError as failed:
        fail(f"`{file}` cannot be read: {failed.strerror or failed}", "`promo ci check --report FILE` writes it")


def _elsewhere(text: str, why: str) -> int:
    """Show a report where the run itself is shown, and say why it is no comment."""
    from adapters.ci.place import find_forge
    from adapters.cli.ci_run.log import section
    from adapters.cli.ci_run.runner_files import summarise

    note = f"> No comment: {why}.\n\n" if why else ""
    if why:
        click.echo(f"warning: {why}", err=True)
    if summarise(os.environ, note + text):
        click.echo("the report is in the job's summary")
    else:
        with section(find_forge(os.environ), click.echo, "report"):
            click.echo(text, nl=False)
    return ExitCode.DONE
