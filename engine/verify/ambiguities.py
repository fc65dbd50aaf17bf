"""Which policies can ever be merged by name only, and the proof that there are no others.

Policies of one priority that say different things, both match some point, and are not masked there by a policy
of a better priority. Source: domain, promotion policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.model.settings import SETTING_NAMES
from engine.model.values import SettingValue
from engine.resolve.decision import PolicyOrigin
from engine.resolve.side_index import row_set
from engine.verify.blockers import PolicyBlockers, policy_clause
from engine.verify.declared_pairs import declared_pair
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.rivals import Rivals
from engine.verify.verdict import Proved, Refuted, Verdict, VerificationError


@dataclass(frozen=True, slots=True)
class Contest:
    """Two policies of one priority that set a setting to different values.

    Attributes:
        setting: the setting's name.
        first: number of the policy whose name comes first.
        second: number of the other.
    """

    setting: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Tier:
    """The policies of one priority that set a setting, and the pairs of them that might meet.

    Attributes:
        setting: the setting's name.
        policies: their numbers.
        contests: the pairs with different values that are not plainly apart.
    """

    setting: str
    policies: tuple[int, ...]
    contests: tuple[Contest, ...]


class Ambiguities:
    """The ambiguous merges of a workspace, found out once."""

    def __init__(self, questions: Questions) -> None:
        """Prepare; nothing is asked yet."""
        self._questions = questions
        self._index = questions.index
        self._values: dict[tuple[int, str], SettingValue] = {
            (number, setting.name): setting.value
            for number, policy in enumerate(self._index.policies)
            for setting in policy.settings
        }

    def value(self, number: int, setting: str) -> SettingValue:
        """Return what a policy sets a setting to."""
        return self._values[number, setting]

    @cached_property
    def tiers(self) -> tuple[Tier, ...]:
        """Return every priority and setting in which values differ, worst priority first."""
        rivals = Rivals(self._index, self._questions.world)
        return tuple(tier for begin, end in rivals.tiers for tier in self._tiers(rivals, begin, end))

    def _tiers(self, rivals: Rivals, begin: int, end: int) -> Iterator[Tier]:
        index = self._index
        by_setting = {
            name: [row for row in range(begin, end) if index.setting_rows[name] >> row & 1] for name in SETTING_NAMES
        }
        differing = {
            name: rows
            for name, rows in by_setting.items()
            if len({self._values[index.owner[row], name] for row in rows}) > 1
        }
        if not differing:
            return
        meetings = rivals.meetings(begin, end)
        for name, rows in differing.items():
            groups: dict[SettingValue, list[int]] = {}
            for row in rows:
                groups.setdefault(self._values[index.owner[row], name], []).append(row - begin)
            setting = row_set(row - begin for row in rows)
            contests: dict[Contest, None] = {}
            for same in groups.values():
                others = setting & ~row_set(same)
                for row in same:
                    owner = index.owner[begin + row]
                    for other in rivals.policies_of(begin, meetings[row] & others):
                        # Policies are numbered from the worst; of equal priority the first name is the best.
                        contests[Contest(name, max(owner, other), min(owner, other))] = None
            policies = tuple(dict.fromkeys(index.owner[row] for row in rows))
            ordered = sorted(contests, key=lambda found: (-found.first, -found.second))
            yield Tier(name, policies, tuple(ordered))

    @cached_property
    def contests(self) -> tuple[tuple[Contest, Verdict, bool], ...]:
        """Return every contest with its verdict, and whether a declared pair shows it."""
        return tuple((contest, *self._decide(contest)) for tier in self.tiers for contest in tier.contests)

    def _decide(self, contest: Contest) -> tuple[Verdict, bool]:
        questions, index = self._questions, self._index
        better = index.better(contest.first) & index.setting_rows[contest.setting]
        both = (contest.first, contest.second)
        if questions.closed:
            return self._decide_closed(contest, both, better)
        must = [policy_clause(index, number) for number in both]
        blockers = PolicyBlockers(index, better)
        verdict = questions.search(must, blockers, readable=False)
        if not isinstance(verdict, Refuted):
            return verdict, False
        pair = declared_pair(questions, both, better)
        if pair is not None:
            verdict = Refuted(pair)
        else:
            verdict = Refuted(questions.ordinary(verdict.witness, must, blockers, paired=False))
        self._replay(verdict.witness, contest)
        return verdict, pair is not None

    def _decide_closed(self, contest: Contest, both: tuple[int, int], better: int) -> tuple[Verdict, bool]:
        self._questions.statistics.begin()
        pair = declared_pair(self._questions, both, better)
        self._questions.statistics.end()
        if pair is None:
            return Proved(), False
        self._replay(pair, contest)
        return Refuted(pair), True

    def _replay(self, witness: Witness, contest: Contest) -> None:
        """Have the resolver merge the point at which two policies are said to be in a tie."""
        decision = self._questions.resolver.decide(witness.product.facts, witness.environment.facts)
        matching = {policy.name for policy in decision.matching}
        names = {self._index.policies[number].name for number in (contest.first, contest.second)}
        tie = next((found for found in decision.ambiguous if found.setting == contest.setting), None)
        priority = self._index.policies[contest.first].priority
        agrees = (
            tie is not None
            and isinstance(tie.winner.origin, PolicyOrigin)
            and tie.winner.origin.priority == priority
            and names <= matching
        )
        if not agrees:
            raise VerificationError(f"the resolver sees no tie in `{contest.setting}` for {witness.words()}")
