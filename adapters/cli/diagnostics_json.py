"""Diagnostics as plain data, for `--format json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grammar.diagnostics import Diagnostic
from grammar.span import SourceText, Span


def diagnostic_data(diagnostic: Diagnostic, sources: Mapping[str, SourceText]) -> dict[str, Any]:
    """Return a diagnostic as data; places have 1-based lines and columns, in code points, and an exclusive end.

    Args:
        diagnostic: the finding.
        sources: the texts its spans point into, by name.
    """
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "place": _place(diagnostic.span, sources),
        "labels": [{"place": _place(label.span, sources), "message": label.message} for label in diagnostic.labels],
        "help": diagnostic.help,
        "fix": None
        if diagnostic.fix is None
        else {
            "message": diagnostic.fix.message,
            "safety": diagnostic.fix.safety.value,
            "edits": [{"place": _place(edit.span, sources), "text": edit.text} for edit in diagnostic.fix.edits],
        },
    }


def _place(span: Span, sources: Mapping[str, SourceText]) -> dict[str, Any] | None:
    """Return where a span is: None for nowhere, only the file when its text was not read."""
    if not span.source:
        return None
    source = sources.get(span.source)
    if source is None:
        return {"file": span.source}
    start, end = source.position(span.start), source.position(span.end)
    return {
        "file": span.source,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }
