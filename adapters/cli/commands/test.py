"""`promo test`: the tests of a workspace, and how much they would notice."""

from __future__ import annotations

from pathlib import Path

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.workspace_option import workspace_option


@click.command("test", short_help="Run the tests of a workspace.")
@workspace_option
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--filter", "pattern", metavar="GLOB", help="Only tests with such a title, or in such a file.")
@click.option("--watch", is_flag=True, help="Run again whenever a file of the workspace changes, until Ctrl-C.")
@click.option("--fail-on-empty", is_flag=True, help="Exit with 1 when there is no test to run.")
@click.option("-v", "--verbose", is_flag=True, help="List the tests that pass, too.")
@click.option("--format", "form", type=click.Choice(("text", "json", "junit")), default="text", show_default=True)
def command(
    folder: Path | None,
    paths: tuple[Path, ...],
    pattern: str | None,
    watch: bool,
    fail_on_empty: bool,
    verbose: bool,
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
      promo test --format junit > junit.xml

    Exit codes: 0 all passed, 1 failures, 2 invalid input.
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
    if watch:
        from adapters.cli.test_watch import watch_tests

        return ExitCode(watch_tests(request))
    return ExitCode(run_tests(request))
