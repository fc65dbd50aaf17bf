"""What the manifest form cannot say, collected for one entity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grammar.diagnostics import Diagnostic, error
from grammar.span import NOWHERE, Span

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """An entity has no manifest.

    Attributes:
        title: the entity, e.g. ``policy reviewed``.
        reasons: at least one, each at the place it is about, in the order they were met.
    """

    title: str
    reasons: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Refusals:
    """Collects the reasons while the data of one entity is made.

    Attributes:
        title: the entity, e.g. ``policy reviewed``.
        span: where it is declared, for what has no place of its own.
        reasons: so far.
    """

    title: str
    span: Span
    reasons: list[Diagnostic] = field(default_factory=list)

    def add(self, code: str, message: str, span: Span = NOWHERE, help: str = "") -> None:
        """Record one reason; without a place of its own it is about the whole entity."""
        at = span if span.source else Span(self.span.start, self.span.start, self.span.source)
        self.reasons.append(error(code, message, at, help=help))
