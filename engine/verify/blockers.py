"""What must hold for a point, and what must not: conditions under the names they bear in a proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.model.conditions import Condition
from engine.resolve.evaluation import evaluate
from engine.verify.points import Witness
from engine.verify.policy_index import PolicyIndex
from engine.verify.verdict import CoreReason, ReasonKind


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition, and what it is called in a proof."""

    condition: Condition
    reason: CoreReason


class Blockers(Protocol):
    """What must not hold for a point: too much to be said at once."""

    def broken(self, witness: Witness) -> Sequence[Clause]:
        """Return the conditions that hold for a point, the most general first; none when it is good."""

    def every(self) -> Sequence[Clause]:
        """Return all the conditions."""


@dataclass(frozen=True, slots=True)
class ListedBlockers:
    """Blockers that are written out."""

    clauses: tuple[Clause, ...]

    def broken(self, witness: Witness) -> Sequence[Clause]:
        """Return those that hold for a point."""
        facts = witness.facts()
        return [clause for clause in self.clauses if evaluate(clause.condition, facts)]

    def every(self) -> Sequence[Clause]:
        """Return all of them."""
        return self.clauses


@dataclass(frozen=True, slots=True)
class PolicyBlockers:
    """Policies that must not match: `rows` are theirs."""

    index: PolicyIndex
    rows: int

    def broken(self, witness: Witness) -> Sequence[Clause]:
        """Return those that match a point."""
        return self._clauses(self.index.matching(witness) & self.rows)

    def every(self) -> Sequence[Clause]:
        """Return all of them."""
        return self._clauses(self.rows)

    def _clauses(self, rows: int) -> list[Clause]:
        if not rows:
            return []
        index = self.index
        return [policy_clause(index, number) for number in sorted(index.owners(rows), key=index.weights.__getitem__)]


def policy_clause(index: PolicyIndex, number: int) -> Clause:
    """Return what a policy asks, under its name."""
    policy = index.policies[number]
    return Clause(policy.when, CoreReason(ReasonKind.POLICY, policy.name, policy.span))
