"""Diagnostics of a workspace as words of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.workspace.folder import shown
from grammar.diagnostics import Diagnostic
from grammar.render import printable
from grammar.span import SourceText


def first(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText] | Mapping[str, str]) -> str | None:
    """Return the first of some diagnostics with its file and line; None where there is none."""
    for found in diagnostics:
        text = sources.get(found.span.source)
        source = SourceText(found.span.source, text) if isinstance(text, str) else text
        line = f":{source.position(found.span.start).line}" if source is not None else ""
        where = f"{found.span.source}{line}: " if found.span.source else ""
        return printable(f"{where}{found.message}")
    return None


def place(path: Path) -> str:
    """Return a path as it is shown: relative to the current folder."""
    return printable(shown(str(path)))
