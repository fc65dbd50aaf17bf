"""What a rule is: a code, a name, its documentation, and a check."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import ClassVar

from engine.lint.material import Material
from engine.lint.options import DEFAULT_OPTIONS, Options
from grammar.diagnostics import Diagnostic, Fix, FixSafety, Label, Severity
from grammar.span import Span


class Category(Enum):
    """What a rule is about; the values are the words of selections and of documentation."""

    DIRECTIVES = "directives"
    CORRECTNESS = "correctness"
    SAFETY = "safety"
    STYLE = "style"
    MIGRATION = "migration"


class Rule(ABC):
    """One rule.

    Attributes:
        code: ``L`` and three digits, of which the first tells the category; never reused.
        name: lower case, words joined by hyphens; what people write in selections.
        category: what it is about.
        severity: how much its findings weigh where nothing else is configured.
        summary: one sentence, without a final period, that begins with what is found.
        why: why that matters, as sentences.
        avoid: an example with findings. A line ``# file: NAME`` begins another file of the example.
        prefer: the same without findings.
        configuration: how it can be configured besides selection and severity; empty where it cannot.
        fix: how far its fix can be trusted; None where it has none.
        example_options: what is configured where the examples are looked at.
        by_default: whether it is selected where nothing is configured.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    category: ClassVar[Category]
    severity: ClassVar[Severity] = Severity.WARNING
    summary: ClassVar[str]
    why: ClassVar[str]
    avoid: ClassVar[str]
    prefer: ClassVar[str]
    configuration: ClassVar[str] = ""
    fix: ClassVar[FixSafety | None] = None
    example_options: ClassVar[Options] = DEFAULT_OPTIONS
    by_default: ClassVar[bool] = True

    @abstractmethod
    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the rule's findings, in any order; never raises for a workspace that was built without errors."""

    def found(
        self, message: str, span: Span, *, help: str = "", labels: Iterable[Label] = (), fix: Fix | None = None
    ) -> Diagnostic:
        """Return a finding of this rule.

        Args:
            message: lower case, no final period, the user's text in backticks.
            span: the place it is about.
            help: what to do.
            labels: other places that belong to it.
            fix: edits that mend it; left out in manifests, whose text has another form.
        """
        return Diagnostic(self.code, self.severity, message, span, tuple(labels), help, fix)
