"""The prover: a goal as a Z3 problem that grows, and its models as points of the world.

One solver serves many goals, each in a scope of its own. What carries a proof is said under a tracking literal,
so that an unsatisfiable core names policies and declarations.

Encoded: sort Bool only, logic QF_FD. A goal is unsatisfiable exactly if no point of the open world fulfils all
that was required of it; a model that no point realises is excluded by a lemma and asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import z3  # type: ignore[import-untyped]  # ships no types

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Condition
from engine.verify.answers import GaveUp as GaveUp
from engine.verify.answers import Model as Model
from engine.verify.answers import NoModel as NoModel
from engine.verify.encoding import Encoder, Formula, Relation, Variable, relation
from engine.verify.globs import Pattern
from engine.verify.points import Side
from engine.verify.realisation import Realised, Unrealisable, realise
from engine.verify.verdict import CoreReason, ReasonKind
from engine.verify.words import domain_of
from engine.verify.world import World

_GOALS_PER_SOLVER = 256
"""Goals after which a solver is replaced: symbols of old goals slow new ones down."""

_DEFINITION = re.compile(r"\(define-fun (a\d+) \(\) Bool\s+(true|false)\)")


class Prover:
    """Opens goals in a world, and counts what they cost.

    Attributes:
        world: whose declared names have facts.
        encoder: shared by all goals.
        checks: how often Z3 was asked.
        lemmas: how often a model was excluded because no word fits its patterns.
    """

    def __init__(self, world: World, *, rlimit: int) -> None:
        """Prepare for goals; ``rlimit`` bounds each check, and makes giving up reproducible."""
        self.world = world
        self.encoder = Encoder()
        self.rlimit = rlimit
        self.checks = self.lemmas = 0
        self._solver: Any = None
        self._symbols: set[str] = set()
        self._trackers: list[Any] = []
        self._goals = 0

    def goal(self, *, reasons: bool = True) -> Goal:
        """Begin a goal; the one before is over.

        Args:
            reasons: whether a proof must name what it rests on; without, it is found several times faster.
        """
        if self._solver is None or self._goals >= _GOALS_PER_SOLVER:
            self._solver = z3.SolverFor("QF_FD")
            self._solver.set("rlimit", self.rlimit)
            self._symbols, self._trackers, self._goals = set(), [], 0
        else:
            self._solver.pop()
        self._goals += 1
        self._solver.push()
        return Goal(self, self._solver, reasons=reasons)

    def declare(self, symbol: str) -> str:
        """Return the text that declares a symbol, or nothing when the solver knows it."""
        if symbol in self._symbols:
            return ""
        self._symbols.add(symbol)
        return f"(declare-fun {symbol} () Bool)"

    def tracker(self, number: int) -> Any:
        """Return the Bool of a tracking literal."""
        while len(self._trackers) <= number:
            self._trackers.append(z3.Bool(f"t{len(self._trackers)}"))
        return self._trackers[number]


class Goal:
    """One goal: conditions that one point must fulfil together."""

    def __init__(self, prover: Prover, solver: Any, *, reasons: bool = True) -> None:
        """Begin empty; made by `Prover.goal`."""
        self._prover = prover
        self._tracks = reasons
        self._solver = solver
        self._text: list[str] = []
        self._present: dict[Attribute, dict[Variable, None]] = {}
        self._globs: dict[Attribute, list[Variable]] = {}
        self._ladders: dict[Attribute, str] = {}
        self._opaque: dict[Variable, None] = {}
        self._kinds: dict[Variable, None] = {}
        self._named: dict[Subject, list[tuple[Variable, Side, str]]] = {}
        self._reasons: list[CoreReason] = []
        self._tracked: dict[CoreReason, int] = {}
        self._auxiliary = 0
        self._excluded: dict[Subject, frozenset[str]] = {}

    # --- building ----------------------------------------------------------------------------------

    def require(self, condition: Condition, reason: CoreReason) -> None:
        """Require a condition of the point, as a part of the proof that bears a name."""
        self.require_formula(self._prover.encoder.formula(condition), reason)

    def require_formula(self, formula: Formula, reason: CoreReason) -> None:
        """Require a condition that was encoded before."""
        for variable in formula.variables:
            self._add(variable)
        self._text.append(f"(assert (=> {self._track(reason)} {formula.text}))")

    def _track(self, reason: CoreReason) -> str:
        if not self._tracks:
            return "true"
        number = self._tracked.get(reason)
        if number is None:
            number = self._tracked[reason] = len(self._reasons)
            self._reasons.append(reason)
            self._text.append(self._prover.declare(f"t{number}"))
        return f"t{number}"

    def _add(self, variable: Variable) -> None:
        """Bring a variable into the goal, with what it has to do with those already there."""
        if variable.opaque is not None:
            if variable not in self._opaque:
                self._opaque[variable] = None
                self._text.append(self._prover.declare(variable.symbol))
            return
        assert variable.attribute is not None
        if variable.pattern is None:
            if variable not in self._kinds:
                self._kinds[variable] = None
                self._text.append(self._prover.declare(variable.symbol))
                self._facts_of(variable)
            return
        present = self._present.setdefault(variable.attribute, {})
        if variable in present:
            return
        self._text.append(self._prover.declare(variable.symbol))
        globs = self._globs.setdefault(variable.attribute, [])
        # Literals have nothing to do with each other but what the ladder says; most of a large goal are literals.
        self._relate(variable, variable.pattern, present if variable.pattern.glob else globs)
        present[variable] = None
        if variable.pattern.glob:
            globs.append(variable)
        self._facts_of(variable)
        if variable.attribute.field == "name" and not variable.pattern.glob:
            self._name(variable, variable.pattern.text)

    def _relate(self, variable: Variable, own: Pattern, present: Iterable[Variable]) -> None:
        """Say what a new pattern has to do with those of the same attribute: for a literal, with those with a `*`."""
        assert variable.attribute is not None
        domain = domain_of(variable.attribute)
        symbol = variable.symbol
        if not own.glob and not domain.language.holds(own.text) and not self._declares(variable):
            self._text.append(f"(assert (not {symbol}))")
        if not own.glob and not domain.many:
            self._at_most_one(variable.attribute, symbol)
        for other in present:
            assert other.pattern is not None
            match relation(own, other.pattern):
                case Relation.APART if not domain.many:
                    self._text.append(f"(assert (not (and {symbol} {other.symbol})))")
                case Relation.FIRST_IN_SECOND:
                    self._text.append(f"(assert (=> {symbol} {other.symbol}))")
                case Relation.SECOND_IN_FIRST:
                    self._text.append(f"(assert (=> {other.symbol} {symbol}))")
                case Relation.SAME:
                    self._text.append(f"(assert (= {symbol} {other.symbol}))")

    def _at_most_one(self, attribute: Attribute, symbol: str) -> None:
        """Say that one value is one literal at most: a ladder, three clauses a literal."""
        before = self._ladders.get(attribute)
        if before is None:
            self._ladders[attribute] = symbol
            return
        self._text.append(f"(assert (not (and {before} {symbol})))")
        rung = f"l{self._auxiliary}"
        self._auxiliary += 1
        self._text.append(f"{self._prover.declare(rung)}(assert (= {rung} (or {before} {symbol})))")
        self._ladders[attribute] = rung

    # --- declared names ----------------------------------------------------------------------------

    def _declares(self, variable: Variable) -> bool:
        attribute, found = variable.attribute, variable.pattern
        assert attribute is not None
        assert found is not None
        return attribute.field == "name" and self._prover.world.declared(attribute.subject, found.text) is not None

    def _name(self, variable: Variable, name: str) -> None:
        """Say what is declared under a name that is asked about."""
        assert variable.attribute is not None
        subject = variable.attribute.subject
        declared = self._prover.world.declared(subject, name)
        if declared is None:
            return
        kind = ReasonKind.PRODUCT if subject is Subject.PRODUCT else ReasonKind.ENVIRONMENT
        entities = self._prover.world.workspace
        span = (entities.products if subject is Subject.PRODUCT else entities.environments)[name].span
        tracker = self._track(CoreReason(kind, name, span))
        self._named.setdefault(subject, []).append((variable, declared, tracker))
        for attribute, variables in self._present.items():
            if attribute.subject is subject and attribute.field != "name":
                for other in variables:
                    self._fact(variable, declared, tracker, other)
        for other in self._kinds:
            if subject is Subject.ENVIRONMENT:
                self._fact(variable, declared, tracker, other)

    def _facts_of(self, variable: Variable) -> None:
        assert variable.attribute is not None
        if variable.attribute.field == "name":
            # Names exclude each other already, and to say so for each pair of them would take long.
            return
        for name, declared, tracker in self._named.get(variable.attribute.subject, ()):
            self._fact(name, declared, tracker, variable)

    def _fact(self, name: Variable, declared: Side, tracker: str, other: Variable) -> None:
        holds = _holds(declared, other)
        literal = other.symbol if holds else f"(not {other.symbol})"
        self._text.append(f"(assert (=> (and {tracker} {name.symbol}) {literal}))")

    def exclude(self, subject: Subject, names: Iterable[str]) -> None:
        """Leave declared things out of the world of this goal; each is excluded when a model first names it."""
        self._excluded[subject] = frozenset(names)

    def _is_excluded(self, side: Side) -> bool:
        return side.declared and side.name in self._excluded.get(side.subject, ())

    def _leave_out(self, side: Side) -> None:
        name = self._prover.encoder.variable(Attribute(side.subject, "name"), Pattern(side.name, False))
        self._add(name)
        self._text.append(f"(assert (not {name.symbol}))")

    # --- asking ------------------------------------------------------------------------------------

    def check(self) -> Model | NoModel | GaveUp:
        """Return a point that fulfils everything, or that there is none, or that the prover gave up."""
        while True:
            answer = self._ask(range(len(self._reasons)))
            if isinstance(answer, NoModel | GaveUp):
                return answer
            realised = realise(self._prover.world, self._present, self._kinds, answer)
            if isinstance(realised, Realised):
                unwanted = [side for side in (realised.product, realised.environment) if self._is_excluded(side)]
                if unwanted:
                    for side in unwanted:
                        self._leave_out(side)
                    continue
                opaque = {
                    variable.opaque: variable.symbol in answer
                    for variable in self._opaque
                    if variable.opaque is not None
                }
                return Model(realised.product, realised.environment, realised.others, opaque)
            if isinstance(realised, str):
                return GaveUp(realised)
            self._prover.lemmas += 1
            self._learn(realised)

    def _learn(self, lemma: Unrealisable) -> None:
        """Exclude patterns that no value fits as the model would have it."""
        variables = [self._prover.encoder.variable(lemma.attribute, found) for found in (*lemma.fitting, *lemma.others)]
        for variable in variables:
            self._add(variable)
        fitting, others = variables[: len(lemma.fitting)], variables[len(lemma.fitting) :]
        literals = [f"(not {variable.symbol})" for variable in fitting] + [variable.symbol for variable in others]
        self._text.append(f"(assert (or {' '.join(literals)} false))")

    def _ask(self, numbers: Iterable[int]) -> set[str] | NoModel | GaveUp:
        """Return the symbols that are true in a model."""
        if self._text:
            self._solver.from_string("".join(self._text))
            self._text = []
        self._prover.checks += 1
        assumptions = [self._prover.tracker(number) for number in numbers]
        answer = self._solver.check(*assumptions)
        if answer == z3.sat:
            found = _DEFINITION.findall(self._solver.model().sexpr())
            return {symbol for symbol, value in found if value == "true"}
        if answer == z3.unsat:
            core = {literal.get_id() for literal in self._solver.unsat_core()}
            trackers = enumerate(self._reasons)
            return NoModel(tuple(reason for at, reason in trackers if self._prover.tracker(at).get_id() in core))
        return GaveUp(f"the prover gave up: {self._solver.reason_unknown()}")

    def smallest(self, core: tuple[CoreReason, ...]) -> tuple[CoreReason, ...]:
        """Return a core of which nothing can be left out, by leaving out one after another.

        Order: by kind and name. A core that needs long to prove again is returned as it is.
        """
        kept = list(core)
        for reason in sorted(core, key=lambda found: (found.kind is ReasonKind.POLICY, str(found))):
            rest = [self._tracked[found] for found in kept if found is not reason]
            answer = self._ask(rest)
            if isinstance(answer, NoModel):
                kept = [found for found in kept if found in answer.core]
        return tuple(sorted(kept, key=str))


def _holds(declared: Side, variable: Variable) -> bool:
    assert variable.attribute is not None
    values = declared.of(variable.attribute)
    if variable.pattern is None:
        return "prod" in values
    if not variable.pattern.glob:
        return variable.pattern.text in values
    return any(variable.pattern.fits(str(value)) for value in values)
