"""Reads a whole workspace: its configuration, its files, its model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.configuration import CONFIGURATION_FILE, DEFAULT_SOURCES, Configuration
from adapters.workspace.declared import Declared, declared
from adapters.workspace.folder import find_folder, shown
from adapters.workspace.masking import masked
from adapters.workspace.patterns import Patterns
from adapters.workspace.reading import read_text
from adapters.workspace.sources import Sources
from adapters.workspace.walk import SourceFile, inside, source_files, with_unsaved
from engine.model.workspace import Workspace
from grammar.diagnostics import Diagnostic, error, in_order, warning
from grammar.render import printable
from grammar.span import NOWHERE, Span

if TYPE_CHECKING:
    from grammar.nodes import File

_NOTHING: Mapping[str, str] = {}


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


class Gathered(NamedTuple):
    """The texts of a workspace, before anybody asks what they declare.

    Attributes:
        folder: the workspace's folder.
        configuration: of its `promo.toml`.
        texts: all that were read, by source name.
        promo: pairs of name and text of `.promo` files without fault.
        manifests: the same of YAML files.
        found: what is wrong with the files as such.
        listed: how many files there are; None where `promo.toml` is wrong, so that none was looked for.
    """

    folder: Path
    configuration: Configuration
    texts: dict[str, str]
    promo: list[tuple[str, str]]
    manifests: list[tuple[str, str]]
    found: tuple[Diagnostic, ...]
    listed: int | None


def gathered(folder: Path, unsaved: Mapping[str, str] = _NOTHING) -> Gathered:
    """Read the texts of the workspace in a folder.

    Args:
        folder: where it is.
        unsaved: texts, by path without links, that count instead of what the files hold, and for files that are not
            there yet.
    """
    texts: dict[str, str] = {}
    configuration, found = _configuration(folder, texts, unsaved)
    if any(diagnostic.is_error for diagnostic in found):
        return Gathered(folder, configuration, texts, [], [], tuple(found), None)
    listed, problems = source_files(str(folder), configuration)
    if unsaved:
        listed = with_unsaved(listed, str(folder), configuration, unsaved)
    found += problems
    found += _unused_patterns(configuration, listed, texts)
    promo, manifests = _read(listed, texts, found, unsaved)
    return Gathered(folder, configuration, texts, promo, manifests, tuple(found), len(listed))


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


def _read(
    listed: list[SourceFile], texts: dict[str, str], found: list[Diagnostic], unsaved: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Read files in order; all texts join ``texts``, and those without fault are returned, divided by form."""
    promo: list[tuple[str, str]] = []
    manifests: list[tuple[str, str]] = []
    for file in listed:
        before = len(found)
        text = unsaved.get(file.path)
        if text is None:
            text = read_text(file, found)
        if text is None:
            continue
        texts[file.name] = text
        if len(found) == before:
            (promo if file.relative.endswith(".promo") else manifests).append((file.name, text))
    return promo, manifests


def _configuration(
    folder: Path, texts: dict[str, str], unsaved: Mapping[str, str]
) -> tuple[Configuration, list[Diagnostic]]:
    """Read `promo.toml` where there is one; its text joins the others."""
    path = folder / CONFIGURATION_FILE
    file = SourceFile(str(path), CONFIGURATION_FILE, printable(shown(str(path))))
    found: list[Diagnostic] = []
    text = unsaved.get(file.path)
    if text is None:
        if not os.path.lexists(path):
            return Configuration(), []
        unfit = _unfit(str(folder), file)
        if unfit is not None:
            return Configuration(), [unfit]
        text = read_text(file, found)
    if text is None:
        return Configuration(), found
    texts[file.name] = masked(text)
    if found:
        return Configuration(), found
    configuration, problems = cached_configuration(text, file.name)
    return configuration, list(problems)


def _unfit(folder: str, file: SourceFile) -> Diagnostic | None:
    """Return why a `promo.toml` is not to be opened: it is a pipe, say, or a link that leaves the workspace."""
    whole = Span(0, 0, file.name)
    if not os.path.isfile(file.path):
        return error("C006", "is not a file that can be read", whole, help="put a file there, or remove it")
    if not inside(os.path.realpath(folder), os.path.realpath(file.path)):
        return error("C007", "is a link that leads out of the workspace", whole, help="put the file itself here")
    return None


def _unused_patterns(
    configuration: Configuration, listed: list[SourceFile], texts: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield a warning for every pattern of `sources` that no file fits."""
    if configuration.sources == DEFAULT_SOURCES:
        return
    for index in Patterns(configuration.sources).unused(file.relative for file in listed):
        from adapters.workspace.toml_places import toml_places

        name = next(iter(texts))
        span = toml_places(texts[name], name).value(("sources",)) or Span(0, 0, name)
        yield warning(
            "C010",
            f"no file fits the pattern `{configuration.sources[index]}` of `sources`",
            span,
            help="remove it, or look whether the files have moved",
        )


def _empty(folder: Path, message: str) -> Diagnostic:
    return error(
        "C002",
        f"workspace `{printable(shown(str(folder)))}` {message}",
        NOWHERE,
        help="write declarations into a `.promo` file, or let `promo init` write some",
    )
