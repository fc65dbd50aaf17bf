"""What lies open: texts, the workspaces they belong to, and what the editor was last told of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lsprotocol import types

from adapters.lsp.analysis import Analysis
from adapters.lsp.document import Document
from adapters.lsp.places import Roots, path_of, source_name, workspace_folder
from adapters.lsp.positions import Encoding, Lines
from adapters.lsp.project import Project
from adapters.lsp.shown import Shower
from adapters.workspace.configuration import CONFIGURATION_FILE
from grammar.diagnostics import Diagnostic, Severity

_LOG = logging.getLogger("promo.lsp")

Publish = Callable[[types.PublishDiagnosticsParams], None]


class Desk:
    """The state of one session with an editor; used in the event loop's thread only."""

    def __init__(self, publish: Publish) -> None:
        """Start with nothing open.

        Args:
            publish: sends findings to the editor.
        """
        self.encoding = Encoding.UTF_16
        self.workspace_edits = False
        self.snippets = False
        self.roots = Roots()
        self.documents: dict[str, Document] = {}
        self.projects: dict[Path, Project] = {}
        self._homes: dict[str, Project | None] = {}
        self._publish = publish
        self._told: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        self._said: set[str] = set()
        self._worker = ThreadPoolExecutor(1, "promo-analysis")

    # --- what the editor says ----------------------------------------------------------------------

    def open(self, item: types.TextDocumentItem) -> None:
        """Take over a text that was opened."""
        path = path_of(item.uri)
        name = source_name(path) if path is not None else item.uri
        document = Document(item.uri, path or item.uri, name, item.version, item.text, self.encoding)
        if path is None and item.language_id == "promo":
            document.make_promo()
        self.documents[item.uri] = document
        project = self.project_of(document)
        if project is None:
            self._tell_alone(document)
        else:
            project.opened(document)

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Follow an edit, and tell at once what it changes."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            _LOG.warning("an edit of %s, which is not open, was passed over", params.text_document.uri)
            return
        edits = document.apply(params.content_changes, params.text_document.version)
        project = self.project_of(document)
        if project is None:
            self._tell_alone(document)
            return
        found = project.edited(document, edits)
        if found is not None:
            self._tell(document.uri, document.version, self._shower(project).shown(found, document.lines))

    def close(self, uri: str) -> None:
        """Give a text back to the disk."""
        document = self.documents.pop(uri, None)
        if document is None:
            return
        project = self.project_of(document)
        if project is None:
            self._tell(uri, None, [])
        else:
            project.closed(document)

    def files_changed(self, uris: Iterable[str]) -> None:
        """Look at the disk again, in the workspaces that files belong to."""
        touched: set[Path] = set()
        for uri in uris:
            path = path_of(uri)
            if path is None:
                continue
            if os.path.basename(path) == CONFIGURATION_FILE:
                self._configurations_changed()
            touched |= {folder for folder in self.projects if Path(path).is_relative_to(folder)}
        for folder in touched:
            if folder in self.projects:
                self.projects[folder].files_changed()

    def roots_changed(self) -> None:
        """Find out anew which workspace each open text belongs to: folders were opened or closed."""
        self._configurations_changed()

    def _configurations_changed(self) -> None:
        """Move open texts between workspaces: a `promo.toml` came or went."""
        for document in self.documents.values():
            before = self._homes.pop(document.uri, None)
            after = self.project_of(document)
            if before is after:
                continue
            if before is not None:
                before.closed(document)
            if after is not None:
                after.opened(document)
            else:
                self._tell_alone(document)

    def project_of(self, document: Document) -> Project | None:
        """Return the workspace a text belongs to; None for one by itself."""
        if document.uri not in self._homes:
            self._homes[document.uri] = self._find_project(document.path)
        return self._homes[document.uri]

    def _find_project(self, path: str) -> Project | None:
        folder = workspace_folder(path, self.roots.real) if os.path.isabs(path) else None
        if folder is None:
            return None
        if folder not in self.projects:
            self.projects[folder] = Project(folder, self._worker, self._tell_all)
        return self.projects[folder]

    # --- what the editor is told -------------------------------------------------------------------

    def _tell_alone(self, document: Document) -> None:
        """Tell what is wrong with a text by itself: its syntax."""
        found: tuple[Diagnostic, ...] = () if document.pieces is None else document.pieces.parsed().diagnostics
        shower = Shower(lambda name: document.lines if name == document.name else None, lambda _: document.uri)
        self._tell(document.uri, document.version, shower.shown(found, document.lines))

    def _tell_all(self, project: Project, analysis: Analysis) -> None:
        """Tell what was found in a workspace; texts without findings are told so once."""
        shower = self._shower(project)
        told: set[str] = set()
        for name, found in analysis.by_source.items():
            if not name:
                # Of the workspace as a whole: it is shown where its configuration is, or would be.
                uri, lines = self.roots.uri(str(project.folder / CONFIGURATION_FILE)), Lines("", self.encoding)
            else:
                uri, lines = self.uri(project, name), self.lines(project, name) or Lines("", self.encoding)
            told.add(uri)
            self._tell(uri, self.version(uri), shower.shown(found, lines))
        mine = [uri for uri in self._told if self._is_in(uri, project)]
        for uri in {*mine, *(document.uri for document in project.documents.values())} - told:
            self._tell(uri, self.version(uri), [])
        for note in analysis.notes:
            if note not in self._said:
                self._said.add(note)
                _LOG.warning("%s", note)

    def _is_in(self, uri: str, project: Project) -> bool:
        path = path_of(uri)
        return path is not None and workspace_folder(path, self.roots.real) == project.folder

    def version(self, uri: str) -> int | None:
        """Return the version of an open text; None for one that is not open."""
        document = self.documents.get(uri)
        return None if document is None else document.version

    def _tell(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        """Publish findings, unless the editor was told the same of the same version."""
        before = self._told.get(uri)
        if before == (version, found) or (before is None and version is None and not found):
            return
        if found or version is not None:
            self._told[uri] = (version, found)
        else:
            self._told.pop(uri, None)
        self._publish(types.PublishDiagnosticsParams(uri, found, version))

    async def settle(self) -> dict[str, int]:
        """Wait until every workspace was looked at as it is now; return how many findings there are by severity."""
        counts = {severity.value: 0 for severity in Severity}
        for project in list(self.projects.values()):
            analysis = await project.fresh()
            for found in () if analysis is None else analysis.findings:
                counts[found.severity.value] += 1
        return counts

    # --- texts and places --------------------------------------------------------------------------

    def uri(self, project: Project, name: str) -> str:
        """Return the URI of a text of a workspace, by the name diagnostics have for it."""
        path = os.path.realpath(name)
        document = project.documents.get(path)
        return document.uri if document is not None else self.roots.uri(path)

    def lines(self, project: Project, name: str) -> Lines | None:
        """Return a text of a workspace as it is now; None where there is none of that name."""
        document = project.documents.get(os.path.realpath(name))
        if document is not None:
            return document.lines
        if project.analysis is None:
            return None
        return project.analysis.lines(name, self.encoding)

    def _shower(self, project: Project) -> Shower:
        return Shower(lambda name: self.lines(project, name), lambda name: self.uri(project, name))

    def end(self) -> None:
        """Let the worker's thread end; an analysis that runs is not waited for."""
        self._worker.shutdown(wait=False, cancel_futures=True)
