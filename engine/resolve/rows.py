"""Conditions taken apart into rows: a part about the product, and a part about the environment.

A row holds when both of its parts do, a condition when one of its rows does. Each part can be answered for
all policies at once (`side_index.py`), so a decision needs no more than the intersection of two sets of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    atoms,
    conjuncts,
)

MOST_ROWS = 16
"""Rows a condition is taken apart into at most; one that needs more is asked as a whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """One way for a condition to hold: ``product``, ``environment`` and ``rest`` all do.

    Attributes:
        product: asks about the product only.
        environment: asks about the environment only.
        rest: what could not be taken apart; `ALWAYS` for nearly every row.
    """

    product: Condition = ALWAYS
    environment: Condition = ALWAYS
    rest: Condition = ALWAYS


def rows(condition: Condition) -> tuple[Row, ...]:
    """Return rows of which one holds exactly when the condition does.

    Args:
        condition: about products and environments, as a policy's `when` is.

    Returns:
        At most `MOST_ROWS` rows, at least one.
    """
    products: list[Condition] = []
    environments: list[Condition] = []
    mixed: list[Condition] = []
    for part in conjuncts(condition):
        {_PRODUCT: products, _ENVIRONMENT: environments}.get(_subjects(part), mixed).append(part)
    found = [Row(conjunction(products), conjunction(environments))]
    rest: list[Condition] = []
    for part in mixed:
        ways = _ways(part, True)
        if ways is None or len(found) * len(ways) > MOST_ROWS:
            rest.append(part)
        else:
            found = [_both(row, way) for row in found for way in ways]
    if not rest:
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)
    left = conjunction(rest)
    return tuple(dict.fromkeys(Row(row.product, row.environment, left) for row in found))


def conjunction(parts: Iterable[Condition]) -> Condition:
    """Return the condition that all parts hold, without needless nesting."""
    flat = tuple([inner for part in parts for inner in conjuncts(part)])
    if len(flat) > 1:
        flat = tuple(dict.fromkeys(flat))
    return flat[0] if len(flat) == 1 else Conjunction(flat) if flat else ALWAYS


_SUBJECTS = {subject: frozenset({subject}) for subject in Subject}
_PRODUCT, _ENVIRONMENT = _SUBJECTS[Subject.PRODUCT], _SUBJECTS[Subject.ENVIRONMENT]


def _subjects(condition: Condition) -> frozenset[Subject]:
    """Return whose attributes a condition asks about; `passed ENV` counts as the flow's."""
    if isinstance(condition, Membership | Matching):
        return _SUBJECTS[condition.attribute.subject]
    return frozenset(
        Subject.FLOW if isinstance(atom, PassedThrough) else atom.attribute.subject for atom in atoms(condition)
    )


def _both(left: Row, right: Row) -> Row:
    return Row(conjunction((left.product, right.product)), conjunction((left.environment, right.environment)))


def _ways(condition: Condition, wanted: bool) -> list[Row] | None:
    """Return rows for a condition, or for its opposite; None when there would be too many or it asks something else."""
    subjects = _subjects(condition)
    pure = condition if wanted else Negation(condition)
    if subjects == _PRODUCT:
        return [Row(product=pure)]
    if subjects == _ENVIRONMENT:
        return [Row(environment=pure)]
    match condition:
        case Always():
            return [Row()] if wanted else None
        case Membership() | Matching() | Bound() | PassedThrough():
            return None
        case Negation():
            return _ways(condition.operand, not wanted)
        case Conjunction():
            return _product(condition.operands, True) if wanted else _sum(condition.operands, False)
        case Disjunction():
            return _sum(condition.operands, True) if wanted else _product(condition.operands, False)
        case _:
            assert_never(condition)


def _sum(operands: tuple[Condition, ...], wanted: bool) -> list[Row] | None:
    """Return rows of which one holds when one of the operands is as wanted."""
    found: list[Row] = []
    for operand in operands:
        ways = _ways(operand, wanted)
        if ways is None or len(found) + len(ways) > MOST_ROWS:
            return None
        found += ways
    return found


def _product(operands: tuple[Condition, ...], wanted: bool) -> list[Row] | None:
    """Return rows of which one holds when all of the operands are as wanted."""
    found = [Row()]
    for operand in operands:
        ways = _ways(operand, wanted)
        if ways is None or len(found) * len(ways) > MOST_ROWS:
            return None
        found = [_both(row, way) for row in found for way in ways]
    return found
