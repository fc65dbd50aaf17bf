"""`promo test`: the tests of a workspace, and how much they would notice."""

from __future__ import annotations

from pathlib import Path

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail
from adapters.cli.workspace_option import workspace_option


@click.command("test", cls=DocumentedCommand, short_help="Run the tests of a workspace.")
@workspace_option
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--filter", "pattern", metavar="GLOB", help="Only tests with such a title, or in such a file.")
@click.option("--watch", is_flag=True, help="Run again whenever a file of the workspace changes, until Ctrl-C.")
@click.option("--fail-on-empty", is_flag=True, help="Exit with 1 when there is no test to run.")
@click.option("-v", "--verbose", is_flag=True, help="List the tests that pass, too.")
@click.option("--coverage", is_flag=True, help="Report what no test exercises.")
@click.option("--suggest", is_flag=True, help="Write tests for what no test exercises, to standard output.")
@click.option(
    "--mutate", is_flag=True, help="Break one thing at a time; report what neither test nor requirement notices."
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="With --coverage or --mutate: exit with 1 when the share is below.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=2_000, show_default=True, help="With --mutate: most mutants tried."
)
@click.option("--format", "form", type=click.Choice(("text", "json", "junit")), default="text", show_default=True)
def command(
    folder: Path | None,
    paths: tuple[Path, ...],
    pattern: str | None,
    watch: bool,
    fail_on_empty: bool,
    verbose: bool,
    coverage: bool,
    suggest: bool,
    mutate: bool,
    threshold: float | None,
    limit: int,
    form: str,
) -> int:
    """Run the `test` declarations of a workspace.

    The whole workspace is read; PATHS say which files' tests are run, and without `-C` which workspace it is. In
    `--filter`, `*` stands for any text.

    \b
    Examples:
      promo test
      promo test policies/tests --filter "*hotfix*"
      promo test --watch
      promo test --coverage --threshold 80
      promo test --suggest >> tests.promo
      promo test --mutate
      promo test --format junit > junit.xml

    Exit codes: 0 all passed, 1 failures or a share below the threshold, 2 invalid input.
    """
    from adapters.cli.test_run import Request, run_tests

    request = Request(
        folder=folder,
        paths=paths,
        pattern=pattern,
        fail_on_empty=fail_on_empty,
        verbose=verbose,
        form=form,
    )
    modes = [name for name, on in (("--coverage", coverage), ("--suggest", suggest), ("--mutate", mutate)) if on]
    _check_modes(modes, watch=watch, threshold=threshold, form=form)
    if modes:
        from adapters.cli import test_strength

        if coverage:
            return ExitCode(test_strength.run_coverage(request, threshold))
        if suggest:
            return ExitCode(test_strength.run_suggest(request))
        return ExitCode(test_strength.run_mutate(request, threshold, limit))
    if watch:
        from adapters.cli.test_watch import watch_tests

        return ExitCode(watch_tests(request))
    return ExitCode(run_tests(request))


def _check_modes(modes: list[str], *, watch: bool, threshold: float | None, form: str) -> None:
    """Refuse options that do not go together."""
    asked = [*modes, *(["--watch"] if watch else [])]
    if len(asked) > 1:
        fail(f"`{asked[0]}` and `{asked[1]}` do not go together", "ask for one of them")
    if threshold is not None and modes not in (["--coverage"], ["--mutate"]):
        fail("`--threshold` goes with `--coverage` or `--mutate`")
    if modes and form == "junit":
        fail(f"`{modes[0]}` has no form for JUnit", "leave out `--format`, or ask for json")
    if modes == ["--suggest"] and form != "text":
        fail("`--suggest` writes `.promo` text", "leave out `--format`")
