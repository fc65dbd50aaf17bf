"""Questions about effective settings: can what the policies merge to ever break a demand?

A test of a setting is a Boolean of its own at first. Where a model and the merge at its point disagree about
one, the prover learns who decides there: "where this policy matches, its value counts, unless one of these
better policies matches". So only policies that matter for the demand ever enter a proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from engine.model.attributes import Subject
from engine.model.conditions import ALWAYS, Bound, Condition, Matching, Membership, PassedThrough, atoms, conjuncts
from engine.model.entities import Setting
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts, flow_facts, passed_facts, setting_facts
from engine.verify.deciding import Deciders, setting_of
from engine.verify.folding import NEVER, Atom, about, any_of, fold, negated
from engine.verify.points import Side, Witness
from engine.verify.question import MOST_ROUNDS, Questions
from engine.verify.readable import most_ordinary
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Refuted, Unknown, Verdict, VerificationError

_MOST_GUESSED = 200
"""Policies whose matching is tried as a way to break a demand, before the prover is asked."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where settings are merged.

    Attributes:
        environment: the target; None for any.
        flow: the flow a change is in; None for a promotion by hand.
        inline: the settings of the step, which win over every policy.
        passed: the environments a change has certainly gone through.
        excluded: declared products that never get there.
    """

    environment: Side | None = None
    flow: str | None = None
    inline: tuple[Setting, ...] = ()
    passed: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    def known(self) -> Mapping[Subject, Facts]:
        """Return what is certain there, by whose attribute it is."""
        known: dict[Subject, Facts] = {Subject.FLOW: flow_facts(self.flow)}
        if self.environment is not None:
            known[Subject.ENVIRONMENT] = self.environment.facts
        return known


class EffectiveSettings:
    """Asks about the effective settings of one workspace."""

    def __init__(self, questions: Questions) -> None:
        """Prepare; nothing is asked yet."""
        self._questions = questions
        self._index = questions.index
        self._deciders = Deciders(questions)

    # --- the prover's way --------------------------------------------------------------------------

    def possible(self, fault: Condition, place: Place, reason: CoreReason) -> Verdict:
        """Say whether a fault can ever come about.

        Args:
            fault: about products, environments, flows, settings and what was passed.
            place: where.
            reason: what the fault is called in a proof.

        Returns:
            `Refuted` with a point at which the resolver's merge has the fault, or `Proved` that there is none.
        """
        self._questions.statistics.begin()
        left = self.folded(fault, place)
        verdict = self._possible(left, fault, place, reason)
        self._questions.statistics.end()
        return verdict

    def folded(self, fault: Condition, place: Place) -> Condition:
        """Return what a place leaves open of a fault."""
        known = about(place.known())
        inline = setting_facts({setting.name: setting.value for setting in place.inline})
        passed = passed_facts(place.passed)

        def answer(atom: Atom) -> bool | None:
            if isinstance(atom, PassedThrough):
                return evaluate(atom, passed)
            if atom.attribute.subject is Subject.SETTING:
                if any(setting.name == atom.attribute.field for setting in place.inline):
                    return evaluate(atom, inline)
                return None if self._index.setting_rows.get(atom.attribute.field) else False
            return known(atom)

        return fold(fault, answer)

    def _possible(self, left: Condition, fault: Condition, place: Place, reason: CoreReason) -> Verdict:
        if left == NEVER:
            return Proved((reason,))
        if self._questions.closed:
            return Proved((reason,))
        for witness in self._guesses(left, place):
            if self._faulty(left, witness):
                return Refuted(self._shown(witness, left, fault, place))
        return self._prove(left, fault, place, reason)

    def _prove(self, left: Condition, fault: Condition, place: Place, reason: CoreReason) -> Verdict:
        from engine.verify.answers import GaveUp, NoModel

        prover = self._questions.prover
        checks = prover.checks
        goal = prover.goal()
        goal.require(left, reason)
        if place.excluded:
            goal.exclude(Subject.PRODUCT, place.excluded)
        try:
            for _ in range(MOST_ROUNDS):
                answer = goal.check()
                if isinstance(answer, GaveUp):
                    return Unknown(answer.reason)
                if isinstance(answer, NoModel):
                    return Proved(goal.smallest(answer.core))
                witness = Witness(answer.product, place.environment or answer.environment, place.flow)
                if self._faulty(left, witness):
                    return Refuted(self._shown(witness, left, fault, place))
                matching = self._index.matching(witness)
                wrong = [atom for atom, value in answer.opaque.items() if self._merged(atom, matching) != value]
                if not wrong:
                    raise VerificationError(f"a model and the merge disagree without a reason for {witness.words()}")
                # One lesson at a time, the shortest: where nobody can decide otherwise, it often is the last.
                deciders = {atom: self._decided(atom, matching, place) for atom in wrong}
                atom = min(wrong, key=lambda one: len(deciders[one][1]))
                goal.require(*self._lesson(atom, *deciders[atom], place))
            return Unknown(f"the prover looked at {MOST_ROUNDS} models and gave up")
        finally:
            self._questions.statistics.asked(prover.checks - checks)

    def _lesson(self, atom: Atom, winner: int | None, others: list[int], place: Place) -> tuple[Condition, CoreReason]:
        """Return who decides a test at a point, as far as it holds everywhere."""
        contrary = any_of(self._asks(number, place) for number in others)
        if winner is None:
            return any_of((negated(atom), contrary)), CoreReason(ReasonKind.SETTING, setting_of(atom))
        policy = self._index.policies[winner]
        decided: Condition = atom if winner in self._deciders.said(atom).yes else negated(atom)
        reason = CoreReason(ReasonKind.POLICY, policy.name, policy.span)
        return any_of((negated(self._asks(winner, place)), decided, contrary)), reason

    def _decided(self, atom: Atom, matching: int, place: Place) -> tuple[int | None, list[int]]:
        """Return who decides a test where some rows match, and the better policies that would decide otherwise.

        Where nobody sets the setting the test fails, and the others are all that would make it hold.
        """
        said = self._deciders.said(atom)
        everyone = self._everyone(atom, place)
        setters = matching & self._setters(atom)
        if not setters:
            return None, self._index.owners(everyone & said.rows)
        winner = self._index.owner[setters.bit_length() - 1]
        before = self._index.before(winner) & everyone
        return winner, self._index.owners(before & ~said.rows if winner in said.yes else before & said.rows)

    def _asks(self, number: int, place: Place) -> Condition:
        return fold(self._index.policies[number].when, about(place.known()))

    def _everyone(self, atom: Atom, place: Place) -> int:
        rows = self._setters(atom)
        return rows if place.environment is None else rows & self._index.environment_mask(place.environment)

    def _setters(self, atom: Atom) -> int:
        return self._index.setting_rows[setting_of(atom)]

    def _merged(self, atom: Atom, matching: int) -> bool:
        """Return what a test comes to where some rows match."""
        setters = matching & self._setters(atom)
        return bool(setters) and bool(self._deciders.said(atom).rows >> setters.bit_length() - 1 & 1)

    # --- guesses and points ------------------------------------------------------------------------

    def _guesses(self, left: Condition, place: Place) -> Iterator[Witness]:
        """Yield points that might have a fault: the generic one, and one for each policy that has a say."""
        parts = tuple(part for part in conjuncts(left) if not any(_is_setting(atom) for atom in atoms(part)))
        ways: list[tuple[Condition, ...]] = [parts]
        ways += [(*parts, self._asks(number, place)) for number in self._suspects(left, place)]
        for way in ways:
            found = self._questions.finder.candidates(way, None, place.environment)
            for guess in islice(found, 4):
                if guess.product.name not in place.excluded or not guess.product.declared:
                    yield Witness(guess.product, guess.environment, place.flow)

    def _suspects(self, left: Condition, place: Place) -> Iterator[int]:
        """Yield policies whose deciding a setting leaves the fault possible."""
        tests: dict[str, dict[Atom, None]] = {}
        for atom in atoms(left):
            if _is_setting(atom):
                tests.setdefault(setting_of(atom), {})[atom] = None
        for same in tests.values():
            innocent: dict[tuple[bool, ...], bool] = {}
            saying = [self._deciders.said(atom).yes for atom in same]
            for number in islice(self._index.owners(self._everyone(next(iter(same)), place)), _MOST_GUESSED):
                values = tuple(number in yes for yes in saying)
                if values not in innocent:
                    innocent[values] = fold(left, dict(zip(same, values, strict=True)).get) == NEVER
                if not innocent[values]:
                    yield number

    def _faulty(self, left: Condition, witness: Witness) -> bool:
        matching = self._index.matching(witness)

        def answer(atom: Atom) -> bool | None:
            return self._merged(atom, matching) if _is_setting(atom) else evaluate(atom, facts)

        facts = witness.facts()
        return fold(left, answer) == ALWAYS

    def _shown(self, witness: Witness, left: Condition, fault: Condition, place: Place) -> Witness:
        """Return the most ordinary point with a fault, after the resolver has agreed."""
        pinned = frozenset({Subject.ENVIRONMENT} if place.environment is not None else ())

        def good(point: Witness) -> bool:
            return not (point.product.declared and point.product.name in place.excluded) and self._faulty(left, point)

        shown = most_ordinary(witness, self._questions.world, good, pinned)
        self.replay(shown, fault, place)
        return shown

    def replay(self, witness: Witness, fault: Condition, place: Place) -> None:
        """Have the resolver merge a point that is said to have a fault.

        Raises:
            VerificationError: when it has none.
        """
        decision = self._questions.resolver.decide(
            witness.product.facts, witness.environment.facts, inline=place.inline, flow=place.flow
        )
        settings = setting_facts({name: found.value for name, found in decision.effective.items()})
        if not evaluate(fault, witness.facts().overlaid(settings, passed_facts(place.passed))):
            raise VerificationError(f"the resolver sees nothing wrong for {witness.words()}")

    # --- declared products, all at once ------------------------------------------------------------

    def declared(self, fault: Condition, place: Place, environment: Side) -> int:
        """Return the declared products whose promotion into a declared environment has a fault.

        As a set of `DeclaredWorld`; products that the place excludes are not in it.
        """
        left = self.folded(fault, Place(environment, place.flow, place.inline, place.passed))
        if left == NEVER:
            return 0
        declared = self._questions.declared

        def answer(atom: Atom) -> int:
            found, yes = 0, self._deciders.said(atom).yes
            for number, products in self._deciders.winners(environment, setting_of(atom)):
                if number in yes:
                    found |= products
            return found

        found = declared.holding(left, environment, place.flow, answer)
        for name in place.excluded if found else ():
            found &= ~declared.bit(name)
        return found


def _is_setting(atom: Atom) -> bool:
    return isinstance(atom, Membership | Matching | Bound) and atom.attribute.subject is Subject.SETTING
