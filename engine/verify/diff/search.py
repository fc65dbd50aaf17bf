"""Finds every region of a setting in a slice, and proves that there is no other.

One growing problem of the prover for each winner that changed: find a point at which it wins and the value is
another on the other side. Who really wins at the point is looked up. A better policy that takes the point is
added as an exclusion; a region that is met is taken down and excluded; what gives the same value is excluded. When
no point is left, all regions of this winner are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.model.conditions import ALWAYS, Condition
from engine.resolve.resolver import Resolver
from engine.verify.diff.boxes import apart
from engine.verify.diff.joint import Slice
from engine.verify.diff.ranking import Ranking
from engine.verify.diff.region import Winner
from engine.verify.diff.strictness import meaning
from engine.verify.folding import any_of, negated
from engine.verify.points import Side, Witness
from engine.verify.policy_index import PolicyIndex
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Unknown, VerificationError

if TYPE_CHECKING:
    from engine.verify.prover import Goal

MOST_ROUNDS = 20_000
"""Points that are looked at for one winner before it is given up."""

_ONE_BY_ONE = 6
"""Better policies that are excluded one by one; then all of them are."""

Key = tuple[str | None, str | None]
"""The names of the old and the new winner; None is nobody."""

Lookup = Callable[[Witness], str | None]
"""Says who wins at a point, by name."""

_REASON = CoreReason(ReasonKind.CONDITION, "difference")


@dataclass(frozen=True, slots=True)
class Interest:
    """Which pairs of winners make a region.

    Attributes:
        origins: whether a winner of another name with the same value does, too.
    """

    origins: bool = False

    def __call__(self, old: Winner, old_name: str | None, new: Winner, new_name: str | None) -> bool:
        """Say whether two winners make a region."""
        return self.key(old) != self.key(new) or (self.origins and old_name != new_name)

    @staticmethod
    def key(winner: Winner) -> object:
        """Return what a winner's value means."""
        return meaning(winner.value)


class SliceSearch:
    """Searches one setting in one slice.

    Attributes:
        found: the regions so far, each with a point in it as it is on both sides.
    """

    def __init__(
        self,
        questions: Questions,
        part: Slice,
        outside: Iterable[Condition],
        old: Ranking,
        new: Ranking,
        lookups: tuple[Lookup, Lookup],
        interest: Interest,
    ) -> None:
        """Prepare a search.

        Args:
            questions: about the common world.
            part: the slice.
            outside: conditions that hold for points outside it.
            old: who sets the setting before.
            new: who sets it after.
            lookups: who wins at a point, before and after.
            interest: which pairs of winners make a region.
        """
        self._questions = questions
        self._part = part
        self._outside = tuple(outside)
        self._rankings = (old, new)
        self._lookups = lookups
        self._interest = interest
        self.found: dict[Key, tuple[Witness, Witness]] = {}

    # --- winners -----------------------------------------------------------------------------------

    def winners(self, points: tuple[Witness, Witness]) -> Key:
        """Return who wins at a point, before and after."""
        return self._lookups[0](points[0]), self._lookups[1](points[1])

    def points(self, product: Side, environment: Side) -> tuple[Witness, Witness]:
        """Return a point of the slice as it is before and after."""
        return self._part.old(product, environment), self._part.new(product, environment)

    def differs(self, key: Key) -> bool:
        """Say whether two winners make a region."""
        old, new = self._rankings
        return self._interest(old.of(key[0]), key[0], new.of(key[1]), key[1])

    # --- the search --------------------------------------------------------------------------------

    def run(self) -> Proved | Unknown:
        """Find every region; `Unknown` when the prover gave up on one of the winners."""
        verdict: Proved | Unknown = Proved()
        for side in (0, 1):
            for position in self._rankings[side].changed:
                twin = self._rankings[side].twins.get(position)
                if twin is not None and side == 0:
                    continue
                self._questions.statistics.begin()
                answer = self._around(side, position) if twin is None else self._both(twin, position)
                self._questions.statistics.end()
                if isinstance(answer, Unknown):
                    verdict = answer
        return verdict

    def _both(self, old: int, new: int) -> Proved | Unknown:
        """Find a point at which both of a pair that differ in their value only win: the one region they can make.

        Where one of the two wins and the other does not, the other winner is in no pair, since pairs keep their order:
        the search around that one finds the point.
        """
        from engine.verify.prover import GaveUp, NoModel

        entry = self._rankings[1].entries[new]
        wanted = (self._rankings[0].entries[old].name, entry.name)
        if wanted in self.found or not self.differs(wanted):
            return Proved()
        prover = self._questions.prover
        checks = prover.checks
        goal = prover.goal(reasons=False)
        _require(goal, entry.when)
        for condition in self._outside:
            _require(goal, negated(condition))
        misses = [0, 0]
        try:
            while True:
                answer = goal.check()
                if isinstance(answer, NoModel):
                    return Proved()
                if isinstance(answer, GaveUp):
                    return Unknown(answer.reason)
                points = self.points(answer.product, answer.environment)
                key = self.winners(points)
                if key == wanted:
                    self.found[key] = points
                    return Proved()
                side, position = (0, old) if key[0] != wanted[0] else (1, new)
                misses[side] += 1
                _require(goal, negated(self._blockers(side, position, key[side], misses[side])))
        finally:
            self._questions.statistics.asked(prover.checks - checks)

    def _around(self, side: int, position: int) -> Proved | Unknown:
        """Find the regions in which one winner takes part."""
        from engine.verify.prover import GaveUp, NoModel

        prover = self._questions.prover
        checks = prover.checks
        entry = self._rankings[side].entries[position]
        goal = prover.goal(reasons=False)
        _require(goal, entry.when)
        for condition in self._outside:
            _require(goal, negated(condition))
        rivals = _Rivals(self, side, entry.name)
        for key in self.found:
            if key[side] == entry.name:
                _require(goal, rivals.beyond(key[1 - side]))
        try:
            misses = 0
            for _ in range(MOST_ROUNDS):
                answer = goal.check()
                if isinstance(answer, NoModel):
                    return Proved()
                if isinstance(answer, GaveUp):
                    return Unknown(answer.reason)
                points = self.points(answer.product, answer.environment)
                key = self.winners(points)
                if key[side] != entry.name:
                    misses += 1
                    _require(goal, negated(self._blockers(side, position, key[side], misses)))
                    continue
                if self.differs(key):
                    self.found[key] = points
                _require(goal, rivals.beyond(key[1 - side]))
            return Unknown(f"the prover looked at {MOST_ROUNDS} points and gave up")
        finally:
            self._questions.statistics.asked(prover.checks - checks)

    def _blockers(self, side: int, position: int, name: str | None, misses: int) -> Condition:
        """Return what keeps a policy from winning: the better one that was met, or all there are after some misses.

        A winner that is seldom the best would otherwise need a round for each of hundreds of better ones.
        """
        ranking = self._rankings[side]
        if name is None or ranking.position[name] >= position:
            raise VerificationError(f"a policy that matches does not win: {ranking.entries[position].name}")
        if misses != _ONE_BY_ONE:
            return ranking.entries[ranking.position[name]].when
        own = ranking.entries[position].when
        return any_of(entry.when for entry in ranking.entries[:position] if not apart(own, entry.when))

    def rivals_of(self, side: int, name: str) -> list[int]:
        """Return the positions on the other side that make a region with a winner and may share a point with it."""
        entry = self._rankings[side].entries[self._rankings[side].position[name]]
        own = entry.winner
        other = self._rankings[1 - side]
        return [
            position
            for position, found in enumerate(other.entries)
            if self._interest(own, name, found.winner, found.name) and not apart(entry.when, found.when)
        ]

    def others(self, side: int) -> Ranking:
        """Return the ranking on the other side."""
        return self._rankings[1 - side]


class _Rivals:
    """Who can make a region with one winner."""

    def __init__(self, search: SliceSearch, side: int, name: str) -> None:
        self._search = search
        self._side = side
        self._name = name
        self._ranking = search.others(side)
        self._positions = search.rivals_of(side, name)

    def beyond(self, name: str | None) -> Condition:
        """Return the condition that a policy of the other side does not win, as far as it matters.

        It does not match, or a better one matches that makes a region which is not known yet.
        """
        ranking = self._ranking
        limit = len(ranking.entries) if name is None else ranking.position[name]
        better = []
        for position in self._positions:
            entry = ranking.entries[position]
            key = (self._name, entry.name) if self._side == 0 else (entry.name, self._name)
            if position < limit and key not in self._search.found:
                better.append(entry.when)
        if name is None:
            return any_of(better)
        return any_of((negated(ranking.entries[limit].when), *better))


def lookup(index: PolicyIndex, setting: str) -> Lookup:
    """Return what says which policy decides a setting at a point; None where none sets it."""
    setting_rows, owner, policies = index.setting_rows[setting], index.owner, index.policies

    def winner(point: Witness) -> str | None:
        rows = index.matching(point) & setting_rows
        return policies[owner[rows.bit_length() - 1]].name if rows else None

    return winner


def replay(resolver: Resolver, point: Witness, setting: str, winner: Winner) -> None:
    """Check a winner with the resolver that promotions use.

    Raises:
        VerificationError: when it says otherwise, a defect of this program.
    """
    found = resolver.decide(point.product.facts, point.environment.facts).effective.get(setting)
    if (found is None) != (winner.origin is None) or (
        found is not None and (found.value != winner.value or found.origin != winner.origin)
    ):
        raise VerificationError(f"`{setting}` is not what the comparison says for {point.words()}")


def _require(goal: Goal, condition: Condition) -> None:
    if condition != ALWAYS:
        goal.require(condition, _REASON)
