"""Who decides a setting, and what a test of the setting comes to then: for all policies at once.

A test of a setting asks for nothing but the value, so each different value is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.conditions import ALWAYS, PassedThrough
from engine.model.values import SettingValue
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import setting_facts
from engine.resolve.side_index import row_set, rows_of
from engine.verify.folding import Atom
from engine.verify.points import Side
from engine.verify.question import Questions


@dataclass(frozen=True, slots=True)
class Said:
    """What policies say about a test.

    Attributes:
        yes: numbers of the policies whose deciding makes the test hold.
        rows: the rows of those policies.
    """

    yes: frozenset[int]
    rows: int


class Deciders:
    """Knows who decides in one workspace; each answer is found once."""

    def __init__(self, questions: Questions) -> None:
        """Prepare; nothing is looked at yet."""
        self._index = questions.index
        self._declared = questions.declared
        self._said: dict[Atom, Said] = {}
        self._winners: dict[tuple[Side, str], tuple[tuple[int, int], ...]] = {}
        self._products: dict[int, int] = {}

    def said(self, atom: Atom) -> Said:
        """Return which policies make a test of a setting hold. O(policies that set it), once."""
        found = self._said.get(atom)
        if found is None:
            found = self._said[atom] = self._ask(atom)
        return found

    def _ask(self, atom: Atom) -> Said:
        name, index = setting_of(atom), self._index
        holds: dict[SettingValue, bool] = {}
        yes: set[int] = set()
        rows: list[int] = []
        for row in rows_of(index.setting_rows[name]):
            number = index.owner[row]
            value = next(setting.value for setting in index.policies[number].settings if setting.name == name)
            if value not in holds:
                holds[value] = evaluate(atom, setting_facts({name: value}))
            if holds[value]:
                yes.add(number)
                rows.append(row)
        return Said(frozenset(yes), row_set(rows))

    def winners(self, environment: Side, setting: str) -> tuple[tuple[int, int], ...]:
        """Return the policies that decide a setting in an environment, each with the declared products it does so for.

        Order: the best policy first.
        """
        key = (environment, setting)
        found = self._winners.get(key)
        if found is None:
            found = self._winners[key] = tuple(self._decide(environment, setting))
        return found

    def _decide(self, environment: Side, setting: str) -> Iterator[tuple[int, int]]:
        left = self._declared.everyone
        for row in rows_of(self._index.environment_mask(environment) & self._index.setting_rows[setting]):
            won = left & self._row_products(row, environment)
            if won:
                yield self._index.owner[row], won
                left &= ~won
                if not left:
                    return

    def _row_products(self, row: int, environment: Side) -> int:
        """Return the declared products that a row matches in an environment that its part about those holds for."""
        found = self._products.get(row)
        if found is None:
            found = self._products[row] = self._declared.products_of(self._index.rows[row].product)
        rest = self._index.rows[row].rest
        return found if rest == ALWAYS or not found else found & self._declared.holding(rest, environment)


def setting_of(atom: Atom) -> str:
    """Return the setting that a test is about."""
    assert not isinstance(atom, PassedThrough)
    return atom.attribute.field
