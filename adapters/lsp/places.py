"""Files by the names that editor, disk and diagnostics have for them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapters.workspace.configuration import CONFIGURATION_FILE
from adapters.workspace.folder import shown
from grammar.render import printable


def path_of(uri: str) -> str | None:
    """Return the path of a file's URI, absolute and without links; None for a URI that is no file."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or not parts.path or "\0" in unquote(parts.path):
        return None
    path = unquote(parts.path)
    if os.name == "nt" and path[:1] == "/":
        path = path[1:]
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        # A path that no file can have: the document is one that is nowhere on disk.
        return None


def source_name(path: str) -> str:
    """Return what diagnostics call the file at a path."""
    return printable(shown(path))


def workspace_folder(path: str, roots: Iterable[str]) -> Path | None:
    """Return the folder of the workspace that a file belongs to; None for a file by itself.

    It is the nearest folder upwards with a `promo.toml`; else the nearest folder that is open in the editor and in
    which `.promo` files lie. No other folder is searched: it may be somebody's home.

    Args:
        path: of the file, without links.
        roots: the folders that are open in the editor, without links.
    """
    above = Path(path).parents
    for folder in above:
        if (folder / CONFIGURATION_FILE).is_file():
            return folder
    open_folders = {Path(root) for root in roots}
    return next((folder for folder in above if folder in open_folders and _holds_promo_files(folder)), None)


def _holds_promo_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".promo") for entry in entries)
    except OSError:
        # A folder that cannot be listed is none that anything could be read from.
        return False


class Roots:
    """The folders that are open in the editor, as it says them and without links."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_real: dict[str, str] = {}

    def add(self, uri: str) -> None:
        """Add a folder by its URI."""
        real = path_of(uri)
        if real is not None:
            self._by_real[real] = os.path.normpath(unquote(urlsplit(uri).path))

    def remove(self, uri: str) -> None:
        """Remove a folder by its URI."""
        self._by_real.pop(path_of(uri) or "", None)

    @property
    def real(self) -> tuple[str, ...]:
        """The folders, without links."""
        return tuple(self._by_real)

    def uri(self, path: str) -> str:
        """Return the URI of a file, spelled through the folder that the editor has opened it in."""
        for real, said in self._by_real.items():
            if real != said and os.path.commonpath([real, path]) == real:
                return Path(said, os.path.relpath(path, real)).as_uri()
        return Path(path).as_uri()
