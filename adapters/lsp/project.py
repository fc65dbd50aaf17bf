"""One workspace that is being worked on: its open texts, its files, and what is known of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.lsp.analysis import Analysis, Analyst
from adapters.lsp.document import Document, Edit
from adapters.lsp.places import source_name
from adapters.lsp.preview import joined, preview
from adapters.workspace.configuration import CONFIGURATION_FILE
from adapters.workspace.loading import Gathered, gathered
from grammar.diagnostics import Diagnostic

_LOG = logging.getLogger("promo.lsp")

_LONGEST_PAUSE = 0.25
"""Seconds without an edit after which the whole workspace is looked at again, at most."""


class Project:
    """A workspace in the editor.

    Edits are answered at once with a preview, and a moment after the last one with an analysis of everything. Only one
    analysis runs at a time, in a thread; one that an edit overtakes is given up.
    """

    def __init__(self, folder: Path, worker: ThreadPoolExecutor, publish: Callable[[Project, Analysis], None]) -> None:
        """Open a workspace; nothing is read yet.

        Args:
            folder: the workspace's, without links.
            worker: runs analyses.
            publish: is told of each analysis that is still true, in the event loop's thread.
        """
        self.folder = folder
        self.documents: dict[str, Document] = {}
        self.analysis: Analysis | None = None
        self._analyst = Analyst()
        self._worker = worker
        self._publish = publish
        self._read: Gathered | None = None
        self._disk = 0
        self._hulls: dict[str, Edit] = {}
        self._since: dict[str, Edit] = {}
        self._generation = 0
        self._analysed = -1
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._took = 0.0

    # --- what happens in the editor ----------------------------------------------------------------

    def opened(self, document: Document) -> None:
        """Take a text over from the disk."""
        known = self.analysis.pieces.get(document.name) if self.analysis is not None else None
        if known is not None and known.text == document.text:
            document.pieces = known
        elif known is not None:
            self._note(document.name, Edit(0, len(known.text), len(document.text)))
        self.documents[document.path] = document
        self.files_changed()

    def closed(self, document: Document) -> None:
        """Give a text back to the disk."""
        self.documents.pop(document.path, None)
        self.files_changed()

    def files_changed(self) -> None:
        """Read the disk again: files came, went, or were written."""
        self._read = None
        self._disk += 1
        self._changed()

    def edited(self, document: Document, edits: list[Edit]) -> tuple[Diagnostic, ...] | None:
        """Take edits of an open text.

        Returns:
            What is to be shown of the text until the whole workspace was looked at; None where nothing can be said.
        """
        for edit in edits:
            self._note(document.name, edit)
        if document.path == str(self.folder / CONFIGURATION_FILE):
            self.files_changed()
        else:
            self._changed()
        hull = self._hulls.get(document.name)
        if self.analysis is None or hull is None or self.analysis.pieces.get(document.name) is None:
            return None
        return preview(self.analysis, document, hull)

    def _note(self, name: str, edit: Edit) -> None:
        """Remember what was edited since the last analysis, and since the one that is being made."""
        self._hulls[name] = joined(self._hulls.get(name), edit)
        self._since[name] = joined(self._since.get(name), edit)

    # --- the analysis ------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._generation += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._analyse_until_true())

    @property
    def settled(self) -> bool:
        """Whether the analysis is of the texts as they are now."""
        return self._analysed == self._generation

    async def fresh(self) -> Analysis | None:
        """Return the analysis of the texts as they are now, without waiting for a pause in typing."""
        while not self.settled:
            self._hurry.set()
            if self._task is None or self._task.done():
                self._task = asyncio.get_running_loop().create_task(self._analyse_until_true())
            await asyncio.shield(self._task)
        return self.analysis

    async def _analyse_until_true(self) -> None:
        while not self.settled:
            await self._pause()
            self._hurry.clear()
            generation, disk, read = self._generation, self._disk, self._read
            texts = {document.path: document.text for document in self.documents.values()}
            self._since = {}
            begun = time.perf_counter()
            for document in self.documents.values():
                if document.pieces is not None:
                    self._analyst.know(document.pieces)
            try:
                read, made = await asyncio.get_running_loop().run_in_executor(
                    self._worker, self._analyse, read, texts, generation
                )
            except Exception:
                # The server outlives a fault of its own: what was known stays, and the next edit tries again.
                _LOG.exception("the workspace %s could not be analysed", self.folder)
                self._analysed = generation
                continue
            if disk == self._disk:
                self._read = read
            if made is not None:
                self._took = time.perf_counter() - begun
                self._analysed = generation
                self._hulls = self._since
                self.analysis = made
                if generation == self._generation:
                    self._publish(self, made)

    async def _pause(self) -> None:
        """Wait until nobody types; not at all where an analysis is quick."""
        pause = min(_LONGEST_PAUSE, 3 * self._took)
        while not self._hurry.is_set():
            generation = self._generation
            try:
                await asyncio.wait_for(self._hurry.wait(), pause)
            except TimeoutError:
                if generation == self._generation:
                    return

    def _analyse(
        self, read: Gathered | None, unsaved: dict[str, str], generation: int
    ) -> tuple[Gathered, Analysis | None]:
        """Analyse the workspace; runs in the worker's thread."""
        if read is None:
            read = gathered(self.folder, unsaved)
        now = _with_texts(read, {source_name(path): text for path, text in unsaved.items()})
        return read, self._analyst.analyse(now, stop=lambda: generation != self._generation)


def _with_texts(read: Gathered, texts: dict[str, str]) -> Gathered:
    """Return the texts of a workspace with some replaced; what is no file of it is left out."""
    known = {name: text for name, text in texts.items() if name in read.texts}
    if all(read.texts[name] == text for name, text in known.items()):
        return read
    return read._replace(
        texts={**read.texts, **known},
        promo=[(name, known.get(name, text)) for name, text in read.promo],
        manifests=[(name, known.get(name, text)) for name, text in read.manifests],
    )
