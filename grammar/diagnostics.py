"""Findings as values: what is wrong, where, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span


class Severity(Enum):
    """How much a finding weighs; the values are the words that are printed."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class FixSafety(Enum):
    """Whether a fix may be applied without a person's look."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY_ONLY = "display-only"


@quick_state
@dataclass(frozen=True, slots=True)
class Label:
    """A second place that matters, with what it has to do with the finding."""

    span: Span
    message: str


@quick_state
@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace what a span covers by a text."""

    span: Span
    text: str


@quick_state
@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that remove the finding.

    Attributes:
        message: what applying it does, in the imperative.
        edits: non-overlapping, in order of position.
        safety: whether it may be applied unseen.
    """

    message: str
    edits: tuple[TextEdit, ...]
    safety: FixSafety = FixSafety.SAFE


@quick_state
@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        code: stable and never reused: a letter for the family and three digits, e.g. ``S014``.
        severity: error, warning or info.
        message: lower case, no final period, the user's text in backticks.
        span: the place it is about.
        labels: other places that belong to it, in reading order.
        help: what to do; empty when the message says it.
        fix: edits that mend it, where they are known.
    """

    code: str
    severity: Severity
    message: str
    span: Span = NOWHERE
    labels: tuple[Label, ...] = ()
    help: str = ""
    fix: Fix | None = None

    @property
    def is_error(self) -> bool:
        """Whether it makes the input invalid."""
        return self.severity is Severity.ERROR


def error(
    code: str, message: str, span: Span, *, help: str = "", labels: Iterable[Label] = (), fix: Fix | None = None
) -> Diagnostic:
    """Make a diagnostic of severity error."""
    return Diagnostic(code, Severity.ERROR, message, span, tuple(labels), help, fix)


def warning(
    code: str, message: str, span: Span, *, help: str = "", labels: Iterable[Label] = (), fix: Fix | None = None
) -> Diagnostic:
    """Make a diagnostic of severity warning."""
    return Diagnostic(code, Severity.WARNING, message, span, tuple(labels), help, fix)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by source, place and code, dropping exact repeats."""
    return tuple(
        sorted(
            dict.fromkeys(diagnostics),
            key=lambda found: (found.span.source, found.span.start, found.code, found.message),
        )
    )
