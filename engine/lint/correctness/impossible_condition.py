"""L101."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.condition_logic import Atom, alternatives, contradiction, impossible
from engine.lint.material import Asked, Material
from engine.lint.rule import Category, Rule
from engine.lint.taken_apart import TakenApart
from engine.model.conditions import Condition, Conjunction, Disjunction, Negation
from grammar.diagnostics import Diagnostic, Label, Severity
from grammar.span import Span


class ImpossibleCondition(Rule):
    """Conditions that hold for nothing."""

    code = "L101"
    name = "impossible-condition"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A condition, or one of its alternatives, holds for nothing that could exist"
    why = (
        "A policy whose condition can never hold sets nothing, and a requirement that can never apply protects "
        "nothing. A value is compared with two different names, a test stands beside its opposite, or bounds exclude "
        "each other."
    )
    avoid = """
policy reviewed-production {
  when environment.name == prod-eu and environment.name == prod-us
  action pr
}
"""
    prefer = """
policy reviewed-production {
  when environment.name in [prod-eu, prod-us]
  action pr
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the smallest parts that hold for nothing."""
        apart = material.shared(TakenApart)
        for asked in material.conditions:
            if apart.sound(asked.condition, named=asked.has_environment):
                continue
            for part in _smallest(asked.condition, asked.has_environment):
                yield self._finding(asked, part)

    def _finding(self, asked: Asked, part: Condition) -> Diagnostic:
        guilty = _guilty(part, asked.has_environment)
        span = getattr(part, "span", None)
        labels = [Label(atom.span, "this excludes the other") for atom in guilty if atom.span != span]
        whole = part is asked.condition
        message = f"{asked.title} never holds" if whole else f"this part of {asked.title} never holds"
        return self.found(
            message,
            span if isinstance(span, Span) else guilty[0].span,
            labels=labels if len(labels) > 1 else (),
            help="join alternatives with `or` or `in`, or remove what contradicts the rest",
        )


def _smallest(condition: Condition, named: bool) -> Iterator[Condition]:
    """Yield the parts of a condition that never hold, without the parts they are in.

    Only parts that count as alternatives or as the whole are judged: one inside a `not` says the opposite.
    """
    if isinstance(condition, Disjunction):
        for operand in condition.operands:
            yield from _smallest(operand, named)
    elif impossible(condition, named=named):
        inner = [] if isinstance(condition, Negation) else _inside(condition, named)
        yield from inner or [condition]
    elif isinstance(condition, Conjunction):
        for operand in condition.operands:
            yield from _smallest(operand, named)


def _inside(condition: Condition, named: bool) -> list[Condition]:
    operands = condition.operands if isinstance(condition, Conjunction) else ()
    return [part for operand in operands for part in _smallest(operand, named) if impossible(operand, named=named)]


def _guilty(condition: Condition, named: bool) -> tuple[Atom, ...]:
    clauses = alternatives(condition, True) or ()
    return next((found for clause in clauses if (found := contradiction(clause, named=named))), ())
