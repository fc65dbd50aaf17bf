"""Diagnostics as text for people: the place, the line, the marked span, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from grammar.diagnostics import Diagnostic, Severity
from grammar.span import SourceText, Span

_WIDEST = 160
"""Columns of a source line shown at most; longer ones are cut around the mark."""

_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}
_BLUE = "\x1b[1;34m"
_BOLD = "\x1b[1m"
_OFF = "\x1b[0m"


def render(diagnostic: Diagnostic, sources: Mapping[str, SourceText], *, colour: bool = False) -> str:
    """Return a diagnostic as several lines, without a final line break.

    Args:
        diagnostic: the finding.
        sources: the texts its spans point into, by name; a place in another source is printed without its line.
        colour: whether to use ANSI colours.
    """
    paint = _Paint(colour)
    head = paint.severity(diagnostic.severity, f"{diagnostic.severity.value}[{diagnostic.code}]")
    lines = [f"{head}{paint.bold(': ' + printable(diagnostic.message))}"]
    gutter = _gutter(diagnostic, sources)
    if diagnostic.span.source:
        lines += _place(diagnostic.span, sources, gutter, "", "^", paint, diagnostic.severity)
    for label in diagnostic.labels:
        lines += _place(label.span, sources, gutter, label.message, "-", paint, None)
    if diagnostic.help:
        lines.append(f"{' ' * gutter} {paint.blue('=')} {paint.bold('help')}: {printable(diagnostic.help)}")
    return "\n".join(lines)


def printable(text: str) -> str:
    """Return a text with control characters escaped, so that no input can drive a terminal."""
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in text)


def location(span: Span, sources: Mapping[str, SourceText]) -> str:
    """Return ``file:line:column`` of where a span begins."""
    source = sources.get(span.source)
    if source is None:
        return span.source
    line, column = source.position(span.start)
    return f"{span.source}:{line}:{column}"


class _Paint:
    """ANSI colours, or none."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_OFF}" if self.on else text

    def blue(self, text: str) -> str:
        return f"{_BLUE}{text}{_OFF}" if self.on else text

    def severity(self, severity: Severity, text: str) -> str:
        return f"{_COLOURS[severity]}{text}{_OFF}" if self.on else text


def _gutter(diagnostic: Diagnostic, sources: Mapping[str, SourceText]) -> int:
    """Return the width of the widest line number shown."""
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    numbers = [sources[span.source].position(span.start).line for span in spans if span.source in sources]
    return len(str(max(numbers, default=1)))


def _place(
    span: Span,
    sources: Mapping[str, SourceText],
    gutter: int,
    message: str,
    mark: str,
    paint: _Paint,
    severity: Severity | None,
) -> list[str]:
    """Return the lines that show one place."""
    bar = paint.blue("|")
    arrow = paint.blue("-->" if severity else ":::")
    lines = [f"{' ' * gutter}{arrow} {location(span, sources)}"]
    source = sources.get(span.source)
    if source is None:
        return lines + ([f"{' ' * gutter} {bar} {printable(message)}"] if message else [])
    number, column = source.position(span.start)
    text = source.line(number)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    text, column, length = _cut(text, column, length)
    before, marked = _columns(text[: column - 1]), max(1, len(_columns(text[column - 1 : column - 1 + length])))
    underline = mark * marked + (f" {printable(message)}" if message else "")
    shown = paint.severity(severity, underline) if severity else paint.blue(underline)
    lines.append(f"{' ' * gutter} {bar}")
    lines.append(f"{paint.blue(str(number).rjust(gutter))} {bar} {_columns(text)}".rstrip())
    lines.append(f"{' ' * gutter} {bar} {' ' * len(before)}{shown}")
    return lines


def _columns(text: str) -> str:
    """Return a text as it takes up columns: tabs as four spaces, control characters as one mark."""
    return "".join("    " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _cut(text: str, column: int, length: int) -> tuple[str, int, int]:
    """Shorten a long line around the marked columns."""
    length = min(length, _WIDEST)
    if len(text) <= _WIDEST:
        return text, column, length
    first = max(0, min(column - 1 - _WIDEST // 4, len(text) - _WIDEST))
    piece = text[first : first + _WIDEST]
    prefix = "..." if first else ""
    suffix = "..." if first + _WIDEST < len(text) else ""
    return f"{prefix}{piece}{suffix}", column - first + len(prefix), length
