"""`promo doctor`: is everything that promo needs there, and right?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import wants_colour
from adapters.cli.workspace_option import workspace_option


@click.command("doctor", cls=DocumentedCommand, short_help="Look whether everything promo needs is there, and right.")
@workspace_option
@click.option("--connections", is_flag=True, help="Also ask the servers that the workspace names; uses the network.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    metavar="SECONDS",
    default=10.0,
    show_default=True,
    help="How long one program or server may take to answer.",
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(folder: Path | None, connections: bool, timeout: float, form: str) -> int:
    """Look whether everything promo needs is there, and right; say what to do about what is not.

    The machine: Python, promo, the prover, Git, the terminal, time zones, the cache folder. The workspace:
    promo.toml, its files, checkouts. What is beyond it: repositories, the clock. Nothing is changed, no
    secret is shown, and no server is asked without --connections.

    \b
    Examples:
      promo doctor
      promo doctor -C deploy --format json
      promo doctor --connections --timeout 5

    Exit codes: 0 nothing failed, 1 something failed, 2 invalid input.
    """
    from adapters.cli import doctor_view
    from adapters.doctor import Situation, examine
    from adapters.doctor.registry import CHECKS

    situation = Situation(folder, connections, timeout)
    width = max(len(check.name) for check in CHECKS)
    colour = wants_colour(sys.stdout)
    examined = []
    for one in examine(situation, CHECKS):
        examined.append(one)
        if form == "text":
            click.echo(doctor_view.lines(one, width=width, colour=colour), color=colour)
    found = doctor_view.data(examined)
    if form == "json":
        import json

        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(f"\n{doctor_view.summary(examined)}")
    return ExitCode.DONE if found["healthy"] else ExitCode.FINDINGS
