"""The one canonical layout, as edits of only the lines that change."""

from __future__ import annotations

from difflib import SequenceMatcher

from lsprotocol import types

from adapters.lsp.document import Document
from grammar.format import format_text

_MOST_COMPARED = 6_000
"""Lines that are compared one by one; beyond, everything between the first and the last change is one edit."""


def formatted(document: Document, within: types.Range | None = None) -> list[types.TextEdit] | None:
    """Return the edits that put a `.promo` text into its canonical layout, as `promo fmt` does.

    Args:
        document: the text.
        within: only edits of these lines; None for all.

    Returns:
        The edits, in order; None where the text has errors and is left as it is.
    """
    if document.pieces is None:
        return None
    after = format_text(document.text, document.name).text
    if after is None:
        return None
    edits = line_edits(document, after)
    if within is None:
        return edits
    return [
        edit for edit in edits if edit.range.start.line <= within.end.line and edit.range.end.line >= within.start.line
    ]


def line_edits(document: Document, after: str) -> list[types.TextEdit]:
    """Return the edits that make a document another text, line by line."""
    lines = document.lines
    old = [document.text[lines.start(number) : lines.start(number + 1)] for number in range(lines.count)]
    new = _split(after)
    if max(len(old), len(new)) > _MOST_COMPARED:
        changes = [_between(old, new)]
    else:
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        changes = [(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
    return [
        types.TextEdit(
            types.Range(lines.position(lines.start(first)), lines.position(lines.start(last))),
            "".join(new[from_line:to_line]),
        )
        for first, last, from_line, to_line in changes
        if "".join(old[first:last]) != "".join(new[from_line:to_line])
    ]


def _split(text: str) -> list[str]:
    """Split behind line feeds only: the canonical layout has no other breaks."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _between(old: list[str], new: list[str]) -> tuple[int, int, int, int]:
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    most = shorter - first
    last = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return first, len(old) - last, first, len(new) - last
