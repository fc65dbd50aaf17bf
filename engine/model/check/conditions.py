"""Checks conditions: every name, type and operator, before anything is evaluated.

A condition that has an error has no meaning: the checker returns None for it, never a condition that is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from engine.model.attributes import Attribute, Scope, Subject
from engine.model.check.comparisons import Comparisons
from engine.model.check.findings import Findings, Mention
from engine.model.conditions import (
    ALWAYS,
    Condition,
    Conjunction,
    Disjunction,
    Negation,
    PassedThrough,
)
from grammar.diagnostics import Diagnostic, error
from grammar.expressions import (
    And,
    Comparison,
    Expression,
    Not,
    Or,
    Passed,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a condition gave.

    Attributes:
        condition: its meaning; None when it has an error.
        diagnostics: in the order the condition is read.
        mentions: the names and label keys it speaks of.
    """

    condition: Condition | None
    diagnostics: tuple[Diagnostic, ...]
    mentions: tuple[Mention, ...]


def check_condition(expression: Expression, scope: Scope) -> Checked:
    """Check a condition as written.

    Args:
        expression: what was written.
        scope: where it stands.

    Returns:
        Its meaning or its errors; never raises for an expression as deep as the grammar allows. Cost: O(size).
    """
    findings = Findings()
    condition = _Checker(scope, findings).condition(expression)
    return Checked(condition, tuple(findings.diagnostics), tuple(findings.mentions))


class _Checker:
    """Checks one condition."""

    def __init__(self, scope: Scope, findings: Findings) -> None:
        self.scope = scope
        self.findings = findings
        self.comparisons = Comparisons(scope, findings)

    def condition(self, expression: Expression) -> Condition | None:
        match expression:
            case Comparison():
                return self.comparisons.condition(expression)
            case Passed():
                return self._passed(expression)
            case Not():
                operand = self.condition(expression.operand)
                return None if operand is None else Negation(operand, expression.span)
            case And():
                return self._all_or_one(expression)
            case Or():
                return self._all_or_one(expression)
            case _:
                assert_never(expression)

    def _all_or_one(self, expression: And | Or) -> Condition | None:
        checked = [self.condition(operand) for operand in expression.operands]
        operands = tuple(operand for operand in checked if operand is not None)
        if len(operands) < len(checked):
            return None
        if len(operands) == 1:
            return operands[0]
        if isinstance(expression, And):
            return Conjunction(operands, span=expression.span) if operands else ALWAYS
        if not operands:
            self._report(error("M028", "an `or` of nothing holds for nothing", expression.span))
            return None
        return Disjunction(operands, span=expression.span)

    def _passed(self, expression: Passed) -> Condition | None:
        if not self.scope.passed:
            self._report(
                error(
                    "M031",
                    f"`passed` cannot be asked in {self.scope.place}",
                    expression.span,
                    help="it is for the `that` of a requirement",
                )
            )
            return None
        environment = Attribute(Subject.ENVIRONMENT, "name")
        self.findings.mentions.append(Mention(environment, expression.environment, expression.span, required=True))
        return PassedThrough(expression.environment, expression.span)

    def _report(self, diagnostic: Diagnostic) -> None:
        self.findings.report(diagnostic)
