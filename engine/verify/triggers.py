"""Which commits each flow of a product's list gets, when those before it are tried first.

A flow runs for a commit that its condition fits and the condition of no earlier flow of the same trigger
environment does. Whether there is one is asked of the prover, with the commit as the unknown; every commit it
finds is tried on the resolver before it counts. Source: domain, triggering.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from engine.model.attributes import Subject
from engine.model.conditions import Condition, conjuncts
from engine.model.entities import FlowUse, Product
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import CommitFacts, commit_facts
from engine.resolve.flow_choice import choose_flow, made_by_promotion
from engine.verify.folding import negated
from engine.verify.trigger_commits import commit_of, parted, simplest, words
from engine.verify.verdict import CoreReason, ReasonKind, VerificationError

if TYPE_CHECKING:
    from engine.verify.prover import Goal
    from engine.verify.question import Questions

_LAZY_ROUNDS = 2
"""Rounds in which only those earlier conditions are added that took a commit; then all of them are."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The flow runs for a commit: the most ordinary one that was found."""

    commit: CommitFacts


@dataclass(frozen=True, slots=True)
class Taken:
    """Every commit the condition fits is taken by earlier flows.

    Attributes:
        by: the positions of those flows in the list, ascending; without any one of them the proof found would not hold.
    """

    by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contradictory:
    """No commit fits the condition.

    Attributes:
        parts: those of the conjuncts that exclude each other, in the order written.
    """

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """The prover gave up; the text says why."""

    reason: str


Outcome = Runs | Taken | Contradictory | Undecided


class Triggers:
    """Answers for lists of conditions; products that share a list share the answer.

    Attributes:
        asked: how many lists were asked about.
        worked: for how many of them the answer was not known yet.
    """

    def __init__(self, questions: Questions) -> None:
        """Take the questions of a workspace, whose prover and statistics are used."""
        self._questions = questions
        self._known: dict[tuple[Condition, ...], tuple[Outcome, ...]] = {}
        self.asked = self.worked = 0

    def outcomes(self, conditions: Sequence[Condition]) -> tuple[Outcome, ...]:
        """Return what becomes of each condition when they are tried in order.

        Args:
            conditions: of flows that are triggered in the same environment, in the product's order.

        Raises:
            VerificationError: when the prover contradicts the resolver, a defect of this program.
        """
        self.asked += 1
        key = tuple(conditions)
        if key not in self._known:
            self.worked += 1
            listed = _List(self._questions, key)
            self._known[key] = tuple(listed.outcome(position) for position in range(len(key)))
        return self._known[key]


class _List:
    """One list of conditions while it is answered."""

    def __init__(self, questions: Questions, conditions: tuple[Condition, ...]) -> None:
        self._questions = questions
        self._conditions = conditions
        self._parted = [parted(condition) for condition in conditions]
        uses = tuple(FlowUse(str(number), condition) for number, condition in enumerate(conditions))
        self._product = Product("product", uses)

    def outcome(self, position: int) -> Outcome:
        """Return what becomes of one condition."""
        prover, statistics = self._questions.prover, self._questions.statistics
        statistics.begin()
        checks = prover.checks
        found = self._search(prover.goal(), position)
        statistics.asked(prover.checks - checks)
        statistics.end()
        return found

    def _search(self, goal: Goal, position: int) -> Outcome:
        from engine.verify.answers import GaveUp, NoModel

        parts = conjuncts(self._conditions[position])
        for number, part in enumerate(parts):
            goal.require(parted(part), _part(number))
        excluded: set[int] = set()
        for rounds in count(1):
            answer = goal.check()
            if isinstance(answer, GaveUp):
                return Undecided(answer.reason)
            if isinstance(answer, NoModel):
                return _nothing(goal.smallest(answer.core), parts)
            commit = commit_of(answer.others.get(Subject.COMMIT, {}), lambda one: self._fits(one, position, excluded))
            if commit is None:
                return Undecided("the only commits found have an object name or a trailer that gets in the way")
            takers = set(self._holding(range(position), commit))
            if not takers:
                return self._runs(position, commit)
            if takers & excluded:
                raise VerificationError(f"a commit that was excluded came back: {words(commit)}")
            for taker in sorted({min(takers)} if rounds <= _LAZY_ROUNDS else set(range(position)) - excluded):
                excluded.add(taker)
                goal.require(negated(self._parted[taker]), _earlier(taker))
        raise AssertionError("unreachable: the loop ends by returning")

    def _holding(self, numbers: Iterable[int], commit: CommitFacts) -> Iterator[int]:
        """Yield those of some conditions that a commit fits."""
        facts = commit_facts(commit)
        return (number for number in numbers if evaluate(self._conditions[number], facts))

    def _fits(self, commit: CommitFacts, position: int, excluded: Iterable[int]) -> bool:
        """Say whether a commit is one that the goal is about."""
        return (
            not made_by_promotion(commit.message)
            and any(True for _ in self._holding([position], commit))
            and not any(True for _ in self._holding(excluded, commit))
        )

    def _runs(self, position: int, commit: CommitFacts) -> Runs:
        """Make a commit ordinary, and hold it against what would really be chosen."""
        commit = simplest(commit, lambda one: self._fits(one, position, range(position)))
        chosen = choose_flow(self._product, commit).flow
        if chosen != str(position):
            raise VerificationError(f"flow {position} of the list was to run for {words(commit)}, not {chosen}")
        return Runs(commit)


def _part(number: int) -> CoreReason:
    """Return the name of a conjunct of the condition that is asked about, in a proof."""
    return CoreReason(ReasonKind.CONDITION, str(number))


def _earlier(number: int) -> CoreReason:
    """Return the name of an earlier flow of the list, in a proof."""
    return CoreReason(ReasonKind.FLOW, str(number))


def _nothing(core: tuple[CoreReason, ...], parts: tuple[Condition, ...]) -> Taken | Contradictory:
    """Return what a proof that there is no commit says."""
    by = tuple(sorted(int(reason.name) for reason in core if reason.kind is ReasonKind.FLOW))
    if by:
        return Taken(by)
    return Contradictory(tuple(parts[number] for number in sorted(int(reason.name) for reason in core)))
