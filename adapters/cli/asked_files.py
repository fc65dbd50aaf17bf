"""From paths on the command line to the workspaces they are in, and to the texts they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from adapters.cli.output import fail
from grammar.render import printable


def workspaces_of(folder: Path | None, paths: tuple[Path, ...]) -> list[tuple[Path | None, tuple[Path, ...]]]:
    """Return the folders of the workspaces that paths are in, each with its paths.

    Args:
        folder: what ``-C`` gave; then it is the only workspace.
        paths: files and folders; each belongs to the nearest folder upwards with a `promo.toml`, and a folder
            without one stands for itself.

    Raises:
        click.exceptions.Exit: with `ExitCode.INVALID`, for a path that does not exist.
    """
    for path in paths:
        if not path.exists():
            fail(f"there is no file or folder `{printable(str(path))}`")
    if folder is not None or not paths:
        return [(folder, paths)]
    found: dict[Path | None, list[Path]] = {}
    for path in paths:
        found.setdefault(_folder_of(path), []).append(path)
    return [(one, tuple(those)) for one, those in found.items()]


def among(name: str, paths: Iterable[Path]) -> bool:
    """Say whether a text is one of some files or lies in one of some folders; without any, every text is."""
    asked = [path.resolve() for path in paths]
    place = Path(name).resolve()
    return not asked or any(place == one or one in place.parents for one in asked)


def _folder_of(path: Path) -> Path:
    start = path if path.is_dir() else path.parent
    whole = start.resolve()
    for up, folder in enumerate((whole, *whole.parents)):
        if (folder / "promo.toml").is_file():
            return start if up == 0 else folder
    return start
