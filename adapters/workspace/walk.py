"""Which files of a workspace's folder are read, and in which order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.workspace.configuration import Configuration
from adapters.workspace.folder import shown
from adapters.workspace.patterns import Patterns
from grammar.diagnostics import Diagnostic, error
from grammar.render import printable
from grammar.span import Span

MOST_FILES = 50_000
"""Files that one workspace may have."""

DEEPEST = 64
"""Folders inside one another that are looked into."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    Attributes:
        path: where it is.
        relative: its path from the workspace's folder, parted by `/`.
        name: what diagnostics call it, printable.
    """

    path: str
    relative: str
    name: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something the walk met: a file, or a link to one."""

    path: str
    relative: str
    link: bool


def source_files(folder: str, configuration: Configuration) -> tuple[list[SourceFile], list[Diagnostic]]:
    """List the files of a workspace, by their path.

    Hidden files and folders are passed by. A link is followed only inside the workspace, to a file that is not read
    anyway (a mounted ConfigMap is such links).

    Returns:
        The files, and what is wrong with the others.
    """
    walk = _Walk(folder, configuration)
    entries = sorted(walk.entries(), key=lambda entry: entry.relative)
    files: list[SourceFile] = []
    seen: set[str] = set()
    for entry in (*(e for e in entries if not e.link), *(e for e in entries if e.link)):
        real = os.path.realpath(entry.path) if entry.link else entry.path
        if real in seen or (entry.link and not walk.may_follow(entry, real)):
            continue
        seen.add(real)
        if len(files) >= MOST_FILES:
            walk.report(
                "C008", entry.path, f"more than {MOST_FILES:,} files to read", "narrow `sources` in `promo.toml`"
            )
            break
        files.append(SourceFile(entry.path, entry.relative, printable(shown(entry.path))))
    files.sort(key=lambda file: file.relative)
    return files, walk.found


def with_unsaved(
    listed: list[SourceFile], folder: str, configuration: Configuration, unsaved: Iterable[str]
) -> list[SourceFile]:
    """Add files that are not on disk yet, as they would be listed.

    Args:
        listed: what `source_files` found.
        folder: the workspace's.
        configuration: says what is read.
        unsaved: paths without links.
    """
    top, known = os.path.realpath(folder), {file.path for file in listed}
    wanted, unwanted = Patterns(configuration.sources), Patterns(configuration.exclude)
    added: list[SourceFile] = []
    for path in unsaved:
        if path in known or os.path.lexists(path) or not inside(top, path):
            continue
        relative = os.path.relpath(path, top).replace(os.sep, "/")
        parts = relative.split("/")
        above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
        hidden = any(part.startswith(".") for part in parts) or any(unwanted.matches(part) for part in above)
        if not hidden and wanted.matches(relative):
            added.append(SourceFile(path, relative, printable(shown(path))))
    return sorted([*listed, *added], key=lambda file: file.relative) if added else listed


def inside(folder: str, path: str) -> bool:
    """Say whether a path lies in a folder; both without links."""
    return os.path.commonpath([folder, path]) == folder


class _Walk:
    """Looks through the folders of one workspace."""

    def __init__(self, folder: str, configuration: Configuration) -> None:
        self.folder = os.path.realpath(folder)
        self.wanted = Patterns(configuration.sources)
        self.unwanted = Patterns(configuration.exclude)
        self.found: list[Diagnostic] = []

    def report(self, code: str, path: str, message: str, help_text: str = "") -> None:
        name = printable(shown(path))
        self.found.append(error(code, message, Span(0, 0, name), help=help_text))

    def entries(self) -> Iterator[_Entry]:
        """Yield the files that are wanted, in no order."""
        pending = [(self.folder, "", 0)]
        while pending:
            path, prefix, depth = pending.pop()
            try:
                with os.scandir(path) as listing:
                    below = list(listing)
            except OSError as failure:
                self.report(
                    "C006", path, f"folder cannot be read: {failure.strerror}", "exclude it, or mend its rights"
                )
                continue
            for entry in below:
                relative = prefix + entry.name
                if entry.name.startswith(".") or self.unwanted.matches(relative):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if depth < DEEPEST:
                        pending.append((entry.path, f"{relative}/", depth + 1))
                    else:
                        self.report("C008", entry.path, f"folders are nested more than {DEEPEST} deep")
                elif self.wanted.matches(relative) and self._is_file(entry):
                    yield _Entry(entry.path, relative, entry.is_symlink())

    def _is_file(self, entry: os.DirEntry[str]) -> bool:
        """Say whether an entry is a file; a pipe or a device is never opened."""
        if entry.is_file():
            return True
        if not entry.is_dir():
            self.report(
                "C006", entry.path, "is not a file that can be read", "remove it, or exclude it in `promo.toml`"
            )
        return False

    def may_follow(self, entry: _Entry, real: str) -> bool:
        """Say whether a link leads to a file of the workspace; one that leaves it is an error."""
        if inside(self.folder, real):
            return True
        self.report(
            "C007",
            entry.path,
            "is a link that leads out of the workspace",
            "put the file itself here, or exclude the link",
        )
        return False
