"""Compares the engine with the oracle, world by world, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from random import Random
from typing import Any

from engine.model.attributes import Attribute as EngineAttribute
from engine.model.attributes import Subject
from engine.model.conditions import Membership, Negation
from engine.model.entities import Require
from engine.verify import Proved, Questions, Refuted, Side, Unknown, Witness
from engine.verify.ambiguities import Ambiguities
from engine.verify.checks.requirement import fault
from engine.verify.life import PolicyLife
from engine.verify.remaining import prove_no_others
from engine.verify.requirements import Requirements
from engine.verify.verdict import CoreReason, ReasonKind, Verdict
from tests.engine.verify.oracle.enumeration import Enumerated, enumerated, winners
from tests.engine.verify.oracle.monolithic import Monolithic
from tests.engine.verify.oracle.naive import Naive, Thing, ambiguous, holds, merged
from tests.engine.verify.oracle.random_worlds import VALUES, engine_condition, random_world, workspace_of

ACTION = EngineAttribute(Subject.SETTING, "action")


class NoGuesses:
    """In place of the finder: every goal goes to the prover."""

    def candidates(self, *_: object) -> Iterator[Witness]:
        return iter(())


def as_thing(side: Side) -> Thing:
    what = side.subject.value
    values = {
        (what, attribute.field, *([attribute.key] if attribute.key is not None else [])): tuple(map(str, held))
        for attribute, held in side.values
    }
    return Thing(what, side.declared, values)


class Comparison:
    """What was compared so far; `wrong` names every disagreement."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def compare(self, seed: int, *, closed: bool = False, monolithic: bool = True) -> None:
        """Compare everything about one world."""
        world = random_world(seed, negations=seed % 5 != 0)
        known = enumerated(world)
        if known is None:
            self.counts["too large"] += 1
            return
        self.counts["worlds"] += 1
        self.counts["pairs"] += len(known.pairs)
        _World(self, seed, world, known, closed).compare(monolithic)

    def disagree(self, seed: int, what: str) -> None:
        self.wrong.append(f"world {seed}: {what}")


class _World:
    def __init__(self, comparison: Comparison, seed: int, world: Naive, known: Enumerated, closed: bool) -> None:
        self.comparison, self.seed, self.world, self.known, self.closed = comparison, seed, world, known, closed
        self.workspace = workspace_of(world)
        self.questions = Questions(self.workspace, closed=closed)

    def compare(self, monolithic: bool) -> None:
        self.goals(monolithic)
        self.life()
        self.ties()
        self.demands()

    # --- decide --------------------------------------------------------------------------------------

    def goals(self, monolithic: bool) -> None:
        random = Random(self.seed)
        conditions = self.known.conditions
        provers = [self.questions]
        if not self.closed:
            lazy = Questions(self.workspace)
            lazy.finder = NoGuesses()  # type: ignore[assignment]
            provers.append(lazy)
        whole = Monolithic(self.world) if monolithic and not self.closed else None
        for _ in range(6):
            chosen = random.sample(range(len(conditions)), random.randint(1, len(conditions)))
            cut = random.randint(0, min(3, len(chosen)))
            must, forbid = chosen[:cut], chosen[cut:]
            expected = self.known.exists(must, forbid, declared=self.closed)
            for questions in provers:
                verdict = questions.decide(
                    [engine_condition(conditions[number]) for number in must],
                    [engine_condition(conditions[number]) for number in forbid],
                )
                self.goal(verdict, expected, must, forbid)
            if whole is not None:
                self.comparison.counts["monolithic goals"] += 1
                if whole.exists(must, forbid) != expected:
                    self.comparison.disagree(self.seed, f"monolithic {must} {forbid}")

    def goal(self, verdict: Verdict, expected: bool, must: list[int], forbid: list[int]) -> None:
        counts = self.comparison.counts
        match verdict:
            case Proved():
                counts["proved"] += 1
                if expected:
                    self.comparison.disagree(self.seed, f"proved what is not so: {must} {forbid}")
            case Unknown():
                counts["unknown"] += 1
            case Refuted(witness):
                counts["refuted"] += 1
                thing, place = as_thing(witness.product), as_thing(witness.environment)
                conditions = self.known.conditions
                real = all(holds(conditions[number], thing, place) for number in must) and not any(
                    holds(conditions[number], thing, place) for number in forbid
                )
                if not real or not self.exists(thing) or not self.exists(place):
                    self.comparison.disagree(self.seed, f"no such point: {witness.words()} {must} {forbid}")
                if not witness.declared and self.known.exists(must, forbid, declared=True):
                    self.comparison.disagree(self.seed, f"a declared pair was passed over: {must} {forbid}")

    def exists(self, thing: Thing) -> bool:
        declared = self.world.products if thing.what == "product" else self.world.environments
        if thing.declared:
            return thing in declared
        return not self.closed and thing.name not in {other.name for other in declared}

    # --- the checks ----------------------------------------------------------------------------------

    def life(self) -> None:
        lives = PolicyLife(self.questions).policies
        matched = {life.policy.name: life.matches for life in lives if not isinstance(life.matches, Proved)}
        expected = {rule.name for rule in self.world.rules} - self.known.unmatched(declared=self.closed)
        self.same("matched policies", matched, expected, self.matches)
        alive = {
            (life.policy.name, setting.name): verdict
            for life in lives
            for setting, verdict in life.settings
            if not isinstance(verdict, Proved)
        }
        self.same("settings in force", alive, self.known.alive(declared=self.closed), self.is_in_force)
        self.comparison.counts["dead settings"] += sum(len(life.dead) for life in lives)
        for life in lives:
            for setting, verdict in life.dead:
                self.core(life.policy.name, setting.name, verdict)

    def matches(self, name: str, thing: Thing, place: Thing) -> bool:
        (rule,) = [found for found in self.world.rules if found.name == name]
        return holds(rule.when, thing, place)

    def is_in_force(self, key: tuple[str, str], thing: Thing, place: Thing) -> bool:
        name, setting = key
        winner = merged(self.world, thing, place).get(setting)
        return winner is not None and winner.name == name

    def core(self, policy: str, setting: str, verdict: Proved) -> None:
        """A proof's policies must suffice by themselves, for everything the oracle can see."""
        if self.closed:
            return
        numbers = {rule.name: number for number, rule in enumerate(self.world.rules)}
        blockers = [
            numbers[reason.name]
            for reason in verdict.core
            if reason.kind is ReasonKind.POLICY and reason.name != policy
        ]
        for number in blockers:
            if setting not in self.world.rules[number].settings:
                self.comparison.disagree(self.seed, f"a core of {policy} names a policy that sets nothing")
        if self.known.exists([numbers[policy]], blockers):
            self.comparison.disagree(self.seed, f"the core of {policy}.{setting} does not suffice")

    def ties(self) -> None:
        ambiguities = Ambiguities(self.questions)
        policies = self.questions.index.policies
        found: dict[tuple[str, ...], Verdict] = {}
        now: dict[tuple[str, ...], Verdict] = {}
        for contest, verdict, real in ambiguities.contests:
            names = sorted((policies[contest.first].name, policies[contest.second].name))
            if not isinstance(verdict, Proved):
                found[contest.setting, *names] = verdict
                if real:
                    now[contest.setting, *names] = verdict
        self.same("ties", found, self.known.ties(declared=self.closed), self.is_tie)
        self.same("ties of declared pairs", now, self.known.ties(declared=True), self.is_tie)
        self.comparison.counts["ties"] += len(found)
        for tier in ambiguities.tiers:
            if not isinstance(prove_no_others(self.questions, ambiguities, tier), Proved):
                self.comparison.disagree(self.seed, f"ties in {tier.setting} besides those found")

    def is_tie(self, key: tuple[str, str, str], thing: Thing, place: Thing) -> bool:
        return key in ambiguous(self.world, thing, place)

    def demands(self) -> None:
        """Requirements about the action: where one of the extra conditions holds, it must have some value."""
        requirements = Requirements(self.questions)
        first = len(self.world.rules)
        for number in range(len(self.world.extra)):
            wanted = (self.seed + number) % 3
            value = VALUES["action"][wanted]
            that = Membership(ACTION, (str(getattr(value, "value", "")),))
            for positive in (True, False):
                demand = Require("r", that if positive else Negation(that), engine_condition(self.world.extra[number]))
                examined = requirements.for_hands(fault(demand, by_hand=True), CoreReason(ReasonKind.REQUIRE, "r"))
                for declared in (True, False):
                    broken = any(
                        mask >> (first + number) & 1 and (got == wanted) != positive
                        for mask, got in self.known.values("action", declared=declared or self.closed)
                    )
                    said = isinstance(examined.verdict, Refuted) and (examined.now or not declared)
                    self.comparison.counts["demands"] += 1
                    beyond = said and not declared and not self.closed  # its point is looked at below
                    self.comparison.counts["beyond what is enumerated"] += beyond and not broken
                    if said != broken and not beyond:
                        self.comparison.disagree(self.seed, f"demand {number} {positive} declared={declared}: {said}")
                if isinstance(examined.verdict, Refuted):
                    self.demand_point(examined.verdict.witness, number, wanted, positive)

    def demand_point(self, witness: Witness, number: int, wanted: int, positive: bool) -> None:
        thing, place = as_thing(witness.product), as_thing(witness.environment)
        matching = [rule for rule in self.world.rules if holds(rule.when, thing, place)]
        rule = winners(matching, self.world.lowest_wins).get("action")
        got = None if rule is None else rule.settings["action"]
        real = holds(self.world.extra[number], thing, place) and (got == wanted) != positive
        if not real or not self.exists(thing) or not self.exists(place):
            self.comparison.disagree(self.seed, f"demand {number}: no such point: {witness.words()}")

    def same(
        self,
        what: str,
        found: dict[Any, Verdict],
        expected: AbstractSet[Any],
        real: Callable[[Any, Thing, Thing], bool],
    ) -> None:
        """What the oracle found must have been found; every point that was shown must be real.

        Words longer than the oracle spells are beyond it, so it may find less.
        """
        self.comparison.counts["sets compared"] += 1
        if expected - found.keys():
            self.comparison.disagree(self.seed, f"{what}: {sorted(expected - found.keys())} were proved away")
        for key, verdict in found.items():
            assert isinstance(verdict, Refuted)
            thing, place = as_thing(verdict.witness.product), as_thing(verdict.witness.environment)
            if not (self.exists(thing) and self.exists(place) and real(key, thing, place)):
                self.comparison.disagree(self.seed, f"{what}: {key} is not so for {verdict.witness.words()}")
            self.comparison.counts["points looked at"] += 1
            self.comparison.counts["beyond what is enumerated"] += key not in expected
