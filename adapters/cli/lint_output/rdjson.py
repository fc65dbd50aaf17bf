"""The diagnostic format of reviewdog, as one JSON document. Columns count bytes of UTF-8, from 1."""

from __future__ import annotations

import json
from typing import Any

from adapters.cli.lint_output.outcome import Outcome, sentence, uri_path
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import SourceText, Span

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def rdjson(outcome: Outcome) -> str:
    """Return a diagnostic result."""
    data = {"source": {"name": "promo"}, "diagnostics": [_diagnostic(outcome, found) for found in outcome.findings]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(outcome: Outcome, found: Diagnostic) -> dict[str, Any]:
    data: dict[str, Any] = {
        "message": sentence(found),
        "location": _location(outcome, found.span),
        "severity": _SEVERITIES[found.severity],
        "code": {"value": found.code},
    }
    if found.fix is not None:
        data["suggestions"] = [
            {"range": place["range"], "text": edit.text}
            for edit in found.fix.edits
            if "range" in (place := _location(outcome, edit.span)) and edit.span.source == found.span.source
        ]
    if found.labels:
        data["relatedLocations"] = [
            {"message": label.message, "location": _location(outcome, label.span)} for label in found.labels
        ]
    return data


def _location(outcome: Outcome, span: Span) -> dict[str, Any]:
    location: dict[str, Any] = {"path": uri_path(span.source)}
    source = outcome.sources.get(span.source)
    if source is not None:
        location["range"] = {
            "start": _position(source, span.start),
            "end": _position(source, max(span.start, span.end)),
        }
    return location


def _position(source: SourceText, offset: int) -> dict[str, int]:
    place = source.position(offset)
    before = source.line(place.line)[: place.column - 1]
    return {"line": place.line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}
