"""Conditions in words, close to how a `.promo` file says them."""

from __future__ import annotations

from typing import assert_never

from engine.model.attributes import Attribute
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
from engine.resolve.reasons import shown
from grammar.lexical import quote

_LONGEST = 120


def condition_words(condition: Condition) -> str:
    """Return a condition for people; a long one is cut."""
    words = _words(condition)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}..."


def _words(condition: Condition) -> str:
    match condition:
        case Always():
            return "always"
        case Membership():
            return _test(condition, "")
        case Matching():
            return _test(condition, "")
        case Bound():
            return f"{condition.attribute} {condition.operator} {shown(condition.attribute, condition.value)}"
        case PassedThrough():
            return f"passed {condition.environment}"
        case Negation(operand=Membership() | Matching() as operand):
            return _test(operand, "not ")
        case Negation():
            return f"not ({_words(condition.operand)})"
        case Conjunction():
            return " and ".join(_inner(operand) for operand in condition.operands)
        case Disjunction():
            return " or ".join(_inner(operand) for operand in condition.operands)
        case _:
            assert_never(condition)


def _inner(condition: Condition) -> str:
    words = _words(condition)
    return f"({words})" if isinstance(condition, Conjunction | Disjunction) else words


def _test(test: Membership | Matching, negation: str) -> str:
    match test:
        case Membership(attribute=attribute, values=(value,)):
            return f"{attribute} {'!=' if negation else '=='} {_value(attribute, value)}"
        case Membership(attribute=attribute, values=values):
            return f"{attribute} {negation}in [{', '.join(_value(attribute, value) for value in values)}]"
        case Matching(attribute=attribute, globs=(glob,)):
            return f"{attribute} {negation}matches {quote(glob)}"
        case Matching(attribute=attribute, globs=globs):
            return f"{attribute} {negation}matches [{', '.join(map(quote, globs))}]"
        case _:
            assert_never(test)


def _value(attribute: Attribute, value: object) -> str:
    return quote(value) if isinstance(value, str) and attribute.field != "kind" else str(value)
