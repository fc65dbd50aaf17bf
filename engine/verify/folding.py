"""Conditions with a part of the answer known: what is left to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

from engine.model.attributes import Subject
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

Atom = Membership | Matching | Bound | PassedThrough

NEVER = Negation(ALWAYS)
"""The condition that holds for nothing."""


def fold(condition: Condition, known: Callable[[Atom], bool | None]) -> Condition:
    """Return what is left of a condition when some of its tests are answered.

    Args:
        condition: any condition.
        known: a test's answer, or None where it stays open.

    Returns:
        `ALWAYS`, `NEVER`, or a condition without any constant in it.
    """
    match condition:
        case Always():
            return ALWAYS
        case Membership() | Matching() | Bound() | PassedThrough():
            answer = known(condition)
            return condition if answer is None else ALWAYS if answer else NEVER
        case Negation():
            operand = fold(condition.operand, known)
            if operand == ALWAYS:
                return NEVER
            return ALWAYS if operand == NEVER else Negation(operand, condition.span)
        case Conjunction():
            return all_of(fold(operand, known) for operand in condition.operands)
        case Disjunction():
            return any_of(fold(operand, known) for operand in condition.operands)
        case _:
            assert_never(condition)


def all_of(operands: Iterable[Condition]) -> Condition:
    """Return the condition that all of some conditions hold; constants are left out."""
    found: dict[Condition, None] = {}
    for operand in operands:
        if operand == NEVER:
            return NEVER
        if operand != ALWAYS:
            found[operand] = None
    return ALWAYS if not found else next(iter(found)) if len(found) == 1 else Conjunction(tuple(found))


def any_of(operands: Iterable[Condition]) -> Condition:
    """Return the condition that one of some conditions holds; constants are left out."""
    found: dict[Condition, None] = {}
    for operand in operands:
        if operand == ALWAYS:
            return ALWAYS
        if operand != NEVER:
            found[operand] = None
    return NEVER if not found else next(iter(found)) if len(found) == 1 else Disjunction(tuple(found))


def negated(condition: Condition) -> Condition:
    """Return the opposite of a condition, without a double negation."""
    return condition.operand if isinstance(condition, Negation) else Negation(condition)


def about(known: Mapping[Subject, Facts]) -> Callable[[Atom], bool | None]:
    """Return what `fold` asks, where everything about some subjects is known and nothing about others."""

    def answer(atom: Atom) -> bool | None:
        if isinstance(atom, PassedThrough):
            return None
        facts = known.get(atom.attribute.subject)
        return None if facts is None else evaluate(atom, facts)

    return answer
