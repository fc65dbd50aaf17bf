"""`promo check`: read a workspace and report every mistake in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import report
from adapters.cli.workspace_option import workspace_option

if TYPE_CHECKING:
    from adapters.workspace import Loaded

_COUNTED = {
    "environments": ("environment", "environments"),
    "products": ("product", "products"),
    "templates": ("template", "templates"),
    "policies": ("policy", "policies"),
    "flows": ("flow", "flows"),
    "requires": ("requirement", "requirements"),
    "windows": ("window", "windows"),
    "freezes": ("freeze", "freezes"),
    "access": ("access rule", "access rules"),
    "tests": ("test", "tests"),
    "applications": ("application", "applications"),
    "workflows": ("workflow template", "workflow templates"),
}
"""What a workspace holds, with the words for one and for several."""


@click.command("check", cls=DocumentedCommand, short_help="Read a workspace and report every mistake in it.")
@workspace_option
@click.option("-v", "--verbose", is_flag=True, help="Also count the manifests of kinds that are passed over.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(folder: Path | None, verbose: bool, form: str) -> int:
    """Read a workspace and report every mistake in it.

    All `.promo` files and manifests are read, names are resolved across them, and conditions, settings, flows,
    windows and tests are checked.

    \b
    Examples:
      promo check
      promo check -C deploy --format json

    Exit codes: 0 no error, 2 an error, or no workspace.
    """
    from adapters.workspace import find_and_load

    loaded = find_and_load(folder, check_json_paths=True)
    if form == "json":
        click.echo(json.dumps(_data(loaded), indent=2, ensure_ascii=False))
    else:
        report(loaded.diagnostics, loaded.sources)
        if loaded.read:
            click.echo(_summary(loaded))
        if verbose:
            _passed_over(loaded)
    return ExitCode.INVALID if loaded.broken else ExitCode.DONE


def _counts(loaded: Loaded) -> dict[str, int]:
    return {field: len(getattr(loaded.workspace, field)) for field in _COUNTED}


def _summary(loaded: Loaded) -> str:
    """Return e.g. ``3 environments, 1 product in 2 files``."""
    listed = [f"{count:,} {_COUNTED[field][count != 1]}" for field, count in _counts(loaded).items() if count] or [
        "nothing"
    ]
    return f"{', '.join(listed)} in {loaded.read:,} file{'s' if loaded.read != 1 else ''}"


def _passed_over(loaded: Loaded) -> None:
    if not loaded.passed_over:
        click.echo("nothing was passed over")
    for kind, count in loaded.passed_over.items():
        click.echo(f"passed over: {count:,} {kind}")


def _data(loaded: Loaded) -> dict[str, object]:
    from adapters.cli.diagnostics_json import diagnostic_data

    return {
        "valid": not loaded.broken,
        "files": loaded.read,
        "counts": _counts(loaded),
        "passed_over": dict(loaded.passed_over),
        "diagnostics": [diagnostic_data(diagnostic, loaded.sources) for diagnostic in loaded.diagnostics],
    }
