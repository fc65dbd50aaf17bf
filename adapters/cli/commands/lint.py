"""`promo lint`: what is wrong, dangerous, unclear or outdated in the way policies are written."""

from __future__ import annotations

from pathlib import Path

import click

from adapters.cli.completion.names import rules
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.workspace_option import workspace_option

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit", "rdjson")


@click.command("lint", cls=DocumentedCommand, short_help="Report what is wrong, dangerous, unclear or outdated.")
@workspace_option
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    shell_complete=rules,
    help="Ask these rules instead: code, name, L1, style, all.",
)
@click.option("--ignore", multiple=True, metavar="RULE", shell_complete=rules, help="Do not ask these rules.")
@click.option("--fix", is_flag=True, help="Apply fixes that keep the meaning.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply all fixes; look at the result.")
@click.option(
    "--diff", is_flag=True, help="Write nothing; show what the fixes would change, and exit with 1 if anything."
)
@click.option(
    "--fail-level",
    type=click.Choice(("error", "warning", "info", "never")),
    help="The least severity that makes the exit code 1.  [default: error, or that of promo.toml]",
)
@click.option("--baseline", type=click.Path(path_type=Path), help="Report only what this file does not know yet.")
@click.option("--write-baseline", type=click.Path(path_type=Path), help="Write all findings there; report none.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of showing them.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
def command(
    folder: Path | None,
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    fail_level: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    statistics: bool,
    form: str,
) -> int:
    """Report what is wrong, dangerous, unclear or outdated in .promo files and manifests.

    The whole workspace is read; PATHS say of which files and folders findings are shown, and without `-C` which
    workspace it is. `promo rules` lists the rules, `promo rule CODE` explains one. A comment
    `# promo: ignore[CODE] reason` silences one finding.

    \b
    Examples:
      promo lint
      promo lint policies --select default --select missing-description
      promo lint --fix
      promo lint --unsafe-fixes --diff
      promo lint --format sarif > lint.sarif

    Exit codes: 0 nothing at or above the fail level, 1 findings, 2 invalid input.
    """
    from adapters.cli.lint_run import Request, run_lint

    if statistics and form != "text":
        fail("`--statistics` counts findings as text", "leave out `--format`")
    if write_baseline is not None and (baseline is not None or fix or unsafe_fixes or diff):
        fail("`--write-baseline` goes with neither `--baseline` nor fixes")
    request = Request(
        folder=folder,
        paths=paths,
        select=select,
        ignore=ignore,
        fix=fix or unsafe_fixes or diff,
        unsafe=unsafe_fixes,
        diff=diff,
        fail_level=fail_level,
        baseline=baseline,
        write_baseline=write_baseline,
        statistics=statistics,
        form=form,
    )
    return ExitCode(run_lint(request))
