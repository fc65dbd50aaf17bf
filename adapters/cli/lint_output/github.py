"""Workflow commands of GitHub Actions: annotations on the lines of a pull request.

Source: GitHub's documentation of workflow commands and the escaping of its toolkit.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.lint_output.outcome import Outcome, sentence, uri_path
from grammar.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(outcome: Outcome) -> str:
    """Return one command a finding, each on a line of its own."""
    return "".join(f"{_command(outcome, found)}\n" for found in outcome.findings)


def _command(outcome: Outcome, found: Diagnostic) -> str:
    properties = ",".join(f"{key}={_property(value)}" for key, value in _properties(outcome, found))
    return f"::{_COMMANDS[found.severity]} {properties}::{_data(sentence(found))}"


def _properties(outcome: Outcome, found: Diagnostic) -> Iterator[tuple[str, str]]:
    if found.span.source:
        yield "file", uri_path(found.span.source)
    start, end = outcome.start(found.span), outcome.end(found.span)
    if start is not None and end is not None:
        yield "line", str(start.line)
        yield "endLine", str(end.line)
        # GitHub refuses columns of findings that span lines; an end column is the last one, not the one after it.
        if start.line == end.line:
            yield "col", str(start.column)
            yield "endColumn", str(max(start.column, end.column - 1))
    yield "title", f"{found.code} {outcome.name(found.code)}" if found.code in outcome.rules else found.code


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
