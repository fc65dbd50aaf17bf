"""Writes files so that a reader sees all of each or nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from adapters.cli.output import fail
from grammar.render import printable


def write_files(folder: Path, files: Mapping[PurePosixPath, str], *, force: bool) -> list[Path]:
    """Write files into a folder, which is made if it is missing, and return their paths in order.

    Every text is written beside its target first and moved there last, so a full disk leaves nothing half done.

    Args:
        folder: where to.
        files: texts by their path from the folder.
        force: whether files that exist are overwritten.

    Raises:
        click.exceptions.Exit: with `ExitCode.INVALID`, when a file exists or cannot be written.
    """
    targets = {folder / path: text for path, text in files.items()}
    taken = [path for path in targets if path.exists()]
    if taken and not force:
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        fail(f"`{printable(str(taken[0]))}`{more} exists", "choose another folder, or overwrite with --force")
    drafts: dict[Path, Path] = {}
    try:
        for path, text in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            drafts[path] = _draft(path, text)
        for path, draft in drafts.items():
            os.replace(draft, path)
    except OSError as failed:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        place = failed.filename2 or failed.filename or folder
        fail(f"cannot write `{printable(str(place))}`: {failed.strerror}")
    return list(targets)


def write_file(path: Path, text: str) -> None:
    """Write one file, over whatever is there: the old content or the new is there at any time.

    A link is followed. A pipe or a device is written to, never replaced by a file (`--out /dev/stdout`).

    Raises:
        click.exceptions.Exit: with `ExitCode.INVALID`, when it cannot be written.
    """
    draft: Path | None = None
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
            return
        target = path.resolve()
        draft = _draft(target, text)
        os.replace(draft, target)
    except OSError as failed:
        if draft is not None:
            draft.unlink(missing_ok=True)
        fail(f"cannot write `{printable(str(path))}`: {failed.strerror}")


def _draft(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            mode = path.stat().st_mode if path.exists() else 0o666 & ~_mask()
            os.fchmod(handle, mode & 0o7777)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _mask() -> int:
    """Return the process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
