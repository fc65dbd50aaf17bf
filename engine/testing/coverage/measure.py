"""How much of a workspace its tests exercise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model.workspace import Workspace
from engine.testing.coverage.exercised import Exercises
from engine.testing.coverage.items import Item, Kind, items_of
from engine.testing.outcome import Ran


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is exercised, and what is not.

    Attributes:
        items: everything that can be exercised: policies, flows, products, as declared.
        exercised: those of them that some test exercises.
    """

    items: tuple[Item, ...]
    exercised: frozenset[Item]

    @property
    def missed(self) -> tuple[Item, ...]:
        """Return what no test exercises, in the order of the items."""
        return tuple(item for item in self.items if item not in self.exercised)

    def count(self, kind: Kind | None = None) -> tuple[int, int]:
        """Return how many items of a kind (None: of all) are exercised, and how many there are."""
        found = [item for item in self.items if kind in (None, item.kind)]
        return sum(item in self.exercised for item in found), len(found)

    def percent(self, kind: Kind | None = None) -> float:
        """Return the share that is exercised, from 0 to 100; 100 where there is nothing to exercise."""
        exercised, there = self.count(kind)
        return 100.0 * exercised / there if there else 100.0


def measure(workspace: Workspace, tests: Iterable[Ran]) -> Coverage:
    """Return what tests of a workspace exercise.

    Cost: O(branches x pairs that tests look at).
    """
    items = items_of(workspace)
    exercises = Exercises(workspace)
    targets = {target for ran in tests for target in exercises.of(ran)}
    return Coverage(items, frozenset(item for item in items if item.target in targets))
