"""What a verification gave, ready to be shown."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.cli.lint_output.outcome import Described, Outcome
from adapters.workspace import Loaded
from adapters.workspace.linting import relative_to
from engine.resolve.decision import Decision
from engine.resolve.resolver import Resolver
from engine.verify.context import Check
from engine.verify.finding import Finding
from engine.verify.points import Witness
from engine.verify.report import Report
from grammar.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Verified:
    """A report, and what is needed to show it.

    Attributes:
        loaded: the workspace that was verified.
        report: what was found out.
        checks: those that ran, in their order.
        resolver: of the workspace.
        folder: what `-C` gave; commands that are shown repeat it.
        closed: whether only declared names were looked at.
    """

    loaded: Loaded
    report: Report
    checks: tuple[Check, ...]
    resolver: Resolver
    folder: Path | None = None
    closed: bool = False

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Return everything that is not proved: findings, then what is unknown."""
        return (*self.report.findings, *self.report.unknown)

    def command(self, witness: Witness) -> str:
        """Return the command line that shows what is decided at a point."""
        folder = ["-C", str(self.folder)] if self.folder is not None else []
        given = [word for assignment in witness.given() for word in ("--given", assignment)]
        return shlex.join(["promo", "eval", *folder, *given])

    def decision(self, witness: Witness) -> Decision:
        """Return what is decided at a point; a declared name has its own facts."""
        return self.resolver.decide(witness.product.facts, witness.environment.facts, flow=witness.flow)

    def outcome(self) -> Outcome:
        """Return it as the writers of findings take it; the command that shows a counterexample joins the help."""
        described = {
            check.code: Described(check.name, check.doc.rstrip("."), check.doc, check.severity, "proofs")
            for check in self.checks
        }
        sources = self.loaded.sources
        return Outcome(
            tuple(map(self._diagnostic, self.shown)),
            sources,
            {},
            tuple(sources),
            {name: relative_to(self.loaded, name) for name in sources},
            described,
        )

    def _diagnostic(self, found: Finding) -> Diagnostic:
        diagnostic = found.diagnostic()
        if found.witness is None:
            return diagnostic
        show = f"`{self.command(found.witness)}` shows it"
        return replace(diagnostic, help=f"{found.help}; {show}" if found.help else show)
