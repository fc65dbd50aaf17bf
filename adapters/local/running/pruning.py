"""Removes the folders of runs that ended long ago."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from adapters.local.running.folder import RunFolder


def prune(state: Path, before: float) -> list[str]:
    """Remove runs that ended before a moment, and what crashes left of making or removing one.

    What cannot be removed stays, and is tried again by the next call.

    Args:
        state: the folder that runs are kept in; it may be missing.
        before: seconds since 1970.

    Returns:
        The names of the runs that were removed. It costs a few system calls for every run there is.
    """
    try:
        with os.scandir(state) as entries:
            folders = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return []
    return [name for name in folders if _last_written(state / name) < before and _removed(state / name)]


def _last_written(folder: Path) -> float:
    """Return when a folder was last changed: a runner replaces the status in it, the last time when the run ends."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _removed(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    with suppress(OSError):
        if not hidden:
            if RunFolder(folder).alive():
                return False
            # Renamed first: a crash in the middle leaves no run that is there in part.
            away = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
            folder.rename(away)
            folder = away
        shutil.rmtree(folder)
        return not hidden
    return False
