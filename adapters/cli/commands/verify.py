"""`promo verify`: prove what the policies of a workspace can ever do, or show where they do something else."""

from __future__ import annotations

from pathlib import Path

import click

from adapters.cli.completion.names import checks
from adapters.cli.documented import DocumentedCommand
from adapters.cli.workspace_option import workspace_option

FORMATS = ("text", "json", "sarif", "junit")


@click.command(
    "verify", cls=DocumentedCommand, short_help="Prove what the policies can ever do, or show a counterexample."
)
@workspace_option
@click.option(
    "--only",
    multiple=True,
    metavar="CHECK",
    shell_complete=checks,
    help="Run this check and no other: a code, a name or `V4`.",
)
@click.option("--skip", multiple=True, metavar="CHECK", shell_complete=checks, help="Do not run this check.")
@click.option("--closed", is_flag=True, help="Look at the declared names only, not at all that could exist.")
@click.option(
    "--fail-level",
    type=click.Choice(("error", "warning")),
    default="error",
    show_default=True,
    help="The least severity of a finding that makes the exit code 1.",
)
@click.option("--rlimit", type=click.IntRange(1, 4_000_000_000), metavar="N", help="The work a single proof may take.")
@click.option("--statistics", is_flag=True, help="Count goals, and measure them.")
@click.option("--no-cache", is_flag=True, help="Prove everything anew.")
@click.option("-v", "--verbose", is_flag=True, help="List every proof with the declarations that carry it.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
def command(
    folder: Path | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    closed: bool,
    fail_level: str,
    rlimit: int | None,
    statistics: bool,
    no_cache: bool,
    verbose: bool,
    form: str,
) -> int:
    """Prove what the policies of a workspace can ever do, for every product and environment that could exist.

    A declared name has its labels, tags and kind; any other name may have any. What is wrong for something that is
    declared is an error, what could only go wrong for names to come is a warning. Each finding of that kind has a
    counterexample, and the `promo eval` command that shows it.

    \b
    Examples:
      promo verify
      promo verify --only V401 --closed
      promo verify --skip dead-setting --fail-level warning
      promo verify --format sarif > verify.sarif

    Exit codes: 0 all proved, 1 findings at or above the fail level, 2 invalid input, 3 something is unknown.
    """
    from adapters.cli.verify_run import Request, run_verify

    request = Request(
        folder=folder,
        only=only,
        skip=skip,
        closed=closed,
        fail_level=fail_level,
        rlimit=rlimit,
        statistics=statistics,
        cached=not no_cache,
        verbose=verbose,
        form=form,
    )
    return run_verify(request)
