"""SARIF 2.1.0, which code hosts show as alerts. Columns count code points."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from adapters.cli.lint_output.outcome import Described, Outcome, sentence, uri_path
from engine.lint.page import rule_page
from grammar.diagnostics import Diagnostic, Fix, Severity
from grammar.span import Span

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "%SRCROOT%"


def sarif(outcome: Outcome) -> str:
    """Return a log of one run; only the rules that found something are described in it."""
    codes = sorted({found.code for found in outcome.findings})
    index = {code: number for number, code in enumerate(codes)}
    driver: dict[str, Any] = {"name": "promo", "rules": [_rule(code, outcome) for code in codes]}
    version = _version()
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "the folder promo was called from"}}},
        "results": [_result(outcome, found, index) for found in outcome.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("promo")
    except PackageNotFoundError:
        # Run from a source tree that was never installed: the log says no version then.
        return ""


def _rule(code: str, outcome: Outcome) -> dict[str, Any]:
    rule = outcome.rules.get(code)
    if rule is not None:
        found = Described(rule.name, rule.summary, rule.why, rule.severity, rule.category.value)
        return _described(code, found, rule_page(rule))
    described = outcome.described.get(code)
    if described is not None:
        return _described(code, described, described.why)
    return {"id": code, "shortDescription": {"text": f"{code}: found while the workspace was read"}}


def _described(code: str, found: Described, page: str) -> dict[str, Any]:
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in found.name.split("-")),
        "shortDescription": {"text": found.summary},
        "fullDescription": {"text": found.why},
        "help": {"text": found.why, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[found.severity]},
        "properties": {"category": found.category, "tags": [found.category]},
    }


def _result(outcome: Outcome, found: Diagnostic, index: dict[str, int]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": index[found.code],
        "level": _LEVELS[found.severity],
        "message": {"text": sentence(found)},
        "locations": [_location(outcome, found.span)] if found.span.source else [],
        "partialFingerprints": {"promo/v1": outcome.fingerprint(found)},
    }
    labels = [label for label in found.labels if label.span.source]
    if labels:
        data["relatedLocations"] = [
            {"id": number, **_location(outcome, label.span), "message": {"text": label.message or "see also"}}
            for number, label in enumerate(labels)
        ]
    if found.fix is not None:
        data["fixes"] = [_fix(outcome, found.fix)]
    return data


def _location(outcome: Outcome, span: Span) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(span)}
    region = _region(outcome, span)
    if region:
        physical["region"] = region
    return {"physicalLocation": physical}


def _artifact(span: Span) -> dict[str, str]:
    return {"uri": quote(uri_path(span.source)), "uriBaseId": _BASE}


def _region(outcome: Outcome, span: Span) -> dict[str, int]:
    start, end = outcome.start(span), outcome.end(span)
    if start is None or end is None:
        return {}
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(outcome: Outcome, fix: Fix) -> dict[str, Any]:
    by_source: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(outcome, edit.span), "insertedContent": {"text": edit.text}}
        by_source.setdefault(edit.span.source, []).append(replacement)
    changes = [
        {"artifactLocation": {"uri": quote(uri_path(source)), "uriBaseId": _BASE}, "replacements": replacements}
        for source, replacements in by_source.items()
    ]
    return {"description": {"text": fix.message}, "artifactChanges": changes}
