"""Which of many conditions hold for one product, or one environment: asked for all of them at once.

A set of rows is an `int` with one bit a row. `name == x`, `kind == x` and the like are answered by a table
from value to rows; what is left (globs, negations, alternatives) is evaluated once for each different
condition, and only where a row that can still hold needs it.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.attributes import Attribute
from engine.model.conditions import Condition, Membership, conjuncts
from engine.model.values import Scalar
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts


class SideIndex:
    """Conditions by row, all about the same kind of thing.

    Attributes:
        evaluations: how many conditions were evaluated one by one since the index was made.
        looked_up: how many rows the tables named since then; both grow with what can match, not with what is there.
    """

    __slots__ = ("_all", "_others", "_tables", "evaluations", "looked_up")

    def __init__(self, conditions: Iterable[tuple[int, Condition]]) -> None:
        """Index conditions by the number of their row; rows without any condition always hold. O(conditions)."""
        self.evaluations = 0
        self.looked_up = 0
        tables: dict[Attribute, dict[Scalar, list[int]]] = {}
        others: dict[Condition, list[int]] = {}
        constrained: dict[Attribute, list[int]] = {}
        everything: list[int] = []
        for row, condition in conditions:
            everything.append(row)
            tabled: set[Attribute] = set()
            for part in conjuncts(condition):
                # A second test of the same attribute (two tags at once) cannot share the table with the first.
                if isinstance(part, Membership) and part.attribute not in tabled:
                    tabled.add(part.attribute)
                    constrained.setdefault(part.attribute, []).append(row)
                    table = tables.setdefault(part.attribute, {})
                    for value in set(part.values):
                        table.setdefault(value, []).append(row)
                else:
                    others.setdefault(part, []).append(row)
        self._all = row_set(everything)
        self._tables = [
            (attribute, self._all & ~row_set(constrained[attribute]), table) for attribute, table in tables.items()
        ]
        self._others = [(condition, row_set(rows)) for condition, rows in others.items()]

    def holding(self, facts: Facts) -> int:
        """Return the rows whose condition holds."""
        found = self._all
        for attribute, free, table in self._tables:
            rows = [row for value in facts.of(attribute) for row in table.get(value, ())]
            self.looked_up += len(rows)
            found &= free | row_set(rows)
        for condition, asking in self._others:
            if found & asking:
                self.evaluations += 1
                if not evaluate(condition, facts):
                    found &= ~asking
        return found


def row_set(rows: Iterable[int]) -> int:
    """Return the set of some row numbers: bit ``n`` is row ``n``."""
    numbers = list(rows)
    if len(numbers) < 8:
        small = 0
        for number in numbers:
            small |= 1 << number
        return small
    # One pass over bytes: setting bits one by one in an immutable integer copies it each time.
    packed = bytearray((max(numbers) >> 3) + 1)
    for number in numbers:
        packed[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(packed, "little")


def rows_of(row_bits: int) -> list[int]:
    """Return the row numbers of a set, highest first. O(size of the set), not of the universe, in steps."""
    numbers: list[int] = []
    while row_bits:
        number = row_bits.bit_length() - 1
        numbers.append(number)
        row_bits ^= 1 << number
    return numbers
