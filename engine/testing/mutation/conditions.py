"""Conditions with one thing changed: a part dropped or turned round, a value left out or another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from engine.model.attributes import WORDS, Attribute, Subject, ValueType
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
    atoms,
)
from engine.model.values import Scalar
from engine.resolve.reasons import shown
from engine.testing.condition_words import condition_words
from engine.testing.coverage.branches import replaced
from grammar.span import NOWHERE, Span

Vocabulary = Callable[[Attribute], tuple[Scalar, ...]]
"""Values that an attribute has somewhere, sorted."""

_KIND = Attribute(Subject.ENVIRONMENT, "kind")


@dataclass(frozen=True, slots=True)
class Changed:
    """A condition with one thing changed.

    Attributes:
        condition: as it would be.
        words: what was changed.
        span: the part.
    """

    condition: Condition
    words: str
    span: Span


def changed_conditions(condition: Condition, vocabulary: Vocabulary) -> Iterator[Changed]:
    """Yield a condition with one thing changed, each way once, in the order written."""
    seen = {condition}
    for found in (*_dropped(condition), *_turned(condition), *_values(condition, vocabulary)):
        if found.condition not in seen:
            seen.add(found.condition)
            yield found


def _dropped(whole: Condition) -> Iterator[Changed]:
    """Yield the condition without one operand of a conjunction or a disjunction, or without itself."""
    if not isinstance(whole, Always | Conjunction | Disjunction):
        yield Changed(ALWAYS, f"without `when {condition_words(whole)}`", whole.span)
        return
    for group in _groups(whole):
        for operand in group.operands:
            rest = tuple(other for other in group.operands if other is not operand)
            less: Condition = replace(group, operands=rest) if len(rest) > 1 else rest[0]
            joint = "and" if isinstance(group, Conjunction) else "or"
            yield Changed(replaced(whole, group, less), f"without `{joint} {condition_words(operand)}`", _span(operand))


def _groups(condition: Condition) -> Iterator[Conjunction | Disjunction]:
    match condition:
        case Conjunction() | Disjunction():
            yield condition
            for operand in condition.operands:
                yield from _groups(operand)
        case Negation():
            yield from _groups(condition.operand)
        case _:
            return


def _turned(whole: Condition) -> Iterator[Changed]:
    """Yield the condition with one of its tests turned round."""
    for test in _tests(whole):
        if isinstance(test, Membership) and test.attribute == _KIND and len(test.values) == 1:
            continue  # the other kind is the opposite: it comes as another value
        opposite = test.operand if isinstance(test, Negation) else Negation(test, test.span)
        words = f"`{condition_words(test)}` turned round"
        yield Changed(replaced(whole, test, opposite), words, _span(test))


def _tests(condition: Condition) -> Iterator[Membership | Matching | Bound | PassedThrough | Negation]:
    """Yield single tests, each with its negation."""
    match condition:
        case Membership() | Matching() | Bound() | PassedThrough():
            yield condition
        case Negation(operand=Membership() | Matching() | Bound() | PassedThrough()):
            yield condition
        case Negation():
            yield from _tests(condition.operand)
        case Conjunction() | Disjunction():
            for operand in condition.operands:
                yield from _tests(operand)
        case _:
            return


def _values(whole: Condition, vocabulary: Vocabulary) -> Iterator[Changed]:
    """Yield the condition with one value of a list left out, or another in place of a single one."""
    for test in atoms(whole):
        match test:
            case Membership(values=(value,)):
                other = _other(test.attribute, value, vocabulary)
                if other is not None:
                    swapped = replace(test, values=(other,))
                    words = f"{shown(test.attribute, other)} instead of {shown(test.attribute, value)}"
                    yield Changed(replaced(whole, test, swapped), f"`{test.attribute}`: {words}", test.span)
            case Membership():
                for value in test.values:
                    fewer = replace(test, values=tuple(one for one in test.values if one != value))
                    words = f"`{test.attribute}` without {shown(test.attribute, value)}"
                    yield Changed(replaced(whole, test, fewer), words, test.span)
            case Matching(globs=globs) if len(globs) > 1:
                for glob in globs:
                    some = replace(test, globs=tuple(one for one in globs if one != glob))
                    words = f"`{test.attribute}` without matching `{glob}`"
                    yield Changed(replaced(whole, test, some), words, test.span)
            case _:
                pass


def _other(attribute: Attribute, value: Scalar, vocabulary: Vocabulary) -> Scalar | None:
    """Return the value after one among those in use, the first after the last; None when there is no other."""
    known = WORDS[ValueType.KIND] if attribute == _KIND else vocabulary(attribute)
    others = [one for one in known if one != value]
    return next((one for one in others if str(one) > str(value)), others[0] if others else None)


def _span(condition: Condition) -> Span:
    return NOWHERE if isinstance(condition, Always) else condition.span
