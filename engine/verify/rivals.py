"""Which policies of one priority might match the same point: everything that is not plainly impossible.

Two policies are apart if, for some attribute of one value, they demand different literals; or if one demands a
declared name whose facts the other cannot match. All others are candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from engine.model.attributes import ATTRIBUTES, Attribute, Subject
from engine.model.conditions import Condition, Membership, PassedThrough, atoms, conjuncts
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import given
from engine.resolve.side_index import row_set, rows_of
from engine.verify.points import Side
from engine.verify.policy_index import PolicyIndex
from engine.verify.world import World

Exactly = Callable[[Subject, str], int | None]


class Rivals:
    """The rows of policies that a row might meet at some point."""

    def __init__(self, index: PolicyIndex, world: World) -> None:
        """Prepare tables of the literals that rows demand. O(rows)."""
        self._index = index
        self._world = world
        self._products = _Half([row.product for row in index.rows], Subject.PRODUCT)
        self._environments = _Half([row.environment for row in index.rows], Subject.ENVIRONMENT)

    def of(self, row: int) -> int:
        """Return the rows that a row might meet, from its own point of view; the other row may know better."""
        found = self._index.rows[row]
        return self._products.meeting(found.product, self._exactly) & self._environments.meeting(
            found.environment, self._exactly
        )

    def _exactly(self, subject: Subject, name: str) -> int | None:
        """Return the rows whose part holds for a declared name; None for other names."""
        side: Side | None = self._world.declared(subject, name)
        if side is None:
            return None
        return self._index.product_mask(side) if subject is Subject.PRODUCT else self._index.environment_mask(side)

    @cached_property
    def tiers(self) -> tuple[tuple[int, int], ...]:
        """Return the rows of each priority as a range, the worst first."""
        index = self._index
        found: list[tuple[int, int]] = []
        begin = 0
        for row in range(1, len(index.rows) + 1):
            if row == len(index.rows) or self._priority(row) != self._priority(begin):
                found.append((begin, row))
                begin = row
        return tuple(found)

    def _priority(self, row: int) -> int:
        return self._index.policies[self._index.owner[row]].priority

    def meetings(self, begin: int, end: int) -> list[int]:
        """Return, for each row of a tier, the rows of the tier it might meet, counted from the tier's first."""
        width = (1 << end - begin) - 1
        own = [(self.of(row) >> begin) & width for row in range(begin, end)]
        both = [0] * len(own)
        for row, seen in enumerate(own):
            kept = [other for other in rows_of(seen & ((1 << row) - 1)) if own[other] >> row & 1]
            both[row] |= row_set(kept)
            for other in kept:
                both[other] |= 1 << row
        return both

    def policies_of(self, begin: int, rows: int) -> Iterator[int]:
        """Yield the numbers of the policies that rows of a tier belong to."""
        seen: set[int] = set()
        for row in rows_of(rows):
            owner = self._index.owner[begin + row]
            if owner not in seen:
                seen.add(owner)
                yield owner


class _Half:
    """One side of all rows: tables from literal to rows."""

    def __init__(self, conditions: list[Condition], subject: Subject) -> None:
        self.subject = subject
        self.conditions = conditions
        self.name = Attribute(subject, "name")
        self.everything = (1 << len(conditions)) - 1
        tables: dict[Attribute, dict[object, list[int]]] = {}
        demanding: dict[Attribute, list[int]] = {}
        for number, condition in enumerate(conditions):
            for attribute, values in _literals(condition).items():
                demanding.setdefault(attribute, []).append(number)
                for value in values:
                    tables.setdefault(attribute, {}).setdefault(value, []).append(number)
        self.tables = {
            attribute: {value: row_set(rows) for value, rows in table.items()} for attribute, table in tables.items()
        }
        self.free = {attribute: self.everything & ~row_set(rows) for attribute, rows in demanding.items()}
        self.about_name = [
            (part, number)
            for number, condition in enumerate(conditions)
            for part in conjuncts(condition)
            if not isinstance(part, Membership) and _only_about(part, self.name)
        ]
        self.known: dict[Condition, int] = {}

    def meeting(self, condition: Condition, exactly: Exactly) -> int:
        found = self.known.get(condition)
        if found is None:
            found = self.known[condition] = self._meeting(condition, exactly)
        return found

    def _meeting(self, condition: Condition, exactly: Exactly) -> int:
        found = self.everything
        for attribute, values in _literals(condition).items():
            free, met = self.free[attribute], 0
            for value in values:
                rows = free | self.tables[attribute].get(value, 0)
                if attribute == self.name:
                    known = exactly(self.subject, str(value))
                    rows &= self._fitting(str(value)) if known is None else known
                met |= rows
            found &= met
        return found

    def _fitting(self, name: str) -> int:
        """Return the rows of which no part is about the name only and fails for it."""
        facts = given([(self.name, name)])
        failing = [number for part, number in self.about_name if not evaluate(part, facts)]
        return self.everything & ~row_set(failing)


def _only_about(condition: Condition, attribute: Attribute) -> bool:
    return all(not isinstance(atom, PassedThrough) and atom.attribute == attribute for atom in atoms(condition))


def _literals(condition: Condition) -> dict[Attribute, tuple[object, ...]]:
    """Return the literals a condition demands of attributes that hold one value, one test each."""
    found: dict[Attribute, tuple[object, ...]] = {}
    for part in conjuncts(condition):
        if isinstance(part, Membership) and part.attribute not in found:
            if not ATTRIBUTES[part.attribute.subject, part.attribute.field].many:
                found[part.attribute] = tuple(dict.fromkeys(part.values))
    return found
