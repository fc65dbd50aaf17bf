"""A text that is open in the editor, kept up to date edit by edit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lsprotocol import types

from adapters.lsp.pieces import Pieces
from adapters.lsp.positions import Encoding, Lines

_LONG = 100_000
"""Characters from which on a text that is sent whole is taken as it is, not compared with the one before."""


class Edit(NamedTuple):
    """What one edit did to a text.

    Attributes:
        start: offset of what was replaced.
        old_end: offset past it, in the old text.
        new_end: offset past what came instead, in the new text.
    """

    start: int
    old_end: int
    new_end: int


class Document:
    """A text that is open in the editor.

    Attributes:
        uri: as the editor says it.
        path: where the file is or would be, without links.
        name: what diagnostics call it.
        version: of the text, as the editor counts.
        lines: the text.
        pieces: its declarations; None where it is no `.promo` text.
    """

    def __init__(self, uri: str, path: str, name: str, version: int, text: str, encoding: Encoding) -> None:
        """Open a document."""
        self.uri = uri
        self.path = path
        self.name = name
        self.version = version
        self.lines = Lines(text, encoding)
        self.pieces = Pieces.of(name, text) if path.endswith(".promo") else None

    @property
    def text(self) -> str:
        """The whole text."""
        return self.lines.text

    def make_promo(self) -> None:
        """Take the text for a `.promo` text, whatever its file is called: the editor says so."""
        self.pieces = Pieces.of(self.name, self.text)

    def apply(self, changes: Iterable[types.TextDocumentContentChangeEvent], version: int) -> list[Edit]:
        """Apply the editor's changes in order; return what each did to the text before it."""
        edits = [self._apply(change) for change in changes]
        self.version = version
        return edits

    def _apply(self, change: types.TextDocumentContentChangeEvent) -> Edit:
        before = self.text
        if isinstance(change, types.TextDocumentContentChangePartial):
            start = self.lines.offset(change.range.start)
            old_end = max(start, self.lines.offset(change.range.end))
            text = before[:start] + change.text + before[old_end:]
            edit = Edit(start, old_end, start + len(change.text))
        else:
            text = change.text
            edit = _difference(before, text)
        self.lines = Lines(text, self.lines.encoding)
        if self.pieces is not None:
            self.pieces = self.pieces.edited(text, *edit)
        return edit


def _difference(before: str, after: str) -> Edit:
    """Return one edit that makes a text another: what is between a common beginning and a common end."""
    if max(len(before), len(after)) > _LONG:
        return Edit(0, len(before), len(after))
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    most = shorter - start
    end = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    return Edit(start, len(before) - end, len(after) - end)
