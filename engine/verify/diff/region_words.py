"""Regions in words: which products in which environments, as a person would say it.

A region is described by what both winners' conditions ask, each test once. Tests that others imply are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from engine.model.attributes import Attribute, Subject
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
    conjuncts,
)
from engine.model.glob import matches
from engine.resolve.reasons import shown
from engine.verify.diff.joint import Slice
from engine.verify.diff.region import Region
from engine.verify.folding import NEVER
from grammar.lexical import quote
from grammar.vocabulary import listing

_MOST = 6
"""Values listed before the rest is counted."""


def where(region: Region) -> str:
    """Return which points a region is about, e.g. ``production of products labelled team="payments"``."""
    tests = _needed(part for winner in (region.old, region.new) if winner.when for part in conjuncts(winner.when))
    products = _of(tests, Subject.PRODUCT)
    environments = _of(tests, Subject.ENVIRONMENT)
    rest = [test for test in tests if test not in products and test not in environments]
    product = _moved(region.part, Subject.PRODUCT) or _side(products, "product")
    environment = _moved(region.part, Subject.ENVIRONMENT) or _side(environments, "environment")
    text = f"{environment} of {product}"
    if rest:
        text += f", where {' and '.join(_condition(test) for test in rest)}"
    if region.flow is not None:
        text = f"step `{region.witness.environment.name}` of flow `{region.flow}`, for {product}"
    return text


def _moved(part: Slice, subject: Subject) -> str:
    """Return a thing whose own facts changed; empty where none did."""
    moved = part.product if subject is Subject.PRODUCT else part.environment
    if moved is None or moved.old == moved.new:
        return ""
    return f"{subject.value} `{moved.new.name}` (which changed itself)"


def _needed(tests: Iterable[Condition]) -> list[Condition]:
    """Return tests without those that another one implies."""
    found = list(dict.fromkeys(tests))
    return [test for test in found if not any(other != test and _implies(other, test) for other in found)]


def _implies(one: Condition, other: Condition) -> bool:
    """Say whether one test obviously implies another of the same attribute."""
    if isinstance(one, Membership) and isinstance(other, Membership | Matching) and one.attribute == other.attribute:
        if isinstance(other, Membership):
            return set(one.values) < set(other.values)
        return all(isinstance(v, str) and any(matches(glob, v) for glob in other.globs) for v in one.values)
    return False


def _of(tests: list[Condition], subject: Subject) -> list[Membership | Matching | Negation]:
    """Return the plain tests about one subject."""
    found: list[Membership | Matching | Negation] = []
    for test in tests:
        plain = test.operand if isinstance(test, Negation) else test
        if isinstance(plain, Membership | Matching) and plain.attribute.subject is subject:
            assert isinstance(test, Membership | Matching | Negation)
            found.append(test)
    return found


def _side(tests: list[Membership | Matching | Negation], what: str) -> str:
    """Return the products, or environments, that fulfil tests."""
    if not tests:
        return f"every {what}"
    head, qualities = f"{what}s", []
    for test in tests:
        wanted = not isinstance(test, Negation)
        plain = test.operand if isinstance(test, Negation) else test
        assert isinstance(plain, Membership | Matching)
        attribute = plain.attribute
        if wanted and attribute.field == "kind" and isinstance(plain, Membership) and len(plain.values) == 1:
            head = "production" if plain.values[0] == "prod" else "non-production"
        elif wanted and attribute.field == "name" and isinstance(plain, Membership) and len(tests) == 1:
            return f"{what} {_values(plain)}" if len(plain.values) == 1 else f"{what}s {_values(plain)}"
        else:
            qualities.append(_quality(attribute, plain, wanted))
    return " ".join([head, listing(qualities, "and")]) if qualities else head


def _quality(attribute: Attribute, test: Membership | Matching, wanted: bool) -> str:
    no = "" if wanted else "not "
    like = "" if isinstance(test, Membership) else "like "
    match attribute.field:
        case "name":
            return f"{no}named {like}{_values(test)}"
        case "labels":
            return f"{no}labelled {attribute.key}={_label_values(test)}"
        case "tags":
            return f"{no}tagged {like}{_values(test)}"
        case "clusters":
            return f"{no}on {like}{_values(test)}"
        case _:
            return f"{no}of {attribute.field} {like}{_values(test)}"


def _values(test: Membership | Matching) -> str:
    values = list(test.values if isinstance(test, Membership) else test.globs)
    words = [shown(test.attribute, value) for value in values[:_MOST]]
    return listing([*words, *([f"{len(values) - _MOST} more"] if len(values) > _MOST else [])])


def _label_values(test: Membership | Matching) -> str:
    values = list(test.values if isinstance(test, Membership) else test.globs)
    words = [str(value) if _plain(str(value)) else quote(str(value)) for value in values[:_MOST]]
    return listing([*words, *([f"{len(values) - _MOST} more"] if len(values) > _MOST else [])])


def _plain(text: str) -> bool:
    return bool(text) and all(character.isalnum() or character in "-_.*" for character in text)


def _condition(condition: Condition) -> str:
    """Return what cannot be said as a quality, close to how it is written."""
    match condition:
        case Always():
            return "always"
        case Membership():
            return f"`{condition.attribute}` is {_values(condition)}"
        case Matching():
            return f"`{condition.attribute}` is like {_values(condition)}"
        case Bound():
            return f"`{condition.attribute}` {condition.operator} {condition.value}"
        case PassedThrough():
            return f"`{condition.environment}` was passed"
        case Negation():
            return "never" if condition == NEVER else f"not ({_condition(condition.operand)})"
        case Conjunction():
            return f"({' and '.join(_condition(operand) for operand in condition.operands)})"
        case Disjunction():
            return f"({' or '.join(_condition(operand) for operand in condition.operands)})"
        case _:
            assert_never(condition)
