"""Reads the texts of a workspace: its configuration and its files. What they declare is not asked; see `loading`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.configuration import CONFIGURATION_FILE, DEFAULT_SOURCES, Configuration
from adapters.workspace.folder import shown
from adapters.workspace.masking import masked
from adapters.workspace.patterns import Patterns
from adapters.workspace.reading import read_text
from adapters.workspace.walk import SourceFile, inside, source_files, with_unsaved
from grammar.diagnostics import Diagnostic, error, warning
from grammar.render import printable
from grammar.span import Span

_NOTHING: Mapping[str, str] = {}


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
