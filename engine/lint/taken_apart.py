"""The conditions of a workspace taken apart, each once, whichever rules ask."""

from __future__ import annotations

from engine.lint.condition_logic import (
    MOST_ALTERNATIVES,
    Clause,
    Grouped,
    alternatives,
    contradict_each_other,
    contradictions,
    exclude,
    grouped,
)
from engine.lint.material import Material
from engine.model.conditions import Condition


class TakenApart:
    """Alternatives by condition; for `Material.shared`."""

    def __init__(self, material: Material) -> None:
        """Take nothing apart yet; the material keeps the conditions alive."""
        self._material = material
        self._clauses: dict[int, tuple[Clause, ...] | None] = {}
        self._sound: dict[tuple[int, bool], bool] = {}
        self._groups: dict[int, list[Grouped]] = {}

    def clauses(self, condition: Condition) -> tuple[Clause, ...] | None:
        """Return the alternatives of a condition of the workspace; None where there are too many."""
        key = id(condition)
        if key not in self._clauses:
            self._clauses[key] = alternatives(condition, True)
        return self._clauses[key]

    def sound(self, condition: Condition, *, named: bool) -> bool:
        """Say whether no alternative contradicts itself, so that no part of the condition can.

        A part that holds for nothing would be in an alternative, with all its tests. Where there are too many
        alternatives, nothing is known.

        Args:
            condition: of the workspace.
            named: whether it is only asked about a product and an environment, which have a name and a kind.
        """
        key = (id(condition), named)
        if key not in self._sound:
            self._sound[key] = self.clauses(condition) is not None and not any(
                True for groups in self._grouped(condition) for _ in contradictions(groups, named=named)
            )
        return self._sound[key]

    def exclude(self, left: Condition, right: Condition, *, named: bool) -> bool:
        """Say whether two conditions of the workspace certainly never hold at once, as `exclude` does.

        Args:
            left: one of them.
            right: the other.
            named: as for `sound`.
        """
        if not (self.sound(left, named=named) and self.sound(right, named=named)):
            return exclude(left, right, named=named)
        ours, theirs = self._grouped(left), self._grouped(right)
        return len(ours) * len(theirs) <= MOST_ALTERNATIVES and all(
            contradict_each_other(one, other, named=named) for one in ours for other in theirs
        )

    def _grouped(self, condition: Condition) -> list[Grouped]:
        key = id(condition)
        if key not in self._groups:
            self._groups[key] = [grouped(clause) for clause in self.clauses(condition) or ()]
        return self._groups[key]
