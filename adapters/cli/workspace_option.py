"""The option every workspace command has, and the one way they open the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from adapters.cli.output import stop_on_errors

if TYPE_CHECKING:
    from adapters.workspace import Loaded

_Command = TypeVar("_Command", bound=Callable[..., Any])


def workspace_option(command: _Command) -> _Command:
    """Add ``-C DIR`` / ``--workspace DIR``; the command receives it as ``folder``, None where it is not given."""
    return click.option(
        "-C",
        "--workspace",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The workspace's folder; otherwise the nearest one upwards with a promo.toml.",
    )(command)


def open_workspace(folder: Path | None, *, check_json_paths: bool = False) -> Loaded:
    """Find and load the workspace, and report what is wrong with it.

    Warnings and errors go to standard error.

    Args:
        folder: what ``-C`` gave.
        check_json_paths: whether JSONPaths are checked; that imports a library, so only commands that use them ask.

    Returns:
        The workspace, without errors.

    Raises:
        click.exceptions.Exit: with `ExitCode.INVALID`, when there is no workspace or it has an error.
    """
    from adapters.workspace import find_and_load

    loaded = find_and_load(folder, check_json_paths=check_json_paths)
    stop_on_errors(loaded.diagnostics, loaded.sources)
    return loaded
