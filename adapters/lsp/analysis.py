"""A whole workspace, understood: what `promo check` and `promo lint` would say of the texts as they are now.

Everything here is a pure function of texts, so that it can run beside the editor's questions.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.lsp.kinds import KINDS, name_of
from adapters.lsp.occurrences import Occurrences
from adapters.lsp.pieces import Pieces
from adapters.lsp.positions import Encoding, Lines
from adapters.manifests import ManifestFile
from adapters.manifests import read as read_manifest
from adapters.workspace import Loaded
from adapters.workspace.linting import lint_loaded, relative_to
from adapters.workspace.loading import Gathered, concluded
from adapters.workspace.zones import KnownZones
from engine.lint.baseline import fingerprint, unknown_findings
from engine.model.build import build_workspace
from engine.model.workspace import Workspace
from engine.resolve import Resolver
from grammar.diagnostics import Diagnostic
from grammar.nodes import File
from grammar.span import Span

if TYPE_CHECKING:
    from adapters.lsp.effective import Reach

_LARGEST_BASELINE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Analysis:
    """A workspace and everything that is found in it.

    Attributes:
        loaded: the workspace, with what reading it found.
        files: its declarations as written, `.promo` first.
        pieces: its `.promo` texts, by name.
        findings: what `promo lint` reports, by place; where reading gave an error, only what reading gave.
        notes: what the person who runs the server should know, e.g. that the baseline cannot be read.
    """

    loaded: Loaded
    files: tuple[File, ...]
    pieces: Mapping[str, Pieces]
    findings: tuple[Diagnostic, ...]
    notes: tuple[str, ...] = ()

    @property
    def workspace(self) -> Workspace:
        """What is declared, as far as it is right."""
        return self.loaded.workspace

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts, by the name spans have."""
        return self.loaded.sources.texts

    @cached_property
    def resolver(self) -> Resolver:
        """Decides what is in force where."""
        return Resolver(self.workspace)

    @cached_property
    def occurrences(self) -> Occurrences:
        """Every place that names something."""
        return Occurrences(self.files, self.workspace, self.texts)

    @cached_property
    def reach(self) -> Reach | None:
        """How often each policy decides; None where there are too many pairs, or errors."""
        from adapters.lsp.effective import reach

        return reach(self)

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, Span]]:
        """The declared names by kind of declaration, with where each is first declared."""
        found: dict[str, dict[str, Span]] = {kind: {} for kind in KINDS.values()}
        for file in self.files:
            for declaration in file.declarations:
                name = name_of(declaration)
                found[KINDS[type(declaration)]].setdefault(name.text, name.span)
        return found

    def lines(self, name: str, encoding: Encoding) -> Lines | None:
        """Return a text with its lines indexed, once; None where there is none of that name."""
        if name not in self.texts:
            return None
        known = self._lines.get(name)
        if known is None:
            known = self._lines[name] = Lines(self.texts[name], encoding)
        return known

    @cached_property
    def _lines(self) -> dict[str, Lines]:
        return {}

    @cached_property
    def by_source(self) -> Mapping[str, tuple[Diagnostic, ...]]:
        """The findings by the text they are about."""
        found: dict[str, list[Diagnostic]] = {}
        for diagnostic in self.findings:
            found.setdefault(diagnostic.span.source, []).append(diagnostic)
        return {source: tuple(own) for source, own in found.items()}


class Analyst:
    """Understands one workspace again and again; remembers what each unchanged text was."""

    def __init__(self) -> None:
        """Start without any memory."""
        self._pieces: dict[str, Pieces] = {}
        self._manifests: dict[str, tuple[str, ManifestFile]] = {}
        self._json_paths: dict[str, str | None] = {}
        self._zones = KnownZones()

    def pieces(self, name: str, text: str) -> Pieces:
        """Return a `.promo` text with its declarations; one that did not change is not parsed again."""
        known = self._pieces.get(name)
        if known is None or known.text != text:
            known = self._pieces[name] = Pieces.of(name, text)
        return known

    def know(self, pieces: Pieces) -> None:
        """Take a text that was parsed elsewhere."""
        self._pieces[pieces.source] = pieces

    def _manifest(self, name: str, text: str) -> ManifestFile:
        known = self._manifests.get(name)
        if known is None or known[0] != text:
            known = self._manifests[name] = (text, _read_manifest(text, name))
        return known[1]

    def analyse(self, read: Gathered, *, stop: Callable[[], bool] = lambda: False) -> Analysis | None:
        """Say what texts declare and what is wrong with them.

        Args:
            read: the texts.
            stop: asked in between whether nobody waits for the answer any more.

        Returns:
            The same findings as a fresh `promo check` and `promo lint`; None when it was told to stop.
        """
        pieces = {name: self.pieces(name, text) for name, text in read.promo}
        parsed = [one.parsed() for one in pieces.values()]
        if stop():
            return None
        manifests = [self._manifest(name, text) for name, text in read.manifests]
        files = (*(one.file for one in parsed), *(one.file for one in manifests))
        if stop():
            return None
        built = build_workspace(
            files,
            [application for one in manifests for application in one.applications],
            [workflow for one in manifests for workflow in one.workflows],
            priority_order=read.configuration.priority,
            known_zones=self._zones,
            check_json_path=self._check_json_path,
        )
        found = [diagnostic for one in parsed for diagnostic in one.diagnostics]
        found += [diagnostic for one in manifests for diagnostic in one.diagnostics]
        loaded = concluded(read, (built.workspace, (*found, *built.diagnostics), {}), files)
        if stop():
            return None
        findings = lint_loaded(loaded)
        notes: list[str] = []
        made = Analysis(loaded, files, pieces, _without_known(loaded, findings, notes), tuple(notes))
        # The first edit asks for them: they are made here, where nobody waits.
        _ = made.names, made.by_source
        return made

    def _check_json_path(self, path: str) -> str | None:
        if path not in self._json_paths:
            from adapters.yaml import SpliceEditor

            self._json_paths[path] = SpliceEditor().check_path(path)
        return self._json_paths[path]


def _read_manifest(text: str, name: str) -> ManifestFile:
    """Read a YAML text; one in which the word `kind` does not stand holds no manifest, as everywhere in promo."""
    if "kind" not in text:
        return ManifestFile(File(name, ()))
    return read_manifest(text, name)


def _without_known(loaded: Loaded, findings: tuple[Diagnostic, ...], notes: list[str]) -> tuple[Diagnostic, ...]:
    """Leave out what the workspace's baseline knows, as `promo lint` does."""
    baseline = loaded.configuration.lint.baseline
    if not baseline or loaded.broken:
        return findings
    path = loaded.folder / baseline
    known = _baseline(path)
    if isinstance(known, str):
        notes.append(f"the baseline {path} {known}; all findings are shown")
        return findings

    def print_of(found: Diagnostic) -> str:
        name = found.span.source
        return fingerprint(found, relative_to(loaded, name), loaded.sources[name] if name in loaded.sources else None)

    return unknown_findings(findings, known, print_of)[0]


def _baseline(path: Path) -> Mapping[str, int] | str:
    """Return how often each fingerprint of a baseline may occur, or what is wrong with the file."""
    try:
        if os.path.getsize(path) > _LARGEST_BASELINE:
            return "is too large"
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as failed:
        return f"cannot be read: {failed.strerror}"
    except (ValueError, RecursionError):
        return "is not JSON"
    found = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return "is no baseline"
    counts = {key: entry.get("count") for key, entry in found.items() if isinstance(entry, dict)}
    return {key: count for key, count in counts.items() if isinstance(count, int)}
