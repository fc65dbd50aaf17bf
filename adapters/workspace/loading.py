"""Reads a whole workspace: its configuration and its files, and from them its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.workspace.configuration import CONFIGURATION_FILE, Configuration
from adapters.workspace.declared import Declared, declared
from adapters.workspace.folder import find_folder, shown
from adapters.workspace.gathering import Gathered as Gathered
from adapters.workspace.gathering import gathered as gathered
from adapters.workspace.sources import Sources
from engine.model.workspace import Workspace
from grammar.diagnostics import Diagnostic, error, in_order
from grammar.render import printable
from grammar.span import NOWHERE

if TYPE_CHECKING:
    from grammar.nodes import File


@dataclass(frozen=True)
class Loaded:
    """A workspace that was read.

    Attributes:
        folder: the workspace's folder.
        configuration: of its `promo.toml`.
        workspace: what the files declare, as far as they are right.
        diagnostics: everything that is wrong, by file and place.
        sources: the texts, by the name diagnostics use.
        passed_over: how many manifests of kinds that promo has no use for were met, by kind.
        read: how many files were read.
        written: the declarations of each file as they were written, where whoever loaded it has them; see `files`.
    """

    folder: Path
    configuration: Configuration = field(default_factory=Configuration)
    workspace: Workspace = field(default_factory=Workspace)
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Sources = field(default_factory=lambda: Sources({}))
    passed_over: Mapping[str, int] = field(default_factory=dict)
    read: int = 0
    written: tuple[File, ...] | None = None

    @cached_property
    def files(self) -> tuple[File, ...]:
        """The declarations of each file as they were written, `.promo` first; parsed when they are first asked for."""
        if self.written is not None:
            return self.written
        from adapters.workspace.making import written_files

        return written_files(*_divided(self.sources.texts, self.folder))

    @property
    def broken(self) -> bool:
        """Whether one of the diagnostics is an error."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def find_and_load(given: Path | None, *, check_json_paths: bool = False) -> Loaded:
    """Find the workspace (see `find_folder`) and load it; where there is none, the diagnostics say so."""
    folder = find_folder(given)
    if isinstance(folder, Diagnostic):
        return Loaded(given or Path(), diagnostics=(folder,))
    return load(folder, check_json_paths=check_json_paths)


def load(folder: Path, *, check_json_paths: bool = False) -> Loaded:
    """Read the workspace in a folder.

    Args:
        folder: where it is; a `promo.toml` in it is read, none means the defaults.
        check_json_paths: whether the syntax of JSONPaths is checked, which imports a library.

    Returns:
        What was read; everything that is wrong, unreadable files included, is in its diagnostics.
    """
    return understood(gathered(folder), check_json_paths=check_json_paths)


def understood(read: Gathered, *, check_json_paths: bool = False, keep_written: bool = False) -> Loaded:
    """Return what the texts of a workspace declare.

    Args:
        read: the texts.
        check_json_paths: see `load`.
        keep_written: whether `Loaded.files` will be asked for, so that what is parsed now is not parsed again.
    """
    if read.listed is None:
        return concluded(read, (Workspace(), (), {}))
    written: list[tuple[File, ...]] = []
    made = declared(
        read.promo,
        read.manifests,
        read.configuration.priority,
        check_json_paths=check_json_paths,
        keep=written.append if keep_written else None,
    )
    return concluded(read, made, written[0] if written else None)


def concluded(read: Gathered, made: Declared, written: tuple[File, ...] | None = None) -> Loaded:
    """Return the workspace of texts whose declarations are known.

    Args:
        read: the texts.
        made: what they declare; of no account where `promo.toml` is wrong.
        written: their declarations as written, where they are at hand.
    """
    folder, configuration, found = read.folder, read.configuration, list(read.found)
    if read.listed is None:
        return Loaded(folder, configuration, diagnostics=in_order(found), sources=Sources(read.texts))
    workspace, wrong, passed_over = made
    found += wrong
    if configuration.adapters.runtimes:
        from adapters.workspace.runtimes import runtime_problems

        name = next(iter(read.texts))  # the text of `promo.toml` joins first
        found += runtime_problems(configuration, workspace, read.texts[name], name)
    if workspace == Workspace(priority_order=configuration.priority) and not any(d.is_error for d in found):
        found.append(_empty(folder, "declares nothing" if read.listed else "has no files to read"))
    sources = Sources(read.texts)
    return Loaded(folder, configuration, workspace, in_order(found), sources, passed_over, read.listed, written)


def revised(loaded: Loaded, changed: Mapping[str, str]) -> Loaded:
    """Return a workspace as it would be with other texts; nothing is read or written.

    Args:
        loaded: a workspace without errors.
        changed: texts by source name, of files that were read.

    Returns:
        The workspace, with what is wrong with its declarations.
    """
    texts = {**loaded.sources.texts, **changed}
    promo, manifests = _divided(texts, loaded.folder)
    workspace, wrong, passed_over = declared(promo, manifests, loaded.configuration.priority, check_json_paths=False)
    return Loaded(
        loaded.folder, loaded.configuration, workspace, in_order(wrong), Sources(texts), passed_over, loaded.read
    )


def _divided(texts: Mapping[str, str], folder: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Divide the texts of a workspace into `.promo` texts and manifests, as pairs of name and text."""
    configuration = printable(shown(str(folder / CONFIGURATION_FILE)))
    read = [(name, text) for name, text in texts.items() if name != configuration]
    return (
        [pair for pair in read if pair[0].endswith(".promo")],
        [pair for pair in read if not pair[0].endswith(".promo")],
    )


def _empty(folder: Path, message: str) -> Diagnostic:
    return error(
        "C002",
        f"workspace `{printable(shown(str(folder)))}` {message}",
        NOWHERE,
        help="write declarations into a `.promo` file, or let `promo init` write some",
    )
