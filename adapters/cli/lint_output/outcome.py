"""What linting gave, ready to be shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from grammar.diagnostics import Diagnostic, Severity
from grammar.span import Position, SourceText, Span

if TYPE_CHECKING:
    from engine.lint.rule import Rule


class Described(NamedTuple):
    """What is known of a code that is no rule's.

    Attributes:
        name: lower case, words joined by hyphens.
        summary: one sentence, without a final period.
        why: more about it, as sentences.
        severity: how much its findings weigh.
        category: what it is about.
    """

    name: str
    summary: str
    why: str
    severity: Severity
    category: str


class Outcome(NamedTuple):
    """Findings and what is needed to show them.

    Attributes:
        findings: by source and place.
        sources: the texts they point into, by name.
        rules: by code; findings of reading the workspace have codes that are not among them.
        checked: the names of the texts that were looked at.
        relative: the same texts' paths from their workspace's folder.
        described: other codes that may occur.
    """

    findings: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceText]
    rules: Mapping[str, type[Rule]]
    checked: tuple[str, ...] = ()
    relative: Mapping[str, str] = {}
    described: Mapping[str, Described] = {}

    def start(self, span: Span) -> Position | None:
        """Return where a span begins; None where its text was not read."""
        source = self.sources.get(span.source)
        return source.position(span.start) if source is not None else None

    def end(self, span: Span) -> Position | None:
        """Return where a span ends, just past its last character; None where its text was not read."""
        source = self.sources.get(span.source)
        return source.position(max(span.end, span.start)) if source is not None else None

    def name(self, code: str) -> str:
        """Return the name of a code's rule; the code itself for findings of reading."""
        rule = self.rules.get(code) or self.described.get(code)
        return rule.name if rule is not None else code

    def fingerprint(self, found: Diagnostic) -> str:
        """Return what a finding is known by, wherever promo is called from."""
        from engine.lint.baseline import fingerprint

        name = found.span.source
        return fingerprint(found, self.relative.get(name, uri_path(name)), self.sources.get(name))


def uri_path(name: str) -> str:
    """Return a text's name as a path with `/`, from the current folder."""
    return name.replace(os.sep, "/")


def sentence(found: Diagnostic) -> str:
    """Return a finding's message with its help, for forms that have one text."""
    return f"{found.message}; {found.help}" if found.help else found.message


LEVELS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}
"""How severities compare."""
