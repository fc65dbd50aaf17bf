"""Which of many conditions hold for one product, or one environment: asked for all of them at once.

A set of rows is an `int` with one bit a row. `name == x`, `kind == x` and the like are answered by a table
from value to rows, and patterns by tables of what they begin or end with; what is left (negations, alternatives)
is evaluated once for each different condition, and only where a row that can still hold needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from engine.model.attributes import Attribute
from engine.model.conditions import Condition, Matching, Membership, conjuncts
from engine.model.values import Scalar
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from engine.resolve.glob_table import GlobTable

_Key = TypeVar("_Key")

_LONG = 32
"""Rows of a value that are kept as a set once they were asked for; few values have so many."""


class SideIndex:
    """Conditions by row, all about the same kind of thing.

    Attributes:
        evaluations: how many conditions and patterns were tried one by one since the index was made.
        looked_up: how many rows the tables named since then; both grow with what can match, not with what is there.
    """

    __slots__ = ("_all", "_globs", "_others", "_tables", "evaluations", "looked_up")

    def __init__(self, conditions: Iterable[tuple[int, Condition]]) -> None:
        """Index conditions by the number of their row; rows without any condition always hold. O(conditions)."""
        self.evaluations = 0
        self.looked_up = 0
        tables: dict[Attribute, dict[Scalar, list[int]]] = {}
        globs: dict[Attribute, dict[str, list[int]]] = {}
        asking: dict[tuple[type[Condition], Attribute], list[int]] = {}
        others: dict[Condition, list[int]] = {}
        everything: list[int] = []
        for row, condition in conditions:
            everything.append(row)
            tabled: set[tuple[type[Condition], Attribute]] = set()
            for part in conjuncts(condition):
                # A second test of the same attribute (two tags at once) cannot share the table with the first.
                if isinstance(part, Membership | Matching) and (type(part), part.attribute) not in tabled:
                    tabled.add((type(part), part.attribute))
                    asking.setdefault((type(part), part.attribute), []).append(row)
                    if isinstance(part, Membership):
                        _enter(tables.setdefault(part.attribute, {}), part.values, row)
                    else:
                        _enter(globs.setdefault(part.attribute, {}), part.globs, row)
                else:
                    others.setdefault(part, []).append(row)
        self._all = row_set(everything)
        self._tables = [
            (attribute, self._all & ~row_set(asking[Membership, attribute]), _Table(table))
            for attribute, table in tables.items()
        ]
        self._globs = [
            (
                attribute,
                row_set(asking[Matching, attribute]),
                GlobTable({glob: row_set(rows) for glob, rows in table.items()}),
            )
            for attribute, table in globs.items()
        ]
        self._others = [(condition, row_set(rows)) for condition, rows in others.items()]

    def holding(self, facts: Facts) -> int:
        """Return the rows whose condition holds."""
        found = self._all
        for attribute, free, table in self._tables:
            rows, count = table.rows(facts.of(attribute))
            self.looked_up += count
            found &= free | rows
        for attribute, asking, globs in self._globs:
            if found & asking:
                fitting, tried = globs.fitting(facts.of(attribute), found)
                self.evaluations += tried
                found &= ~asking | fitting
        for condition, asking in self._others:
            if found & asking:
                self.evaluations += 1
                if not evaluate(condition, facts):
                    found &= ~asking
        return found


class _Table:
    """Rows by the value they ask for."""

    __slots__ = ("_lists", "_sets")

    def __init__(self, lists: dict[Scalar, list[int]]) -> None:
        self._lists = lists
        self._sets: dict[Scalar, int] = {}

    def rows(self, values: Iterable[Scalar]) -> tuple[int, int]:
        """Return the rows that ask for one of some values, and how many there are, counted for each value."""
        found = count = 0
        for value in values:
            rows = self._lists.get(value)
            if rows is None:
                continue
            count += len(rows)
            if len(rows) < _LONG:
                found |= row_set(rows)
                continue
            known = self._sets.get(value)
            if known is None:
                known = self._sets[value] = row_set(rows)
            found |= known
        return found, count


def _enter(table: dict[_Key, list[int]], keys: Iterable[_Key], row: int) -> None:
    for key in dict.fromkeys(keys):
        table.setdefault(key, []).append(row)


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
