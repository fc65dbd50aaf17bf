"""Which settings of which policies can ever be in force.

A setting is dead if at every point where its policy matches another policy comes first for it: one of a better
priority, or of the same priority and an earlier name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from engine.model.entities import Policy, Setting
from engine.resolve.decision import PolicyOrigin
from engine.resolve.facts import Facts
from engine.resolve.side_index import rows_of
from engine.verify.blockers import ListedBlockers, PolicyBlockers, policy_clause
from engine.verify.declared_pairs import declared_pair
from engine.verify.points import Side, Witness
from engine.verify.question import Questions
from engine.verify.verdict import Proved, Refuted, Unknown, Verdict, VerificationError

_MOST_GUESSES = 4


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of one policy.

    Attributes:
        policy: the policy.
        matches: whether any point matches it: `Refuted` with one, or `Proved` that there is none.
        settings: of each setting, whether it is ever in force: `Refuted` with a point where it is, `Proved` that
            it is dead. Empty where nothing matches.
    """

    policy: Policy
    matches: Verdict
    settings: tuple[tuple[Setting, Verdict], ...]

    @property
    def dead(self) -> tuple[tuple[Setting, Proved], ...]:
        """Return the settings that are never in force, with the proofs."""
        return tuple((setting, verdict) for setting, verdict in self.settings if isinstance(verdict, Proved))

    @property
    def wholly_dead(self) -> bool:
        """Whether it has settings and none of them is ever in force."""
        return bool(self.settings) and len(self.dead) == len(self.settings)


class PolicyLife:
    """The life of every policy of a workspace, found out once."""

    def __init__(self, questions: Questions) -> None:
        """Prepare; nothing is asked yet."""
        self._questions = questions
        self._replayed: set[tuple[int, Side, Side]] = set()

    @cached_property
    def policies(self) -> tuple[Life, ...]:
        """Return what is known of each policy, in the order declared."""
        index = self._questions.index
        return tuple(self._life(index.number[name]) for name in self._questions.workspace.policies)

    def _life(self, number: int) -> Life:
        questions, index = self._questions, self._questions.index
        policy = index.policies[number]
        if questions.closed:
            return self._closed_life(number)
        questions.statistics.begin()
        found = questions.finder.candidates((policy.when,))
        guesses = [(witness, index.matching(witness)) for witness in islice(found, _MOST_GUESSES)]
        questions.statistics.end()
        if guesses:
            matches: Verdict = Refuted(guesses[0][0])
        else:
            matches = questions.search([policy_clause(index, number)], ListedBlockers(()), readable=False)
        if not isinstance(matches, Refuted):
            return Life(policy, matches, ())
        return Life(policy, matches, tuple(self._settings(number, guesses)))

    # --- among declared pairs ----------------------------------------------------------------------

    def _closed_life(self, number: int) -> Life:
        questions, policy = self._questions, self._questions.index.policies[number]
        questions.statistics.begin()
        pair = declared_pair(questions, (number,), 0)
        questions.statistics.end()
        if pair is None:
            return Life(policy, Proved(), ())
        settings: list[tuple[Setting, Verdict]] = []
        for setting in policy.settings:
            questions.statistics.begin()
            witness = self._winners.get((number, setting.name))
            if witness is not None:
                self._replay(witness, policy, setting)
            settings.append((setting, Proved() if witness is None else Refuted(witness)))
            questions.statistics.end()
        return Life(policy, Refuted(pair), tuple(settings))

    @cached_property
    def _winners(self) -> dict[tuple[int, str], Witness]:
        """Return a declared pair for each setting of a policy that is in force somewhere; one walk over all pairs."""
        index, declared = self._questions.index, self._questions.declared
        found: dict[tuple[int, str], Witness] = {}
        for environment in declared.environments:
            place = index.environment_mask(environment)
            for name, setters in index.setting_rows.items():
                left = declared.everyone
                for row in rows_of(place & setters):
                    won = left & declared.row_products(index.rows[row], environment)
                    if won:
                        found.setdefault((index.owner[row], name), Witness(declared.first(won), environment))
                        left &= ~won
                        if not left:
                            break
        return found

    # --- in the open world -------------------------------------------------------------------------

    def _settings(self, number: int, guesses: list[tuple[Witness, int]]) -> Iterator[tuple[Setting, Verdict]]:
        questions, index = self._questions, self._questions.index
        policy = index.policies[number]
        before = index.before(number)
        for setting in policy.settings:
            better = before & index.setting_rows[setting.name]
            verdict: Verdict | None = None
            questions.statistics.begin()
            for witness, matching in guesses:
                if not matching & better:
                    verdict = Refuted(witness)
                    break
            questions.statistics.end()
            if verdict is None:
                questions.statistics.goals -= 1
                verdict = questions.search(
                    [policy_clause(index, number)], PolicyBlockers(index, better), readable=False
                )
            if isinstance(verdict, Refuted):
                self._replay(verdict.witness, policy, setting)
            yield setting, verdict

    def _replay(self, witness: Witness, policy: Policy, setting: Setting) -> None:
        """Have the resolver merge the point at which a setting is said to be in force."""
        decision = self._questions.resolver.decide(_asked(witness.product), _asked(witness.environment))
        effective = decision.effective.get(setting.name)
        if (
            effective is None
            or not isinstance(effective.origin, PolicyOrigin)
            or effective.origin.policy != policy.name
        ):
            raise VerificationError(f"`{setting.name}` of policy `{policy.name}` is not in force for {witness.words()}")

    @property
    def unknown(self) -> tuple[tuple[Policy, Unknown], ...]:
        """Return what could not be found out about whether a policy matches anything."""
        return tuple((life.policy, life.matches) for life in self.policies if isinstance(life.matches, Unknown))


def _asked(side: Side) -> str | Facts:
    """Return a side as the resolver takes it: it keeps what it learnt about declared names."""
    return side.name if side.declared else side.facts
