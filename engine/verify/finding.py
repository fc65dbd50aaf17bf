"""What a check found: a violation with its witness, something that is dead with its proof, or an open question."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.verify.points import Witness
from engine.verify.verdict import CoreReason, Verdict
from grammar.diagnostics import Diagnostic, Label, Severity
from grammar.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        code: of the check, e.g. ``V101``.
        severity: error, warning or info.
        message: lower case, no final period, the user's text in backticks.
        subject: what it is about, for people and as a key; stable as long as names are.
        span: the place it is about.
        labels: other places that belong to it.
        help: what to do.
        verdict: what was answered.
        now: whether it is real today, for something that is declared; else it is only possible.
        witness: a point that shows it; None for what is proved.
        core: the reasons, for what is proved.
    """

    code: str
    severity: Severity
    message: str
    subject: str
    span: Span = field(default=NOWHERE, compare=False)
    labels: tuple[Label, ...] = field(default=(), compare=False)
    help: str = ""
    verdict: Verdict | None = None
    now: bool = True
    witness: Witness | None = None
    core: tuple[CoreReason, ...] = ()

    def diagnostic(self) -> Diagnostic:
        """Return it as the diagnostic that is printed."""
        return Diagnostic(self.code, self.severity, self.message, self.span, self.labels, self.help)
