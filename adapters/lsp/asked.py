"""A question of the editor about a place, with everything needed to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from adapters.lsp.analysis import Analysis
from adapters.lsp.desk import Desk
from adapters.lsp.document import Document
from adapters.lsp.occurrences import Occurrence
from adapters.lsp.positions import Lines
from adapters.lsp.project import Project
from grammar.span import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that is asked about, and the workspace it is in.

    Attributes:
        desk: what lies open.
        document: the text.
        project: its workspace.
        analysis: of the workspace as it is now.
    """

    desk: Desk
    document: Document
    project: Project
    analysis: Analysis

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position in the text."""
        return self.document.lines.offset(position)

    def occurrence(self, position: types.Position) -> Occurrence | None:
        """Return the name at a position."""
        return self.analysis.occurrences.at(self.document.name, self.offset(position))

    @property
    def saved(self) -> bool:
        """Whether every open text of the workspace is as it is on disk."""
        return all(_is_saved(document) for document in self.project.documents.values())

    def lines(self, span: Span) -> Lines | None:
        """Return the text that a span is in."""
        return self.desk.lines(self.project, span.source)

    def location(self, span: Span) -> types.Location | None:
        """Return a span as the editor understands it; None for what no text says."""
        lines = self.lines(span) if span.source else None
        return None if lines is None else types.Location(self.desk.uri(self.project, span.source), lines.range(span))


def _is_saved(document: Document) -> bool:
    try:
        return Path(document.path).read_bytes().decode("utf-8-sig") == document.text
    except (OSError, UnicodeDecodeError):
        # What cannot be read is not what the editor shows.
        return False


async def asked(desk: Desk, uri: str) -> Asked | None:
    """Return what a question about a text needs, of the workspace as it is now; None for a text by itself.

    Args:
        desk: what lies open.
        uri: of the text.
    """
    document = desk.documents.get(uri)
    project = desk.project_of(document) if document is not None else None
    if document is None or project is None:
        return None
    analysis = await project.fresh()
    return None if analysis is None else Asked(desk, document, project, analysis)
