"""Which conditions can obviously not hold together: a quick filter before the prover is asked.

Only what stands in the open is looked at: tests for membership of attributes that hold one value at most.
"""

from __future__ import annotations

from functools import lru_cache

from engine.model.attributes import ATTRIBUTES, Attribute
from engine.model.conditions import Condition, Matching, Membership, Negation, conjuncts
from engine.model.glob import matches
from engine.model.values import Scalar


@lru_cache(maxsize=65536)
def _box(condition: Condition) -> dict[Attribute, frozenset[Scalar]]:
    """Return the values each attribute is limited to."""
    parts = conjuncts(condition)
    found: dict[Attribute, frozenset[Scalar]] = {}
    for part in parts:
        if isinstance(part, Membership) and not _many(part.attribute):
            values = frozenset(part.values)
            found[part.attribute] = found[part.attribute] & values if part.attribute in found else values
    for part in parts:
        test = part.operand if isinstance(part, Negation) else part
        if not isinstance(test, Matching | Membership) or test.attribute not in found:
            continue
        wanted = test is part
        found[test.attribute] = frozenset(value for value in found[test.attribute] if _fits(test, value) is wanted)
    return found


def apart(one: Condition, other: Condition) -> bool:
    """Say whether two conditions obviously exclude each other; a no means nothing."""
    first, second = _box(one), _box(other)
    if len(first) > len(second):
        first, second = second, first
    return any(attribute in second and not values & second[attribute] for attribute, values in first.items())


def empty(condition: Condition) -> bool:
    """Say whether a condition obviously never holds; a no means nothing."""
    return any(not values for values in _box(condition).values())


def _fits(test: Matching | Membership, value: Scalar) -> bool:
    if isinstance(test, Membership):
        return value in test.values
    return isinstance(value, str) and any(matches(glob, value) for glob in test.globs)


def _many(attribute: Attribute) -> bool:
    return ATTRIBUTES[attribute.subject, attribute.field].many
