"""Typed conditions: what an expression means, with few kinds of node.

An attribute holds no, one or several values (a missing label holds none, tags hold many). Every
test asks whether **any** of the values fits; `!=`, `not in` and `not matches` are `Not` of the
positive test, so they hold for a missing label. Source: domain, conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from engine.model.attributes import Attribute
from engine.model.values import Scalar
from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for everything: a missing `when`."""


@quick_state
@dataclass(frozen=True, slots=True)
class Membership:
    """Some value of the attribute is one of ``values`` (at least one, in the order written)."""

    attribute: Attribute
    values: tuple[Scalar, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Matching:
    """Some value of the attribute matches one of ``globs``, of which at least one holds a `*`."""

    attribute: Attribute
    globs: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Bound:
    """Some value of the attribute stands in relation to a number; operators are ``< <= > >=``.

    ``value`` is a count, or seconds where the attribute is a duration.
    """

    attribute: Attribute
    operator: str
    value: int
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class PassedThrough:
    """The change went through an environment before this one."""

    environment: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Negation:
    """The operand does not hold."""

    operand: Condition
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Conjunction:
    """All operands hold. Two or more; order is kept for printing and means nothing for equality."""

    operands: tuple[Condition, ...] = field(compare=False)
    members: frozenset[Condition] = field(init=False)
    span: Span = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        """Derive what equality compares."""
        object.__setattr__(self, "members", frozenset(self.operands))


@quick_state
@dataclass(frozen=True, slots=True)
class Disjunction:
    """One of the operands holds. Two or more; order is kept for printing and means nothing for equality."""

    operands: tuple[Condition, ...] = field(compare=False)
    members: frozenset[Condition] = field(init=False)
    span: Span = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        """Derive what equality compares."""
        object.__setattr__(self, "members", frozenset(self.operands))


Condition = Always | Membership | Matching | Bound | PassedThrough | Negation | Conjunction | Disjunction

ALWAYS = Always()


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Return the parts that must all hold, in the order written; none for a condition that always holds."""
    match condition:
        case Always():
            return ()
        case Conjunction():
            return tuple(part for operand in condition.operands for part in conjuncts(operand))
        case _:
            return (condition,)


def atoms(condition: Condition) -> Iterator[Membership | Matching | Bound | PassedThrough]:
    """Yield every test in a condition, from left to right."""
    pending = [condition]
    while pending:
        part = pending.pop()
        match part:
            case Membership() | Matching() | Bound() | PassedThrough():
                yield part
            case Conjunction() | Disjunction():
                pending += part.operands[::-1]
            case Negation():
                pending.append(part.operand)
            case Always():
                pass
            case _:
                assert_never(part)
