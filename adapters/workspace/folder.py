"""Which folder is the workspace."""

from __future__ import annotations

import os
from pathlib import Path

from adapters.workspace.configuration import CONFIGURATION_FILE
from grammar.diagnostics import Diagnostic, error
from grammar.span import NOWHERE

_START = "`promo init` starts a workspace here; `-C DIR` names one that is elsewhere"


def find_folder(given: Path | None) -> Path | Diagnostic:
    """Find the workspace's folder.

    The folder that was given; else the nearest one from the current folder upwards that holds a `promo.toml`; else
    the current folder, when `.promo` files lie in it.

    Args:
        given: what the person asked for; None when they asked for nothing.

    Returns:
        The folder, or why there is none.
    """
    if given is not None:
        if given.is_dir():
            return given
        if given.name == CONFIGURATION_FILE and given.is_file():
            return given.parent
        what = "is not a folder" if given.exists() else "does not exist"
        return error("C001", f"workspace `{given}` {what}", NOWHERE, help="give the folder that holds `promo.toml`")
    try:
        current = Path.cwd()
    except OSError:
        return error("C001", "the current folder is gone", NOWHERE, help="change into one that exists")
    for folder in (current, *current.parents):
        if (folder / CONFIGURATION_FILE).is_file():
            return folder
    if _holds_promo_files(current):
        return current
    return error(
        "C001",
        f"there is no workspace here: no `{CONFIGURATION_FILE}` in `{current}` or above it, and no `.promo` file in it",
        NOWHERE,
        help=_START,
    )


def shown(path: str) -> str:
    """Return a path as messages show it: relative to the current folder."""
    try:
        return os.path.relpath(path)
    except (ValueError, OSError):
        # Another drive has no relative path, and neither has anything from a folder that is gone.
        return path


def _holds_promo_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".promo") and entry.is_file() for entry in entries)
    except OSError:
        # A folder that cannot be listed has no files to offer; the message says where promo looked.
        return False
