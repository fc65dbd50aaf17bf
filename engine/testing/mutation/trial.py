"""Tries mutants: does a test fail, does a requirement break, and if neither, does it make a difference at all?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from engine.model.entities import Flow, Policy, Product
from engine.model.workspace import Workspace
from engine.resolve.calendar import Zones
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts, flow_facts, passed_facts, setting_facts
from engine.testing.flow_steps import passed_before
from engine.testing.mutation.differences import Differences
from engine.testing.mutation.mutant import Mutant
from engine.testing.mutation.mutants import mutants_of
from engine.testing.mutation.pairs import Pair, Pairs, Values, difference
from engine.testing.outcome import Ran
from engine.testing.runner import Runner
from grammar import nodes

DEFAULT_LIMIT = 2_000
"""Mutants that are tried."""


class Fate(Enum):
    """What became of a mutant."""

    KILLED_BY_TEST = "killed by a test"
    KILLED_BY_REQUIREMENT = "killed by a requirement"
    SURVIVED = "survived"
    NO_EFFECT = "without effect"


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant that was tried.

    Attributes:
        mutant: what was changed.
        fate: what became of it.
        by: the title of the test or the name of the requirement that killed it; for one that survived, something
            that it changes; else empty.
    """

    mutant: Mutant
    fate: Fate
    by: str = ""


@dataclass(frozen=True, slots=True)
class Trials:
    """What became of all mutants.

    Attributes:
        tried: in the order of `mutants_of`.
        there: how many mutants there are; more than were tried where a limit was reached.
    """

    tried: tuple[Tried, ...]
    there: int

    def count(self, fate: Fate) -> int:
        """Return how many mutants had a fate."""
        return sum(one.fate is fate for one in self.tried)

    @property
    def survivors(self) -> tuple[Tried, ...]:
        """Return those that nothing noticed, though they make a difference."""
        return tuple(one for one in self.tried if one.fate is Fate.SURVIVED)

    @property
    def score(self) -> float:
        """Return the share of mutants with an effect that were killed, from 0 to 100; 100 where there is none."""
        killed = self.count(Fate.KILLED_BY_TEST) + self.count(Fate.KILLED_BY_REQUIREMENT)
        return 100.0 * killed / (killed + len(self.survivors)) if killed or self.survivors else 100.0


def mutate(workspace: Workspace, tests: Sequence[nodes.Test], zone: Zones, limit: int = DEFAULT_LIMIT) -> Trials:
    """Try every mutant of a workspace, or as many as a limit allows, evenly spread over all of them.

    Args:
        workspace: a workspace without errors.
        tests: which may notice; all of them pass.
        zone: finds time zones by name.
        limit: how many mutants are tried at most.

    Raises:
        ValueError: when a test fails as things are.
    """
    trial = _Trial(workspace, tests, zone)
    mutants = tuple(mutants_of(workspace, trial.pairs.rival))
    chosen = mutants
    if len(mutants) > limit:
        chosen = tuple(mutants[number * len(mutants) // limit] for number in range(limit))
    return Trials(tuple(trial.tried(mutant) for mutant in chosen), len(mutants))


class _Trial:
    """Tries mutants of one workspace."""

    def __init__(self, workspace: Workspace, tests: Sequence[nodes.Test], zone: Zones) -> None:
        self._workspace = workspace
        self._zone = zone
        runner = Runner(workspace, zone)
        self._ran = runner.run_all(tests)
        if not all(ran.passed for ran in self._ran):
            raise ValueError("a test fails as things are")
        self.pairs = Pairs(runner.resolver, self._ran)
        self._differences = Differences(workspace)
        self._looked = {
            ran.test.title.text: [runner.resolver.facts_of(ran.given.facts, one.environment) for one in ran.looked_at]
            for ran in self._ran
        }
        self._broken = {
            (require, pair.product, pair.flow, pair.environment)
            for pair in self.pairs.all
            if pair.step
            for require in self._breaks(workspace, pair, pair.values)
        }

    def tried(self, mutant: Mutant) -> Tried:
        """Try one mutant."""
        workspace = mutant.applied(self._workspace)
        runner = Runner(workspace, self._zone)
        killer = next((ran for ran in self._concerned(mutant) if not runner.passes(ran.test)), None)
        if killer is not None:
            return Tried(mutant, Fate.KILLED_BY_TEST, killer.test.title.text)
        if isinstance(mutant.old, Product):
            return _survived(mutant, self._differences.of_trigger(mutant))
        shown = ""
        for pair in self._affected(mutant):
            if shown and not (pair.step and workspace.requires):
                break
            values = self.pairs.values(runner.resolver, pair)
            if values != pair.values:
                shown = shown or f"{pair.words}: {difference(pair.values, values)}"
            elif isinstance(mutant.old, Policy):
                continue
            for require in self._breaks(workspace, pair, values) if pair.step else ():
                if (require, pair.product, pair.flow, pair.environment) not in self._broken:
                    return Tried(mutant, Fate.KILLED_BY_REQUIREMENT, require)
        return _survived(mutant, shown or self._differences.elsewhere(mutant, runner.resolver))

    # --- what a mutant concerns ----------------------------------------------------------------------

    def _concerned(self, mutant: Mutant) -> list[Ran]:
        """Return the tests that could come out otherwise."""
        return [ran for ran in self._ran if self._concerns(mutant, ran)]

    def _concerns(self, mutant: Mutant, ran: Ran) -> bool:
        match mutant.old:
            case Product():
                return ran.given.product.name == mutant.old.name
            case Flow():
                return ran.given.flow == mutant.old.name
            case Policy():
                if any(isinstance(item, nodes.ExpectBlocked) for item in ran.test.items):
                    return True  # what blocks an earlier step matters too
                return any(_may_match(mutant, facts) for facts in self._looked[ran.test.title.text])
            case _:
                assert_never(mutant.old)

    def _affected(self, mutant: Mutant) -> Iterator[Pair]:
        """Yield the pairs that could be decided otherwise, or reached otherwise; steps come first."""
        for pair in self.pairs.all:
            if _may_match(mutant, pair.facts) if isinstance(mutant.old, Policy) else pair.flow == mutant.old.name:
                yield pair

    def _breaks(self, workspace: Workspace, pair: Pair, values: Values) -> list[str]:
        """Return the requirements that a step breaks."""
        if not workspace.requires or pair.flow is None:
            return []
        facts = pair.facts.overlaid(
            flow_facts(pair.flow),
            setting_facts(values),
            passed_facts(passed_before(workspace.flows[pair.flow], pair.environment)),
        )
        return [
            require.name
            for require in workspace.requires.values()
            if evaluate(require.when, facts) and not evaluate(require.that, facts)
        ]


def _may_match(mutant: Mutant, facts: Facts) -> bool:
    """Say whether a policy matches facts as it is, or as it would be."""
    return any(isinstance(policy, Policy) and evaluate(policy.when, facts) for policy in (mutant.old, mutant.new))


def _survived(mutant: Mutant, shown: str) -> Tried:
    return Tried(mutant, Fate.SURVIVED if shown else Fate.NO_EFFECT, shown)
