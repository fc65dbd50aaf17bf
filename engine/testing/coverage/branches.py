"""The branches of a condition: each way it can hold, and each thing that it excludes.

A branch says what must hold for facts, and what must not, so that it is exercised by them. An exclusion is
exercised where it alone keeps the condition from holding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import assert_never

from engine.model.conditions import (
    ALWAYS,
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
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from engine.resolve.reasons import shown
from engine.testing.condition_words import condition_words
from grammar.span import NOWHERE, Span

_NEVER = Negation(ALWAYS)


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a condition.

    Attributes:
        words: what it is, for people.
        must: conditions that hold where it is exercised.
        forbid: conditions that do not.
        span: the part of the condition that it is about.
    """

    words: str
    must: tuple[Condition, ...]
    forbid: tuple[Condition, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    def exercised_by(self, facts: Facts) -> bool:
        """Say whether facts exercise it."""
        return all(evaluate(one, facts) for one in self.must) and not any(evaluate(one, facts) for one in self.forbid)


def branches(condition: Condition) -> tuple[Branch, ...]:
    """Return the branches of a condition, in the order written; none for a plain conjunction of single tests."""
    return tuple(dict.fromkeys(_branches(condition, condition, (condition,), wanted=True)))


def _branches(part: Condition, whole: Condition, context: tuple[Condition, ...], *, wanted: bool) -> Iterator[Branch]:
    """Yield the branches of a part that is wanted to hold, or not to.

    ``context`` holds the whole condition, and those alternatives around the part that have to be the ones that hold.
    """
    match part:
        case Always():
            return
        case Negation():
            yield from _branches(part.operand, whole, context, wanted=not wanted)
        case Conjunction() | Disjunction() if isinstance(part, Conjunction) is wanted:
            for operand in part.operands:
                yield from _branches(operand, whole, context, wanted=wanted)
        case Conjunction() | Disjunction():
            for operand in part.operands:
                way = operand if wanted else Negation(operand, _span(operand))
                yield Branch(f"where {condition_words(way)}", (*context, way), (), _span(operand))
                yield from _branches(operand, whole, (*context, way), wanted=wanted)
        case Membership() | Matching() | Bound() | PassedThrough():
            yield from _of_test(part, whole, context, wanted=wanted)
        case _:
            assert_never(part)


def _of_test(
    test: Membership | Matching | Bound | PassedThrough,
    whole: Condition,
    context: tuple[Condition, ...],
    *,
    wanted: bool,
) -> Iterator[Branch]:
    singles = tuple(_singles(test))
    if wanted:
        for words, single, _ in singles if len(singles) > 1 else ():
            yield Branch(f"where {words}", (*context, single), (), test.span)
        return
    for words, _, rest in singles:
        yield Branch(f"except where {words}", (replaced(whole, test, rest),), (whole,), test.span)


def _singles(
    test: Membership | Matching | Bound | PassedThrough,
) -> Iterator[tuple[str, Condition, Condition]]:
    """Yield each value of a test in words, the test of it alone, and the test without it."""
    match test:
        case Membership(values=values):
            for value in values:
                others = tuple(other for other in values if other != value)
                rest = replace(test, values=others) if others else _NEVER
                yield f"`{test.attribute}` is {shown(test.attribute, value)}", replace(test, values=(value,)), rest
        case Matching(globs=globs):
            for glob in globs:
                fewer = tuple(other for other in globs if other != glob)
                less = replace(test, globs=fewer) if fewer else _NEVER
                yield f"`{test.attribute}` matches `{glob}`", replace(test, globs=(glob,)), less
        case Bound() | PassedThrough():
            yield condition_words(test), test, _NEVER
        case _:
            assert_never(test)


def replaced(condition: Condition, old: Condition, new: Condition) -> Condition:
    """Return a condition with one of its parts, that very object, replaced."""
    if condition is old:
        return new
    match condition:
        case Negation():
            return Negation(replaced(condition.operand, old, new), condition.span)
        case Conjunction():
            return Conjunction(tuple(replaced(one, old, new) for one in condition.operands), condition.span)
        case Disjunction():
            return Disjunction(tuple(replaced(one, old, new) for one in condition.operands), condition.span)
        case Always() | Membership() | Matching() | Bound() | PassedThrough():
            return condition
        case _:
            assert_never(condition)


def _span(condition: Condition) -> Span:
    return NOWHERE if isinstance(condition, Always) else condition.span
