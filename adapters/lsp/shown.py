"""Findings as the editor shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from lsprotocol import types

from adapters.lsp.positions import Lines
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import Span

SOURCE = "promo"
"""What the editor says a finding comes from."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNNECESSARY = frozenset({"L003", "L112", "L113", "L114", "L122", "L309"})
_DEPRECATED = frozenset({"L401", "L402", "L403"})


class Shower(NamedTuple):
    """Turns findings into what the editor shows.

    Attributes:
        lines: returns a text by its name; None for one that is not at hand.
        uri: returns the URI of a text by its name.
    """

    lines: Callable[[str], Lines | None]
    uri: Callable[[str], str]

    def shown(self, findings: Iterable[Diagnostic], lines: Lines) -> list[types.Diagnostic]:
        """Return findings about one text, in their order."""
        return [self.one(found, lines) for found in findings]

    def one(self, found: Diagnostic, lines: Lines) -> types.Diagnostic:
        """Return a finding about a text; what to do about it stands on a line of its own."""
        related = [
            types.DiagnosticRelatedInformation(location, label.message)
            for label in found.labels
            if (location := self.location(label.span)) is not None
        ]
        tags = [
            *([types.DiagnosticTag.Unnecessary] if found.code in _UNNECESSARY else []),
            *([types.DiagnosticTag.Deprecated] if found.code in _DEPRECATED else []),
        ]
        return types.Diagnostic(
            range=visible(found.span, lines),
            message=f"{found.message}\nhelp: {found.help}" if found.help else found.message,
            severity=_SEVERITIES[found.severity],
            code=found.code,
            source=SOURCE,
            tags=tags or None,
            related_information=related or None,
        )

    def location(self, span: Span) -> types.Location | None:
        """Return where a span is; None for what no text says."""
        lines = self.lines(span.source) if span.source else None
        return None if lines is None else types.Location(self.uri(span.source), lines.range(span))


def visible(span: Span, lines: Lines) -> types.Range:
    """Return what a span covers, at least one character where its line has one: nothing cannot be underlined."""
    if span.end > span.start:
        return lines.range(span)
    number = lines.line_of(span.start)
    end = lines.start(number) + len(lines.line(number))
    if span.start < end:
        return lines.range(Span(span.start, span.start + 1, span.source))
    return lines.range(Span(max(lines.start(number), end - 1), end, span.source))
