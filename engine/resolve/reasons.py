"""Why a condition does not hold: the smallest parts that fail, in words, with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from engine.model.attributes import ATTRIBUTES, Attribute, Subject, ValueType
from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.values import NoWorkflow, Scalar
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from grammar.lexical import duration_token
from grammar.span import NOWHERE, Span

_SHOWN = 5
"""Values listed at most before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a condition that keeps it from holding.

    Attributes:
        message: lower case, user text in backticks.
        span: the part of the condition that fails.
    """

    message: str
    span: Span = field(default=NOWHERE, compare=False)


def why_not(condition: Condition, facts: Facts) -> tuple[Reason, ...]:
    """Return why a condition does not hold: each reason suffices alone.

    Args:
        condition: any condition.
        facts: what it is asked for.

    Returns:
        The failing parts in the order written; none when the condition holds. Of a conjunction, the
        operands that fail; of a disjunction one reason that names all of them.
    """
    return () if evaluate(condition, facts) else _failing(condition, facts)


def _failing(condition: Condition, facts: Facts) -> tuple[Reason, ...]:
    match condition:
        case Always():
            return ()
        case Membership() | Matching() | Bound() | PassedThrough():
            return (Reason(_not_so(condition, facts), condition.span),)
        case Negation():
            return tuple(_at(reason, condition.span) for reason in _holding(condition.operand, facts))
        case Conjunction():
            return tuple(
                reason
                for operand in condition.operands
                if not evaluate(operand, facts)
                for reason in _failing(operand, facts)
            )
        case Disjunction():
            return (_all(condition.operands, facts, holding=False, span=condition.span),)
        case _:
            assert_never(condition)


def _holding(condition: Condition, facts: Facts) -> tuple[Reason, ...]:
    """Return why a condition that was to fail holds: each reason suffices alone."""
    match condition:
        case Always():
            return (Reason("it always holds"),)
        case Membership() | Matching() | Bound() | PassedThrough():
            return (Reason(_so(condition, facts), condition.span),)
        case Negation():
            return tuple(_at(reason, condition.span) for reason in _failing(condition.operand, facts))
        case Conjunction():
            return (_all(condition.operands, facts, holding=True, span=condition.span),)
        case Disjunction():
            return tuple(
                reason
                for operand in condition.operands
                if evaluate(operand, facts)
                for reason in _holding(operand, facts)
            )
        case _:
            assert_never(condition)


def _all(operands: tuple[Condition, ...], facts: Facts, *, holding: bool, span: Span) -> Reason:
    """Return the one reason that needs every operand, with the first of the reasons of each."""
    explain = _holding if holding else _failing
    parts = [explain(operand, facts)[0].message for operand in operands]
    return Reason(", and ".join(dict.fromkeys(parts)), span)


def _at(reason: Reason, span: Span) -> Reason:
    """Return a reason with its own place, or else that of what surrounds it."""
    return reason if reason.span != NOWHERE else Reason(reason.message, span)


def _not_so(test: Membership | Matching | Bound | PassedThrough, facts: Facts) -> str:
    """Say what stands in the way of a test that fails."""
    if isinstance(test, PassedThrough):
        return f"the change does not pass `{test.environment}` before"
    values = facts.of(test.attribute)
    has = _has(test.attribute, values)
    match test:
        case Membership():
            wanted = _any(test.attribute, test.values)
            return f"{has}, not {wanted}" if values else f"{has}; it would have to be {wanted}"
        case Matching():
            wanted = _any(test.attribute, test.globs)
            return f"{has}, which does not match {wanted}" if values else f"{has}; it would have to match {wanted}"
        case Bound():
            wanted = f"{test.operator} {shown(test.attribute, test.value)}"
            return f"{has}, not {wanted}" if values else f"{has}; it would have to be {wanted}"
        case _:
            assert_never(test)


def _so(test: Membership | Matching | Bound | PassedThrough, facts: Facts) -> str:
    """Say what makes a test hold that was to fail: the values that fit it."""
    if isinstance(test, PassedThrough):
        return f"the change passes `{test.environment}` before"
    attribute = test.attribute
    fitting = tuple(value for value in facts.of(attribute) if evaluate(test, Facts({attribute: (value,)})))
    has = _has(attribute, fitting)
    match test:
        case Membership():
            return f"{has}, which is excluded"
        case Matching():
            return f"{has}, and what matches {_any(attribute, test.globs)} is excluded"
        case Bound():
            return f"{has}, and {test.operator} {shown(attribute, test.value)} is excluded"
        case _:
            assert_never(test)


def _has(attribute: Attribute, values: tuple[Scalar, ...]) -> str:
    spec = ATTRIBUTES.get((attribute.subject, attribute.field))
    many = spec is not None and spec.many
    if not values:
        return f"`{attribute}` is {'empty' if many else 'not set'}"
    return f"`{attribute}` {'holds' if many else 'is'} {_listed(attribute, values, 'and')}"


def _any(attribute: Attribute, values: tuple[Scalar, ...]) -> str:
    return _listed(attribute, values, "or")


def _listed(attribute: Attribute, values: tuple[Scalar, ...], conjunction: str) -> str:
    words = [shown(attribute, value) for value in values[:_SHOWN]]
    if len(values) > _SHOWN:
        words.append(f"{len(values) - _SHOWN} more")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def shown(attribute: Attribute, value: Scalar) -> str:
    """Return a value of an attribute as messages show it: words of closed lists bare, user text in backticks."""
    if isinstance(value, NoWorkflow):
        return "none"
    spec = ATTRIBUTES.get((attribute.subject, attribute.field))
    if isinstance(value, int):
        return duration_token(value) if spec is not None and spec.type is ValueType.DURATION else str(value)
    if spec is not None and spec.type in (ValueType.KIND, ValueType.ACTION, ValueType.ROLLBACK):
        return value
    if attribute.subject is Subject.COMMIT and attribute.field == "message":
        first, *rest = value.split("\n", 1)
        return f"`{first}{' ...' if rest else ''}`"
    return f"`{value}`"
