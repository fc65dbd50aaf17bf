"""Where settings are merged, and whether a fault in what they merge to can come about there.

The places are every step of every flow, with its inline settings and what a change has passed when it gets
there, and promotions by hand into any environment. A product that is declared gets to a step only along the
flows it lists; one that is not declared yet may list any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.conditions import Condition, PassedThrough, atoms
from engine.model.entities import Flow, Step
from engine.verify.domination import Roads
from engine.verify.effective import EffectiveSettings, Place
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason, Proved, Refuted, Verdict


@dataclass(frozen=True, slots=True)
class Site:
    """A place that has a name.

    Attributes:
        place: where settings are merged.
        flow: the flow; None for promotions by hand.
        step: the flow's step; None for promotions by hand.
    """

    place: Place
    flow: Flow | None = None
    step: Step | None = None

    @property
    def words(self) -> str:
        """Return it for people."""
        if self.flow is None or self.step is None:
            return "a promotion by hand"
        return f"flow `{self.flow.name}`, step `{self.step.environment}`"


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found out about a fault at one site.

    Attributes:
        site: where.
        verdict: `Refuted` with a point that has the fault, or `Proved` that there is none.
        now: whether something declared has it.
        count: how many declared products have it, summed over environments.
    """

    site: Site
    verdict: Verdict
    now: bool = False
    count: int = 0


class Requirements:
    """Examines faults at every site of a workspace."""

    def __init__(self, questions: Questions) -> None:
        """Prepare the sites. O(steps of flows)."""
        self._questions = questions
        self.effective = EffectiveSettings(questions)
        self.roads = Roads(questions.workspace)
        self._known: dict[tuple[Condition, str, frozenset[str]], tuple[Verdict, CoreReason]] = {}
        self.sites: tuple[Site, ...] = tuple(self._steps())
        self.by_hand = Site(Place())

    def _steps(self) -> Iterator[Site]:
        workspace = self._questions.workspace
        roads = self.roads
        asked = {
            atom.environment
            for require in workspace.requires.values()
            for atom in atoms(require.that)
            if isinstance(atom, PassedThrough)
        }
        listing: dict[str, set[str]] = {}
        for product in workspace.products.values():
            for use in product.flows:
                listing.setdefault(use.flow, set()).add(product.name)
        for flow in workspace.flows.values():
            excluded = frozenset(workspace.products) - listing.get(flow.name, set())
            for step in flow.steps:
                environment = self._questions.world.environments.get(step.environment)
                if environment is not None:
                    passed = roads.must_pass(step.environment, flow.name, among=asked)
                    yield Site(Place(environment, flow.name, step.settings, passed, excluded), flow, step)

    def at_step(self, fault: Condition, site: Site, reason: CoreReason) -> Examined:
        """Examine a fault at a flow's step."""
        place = site.place
        environment = place.environment
        assert environment is not None
        found = self.effective.declared(fault, place, environment)
        if found:
            witness = Witness(self._questions.declared.first(found), environment, place.flow)
            self.effective.replay(witness, fault, place)
            return Examined(site, Refuted(witness), True, found.bit_count())
        left = self.effective.folded(fault, place)
        key = (left, environment.name, place.excluded)
        if key not in self._known:
            self._known[key] = (self.effective.possible(fault, place, reason), reason)
        verdict, named = self._known[key]
        if isinstance(verdict, Proved) and named != reason:
            verdict = Proved(tuple(sorted((reason if found == named else found for found in verdict.core), key=str)))
        if isinstance(verdict, Refuted) and verdict.witness.flow != place.flow:
            verdict = Refuted(Witness(verdict.witness.product, environment, place.flow))
            self.effective.replay(verdict.witness, fault, place)
        return Examined(site, verdict)

    def for_hands(self, fault: Condition, reason: CoreReason) -> Examined:
        """Examine a fault for promotions by hand, into any environment."""
        count = 0
        first: Witness | None = None
        for environment in self._questions.declared.environments:
            found = self.effective.declared(fault, self.by_hand.place, environment)
            if found and first is None:
                first = Witness(self._questions.declared.first(found), environment)
                self.effective.replay(first, fault, self.by_hand.place)
            count += found.bit_count()
        if first is not None:
            return Examined(self.by_hand, Refuted(first), True, count)
        if self._questions.closed:
            return Examined(self.by_hand, Proved((reason,)))
        return Examined(self.by_hand, self.effective.possible(fault, self.by_hand.place, reason))
