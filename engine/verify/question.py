"""The one question: is there a point that all of some conditions hold for, and none of others?

Three layers answer it. What is constant is folded away; a guess of the finder is checked; the prover does the
rest, growing its problem by the conditions that a model breaks. Every point that is returned was evaluated by
`engine.resolve`; whatever is proved is proved by Z3, or by a condition that is constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, cast

from engine.model.attributes import Subject
from engine.model.conditions import ALWAYS, Condition, PassedThrough, atoms
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts, flow_facts
from engine.resolve.resolver import Resolver
from engine.verify.blockers import Blockers, Clause, ListedBlockers
from engine.verify.declared import DeclaredWorld
from engine.verify.finder import Finder
from engine.verify.folding import NEVER, about, fold, negated
from engine.verify.points import Side, Witness
from engine.verify.policy_index import PolicyIndex
from engine.verify.readable import most_ordinary
from engine.verify.replay import ReplayResolver
from engine.verify.statistics import Statistics
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Refuted, Unknown, Verdict, VerificationError
from engine.verify.world import World
from grammar.span import NOWHERE

if TYPE_CHECKING:
    from engine.verify.memory import ProofMemory
    from engine.verify.prover import Prover

DEFAULT_RLIMIT = 50_000_000
"""Z3's deterministic measure of work for one check; about ten seconds on a small machine."""

MOST_ROUNDS = 4_000
"""Models of one goal that are looked at before it is given up."""

MOST_PAIRS = 20_000
"""Declared pairs that are looked at for one that shows a finding."""

_ONE_BY_ONE = 12
"""Rounds in which a goal grows by one condition; after that it doubles."""


class AnyFlow(Enum):
    """Stands for every declared flow, and for none."""

    ANY = "any"


ANY_FLOW = AnyFlow.ANY


class Questions:
    """Answers questions about one workspace; what was learnt for one question serves the next.

    Attributes:
        workspace: what is asked about.
        closed: whether there is nothing but what is declared.
        resolver: replays every counterexample.
        world: what is declared.
        declared: the declared pairs, as sets.
        index: which policies match a point.
        finder: guesses.
        statistics: how many goals there were, and who answered them.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        closed: bool = False,
        rlimit: int = DEFAULT_RLIMIT,
        clock: Callable[[], float] | None = None,
        memory: ProofMemory | None = None,
        beside: Questions | None = None,
    ) -> None:
        """Prepare for questions.

        Args:
            workspace: what is asked about.
            closed: whether there is nothing but what is declared.
            rlimit: Z3's measure of work, for each check.
            clock: seconds from any beginning, to measure goals by; None does not measure.
            memory: what was answered before; what is new is added to it.
            beside: about another version of the workspace; where both declare the same, what is known is shared.
        """
        self.workspace = workspace
        self.closed = closed
        self.rlimit = rlimit
        self.resolver: Resolver = ReplayResolver(workspace)
        shared = (
            beside is not None
            and beside.workspace.products == workspace.products
            and beside.workspace.environments == workspace.environments
        )
        self.world: World = beside.world if beside and shared else World(workspace)
        self.declared: DeclaredWorld = beside.declared if beside and shared else DeclaredWorld(self.world)
        self.finder: Finder = beside.finder if beside and shared else Finder(self.world)
        self.index = PolicyIndex(workspace, self.resolver)
        self.statistics = Statistics(clock)
        self._memory = memory
        self._prover: Prover | None = None

    # --- the public question -----------------------------------------------------------------------

    def decide(
        self,
        must: Sequence[Condition | Clause],
        forbid: Sequence[Condition | Clause] = (),
        *,
        product: str | None = None,
        environment: str | None = None,
        flow: str | AnyFlow | None = None,
        readable: bool = True,
    ) -> Verdict:
        """Say whether there is a point that all of ``must`` hold for, and none of ``forbid``.

        Args:
            must: conditions about product, environment and flow; bare ones are called by their number in cores.
            forbid: the same.
            product: a declared product's name, to ask about this one only.
            environment: a declared environment's name, to ask about this one only.
            flow: a declared flow's name; None for a promotion by hand; `ANY_FLOW` for each of them.
            readable: whether to look for the most ordinary witness, which costs some time.

        Returns:
            `Refuted` with such a point, which was evaluated; `Proved` when there is none, with the reasons;
            `Unknown` when the prover gave up.

        Raises:
            KeyError: for a name that is not declared.
        """
        wanted = [_clause(number, found) for number, found in enumerate(must)]
        unwanted = [_clause(number + len(wanted), found) for number, found in enumerate(forbid)]
        about_product = None if product is None else self.world.products[product]
        about_environment = None if environment is None else self.world.environments[environment]
        verdict: Verdict = Proved()
        for one in self._flows(flow, [*wanted, *unwanted]):
            found = self.search(
                wanted,
                ListedBlockers(tuple(unwanted)),
                product=about_product,
                environment=about_environment,
                flow=one,
                readable=readable,
            )
            match found:
                case Refuted():
                    return found
                case Unknown():
                    verdict = found
                case Proved() if isinstance(verdict, Proved):
                    verdict = Proved(tuple(sorted({*verdict.core, *found.core}, key=str)))
        return verdict

    def _flows(self, flow: str | AnyFlow | None, clauses: Sequence[Clause]) -> list[str | None]:
        if flow is not ANY_FLOW:
            assert not isinstance(flow, AnyFlow)
            if flow is not None:
                _ = self.workspace.flows[flow]
            return [flow]
        asks = any(
            not isinstance(atom, PassedThrough) and atom.attribute.subject is Subject.FLOW
            for clause in clauses
            for atom in atoms(clause.condition)
        )
        return [None, *self.workspace.flows] if asks else [None]

    # --- the search --------------------------------------------------------------------------------

    def search(
        self,
        must: Sequence[Clause],
        blockers: Blockers,
        *,
        product: Side | None = None,
        environment: Side | None = None,
        flow: str | None = None,
        readable: bool = True,
    ) -> Verdict:
        """Answer one goal; as `decide`, for sides and for blockers that are not written out."""
        self.statistics.begin()
        verdict = self._answer(must, blockers, product, environment, flow)
        if isinstance(verdict, Refuted) and readable:
            pinned = frozenset(
                subject
                for subject, found in ((Subject.PRODUCT, product), (Subject.ENVIRONMENT, environment))
                if found is not None
            )
            verdict = Refuted(self.ordinary(verdict.witness, must, blockers, pinned, exact=True))
        self.statistics.end()
        return verdict

    def ordinary(
        self,
        witness: Witness,
        must: Sequence[Clause],
        blockers: Blockers,
        pinned: frozenset[Subject] = frozenset(),
        *,
        exact: bool = False,
        paired: bool = True,
    ) -> Witness:
        """Return the most ordinary point that refutes what a witness refutes; declared names come first.

        Args:
            witness: a point that refutes.
            must: what holds for it.
            blockers: what does not.
            pinned: the sides that must stay as they are.
            exact: whether every declared pair is looked at, as far as `MOST_PAIRS` go; else only those with one
                side of the witness.
            paired: whether a declared pair might refute; False where it is known that none does.
        """
        if exact and paired and not witness.declared:
            pair = self._declared_pair(witness, must, blockers, pinned)
            if pair is not None:
                return pair
        conditions = [clause.condition for clause in must]

        def good(point: Witness) -> bool:
            facts = point.facts()
            return all(evaluate(found, facts) for found in conditions) and not blockers.broken(point)

        return most_ordinary(witness, self.world, good, pinned, paired=paired)

    def _declared_pair(
        self, witness: Witness, must: Sequence[Clause], blockers: Blockers, pinned: frozenset[Subject]
    ) -> Witness | None:
        """Return the first declared pair that is as good as a witness."""
        product = witness.product if Subject.PRODUCT in pinned else None
        environment = witness.environment if Subject.ENVIRONMENT in pinned else None
        left = MOST_PAIRS
        for place in self.declared.environments if environment is None else (environment,):
            found = self.declared.everyone if product is None else self.declared.bit(product.name)
            for clause in must:
                found &= self.declared.holding(clause.condition, place, witness.flow)
            for one in self.declared.members(found):
                point = Witness(one, place, witness.flow)
                if not blockers.broken(point):
                    return point
                left -= 1
                if not left:
                    return None
        return None

    def _answer(
        self,
        must: Sequence[Clause],
        blockers: Blockers,
        product: Side | None,
        environment: Side | None,
        flow: str | None,
    ) -> Verdict:
        known: dict[Subject, Facts] = {Subject.FLOW: flow_facts(flow)}
        if product is not None:
            known[Subject.PRODUCT] = product.facts
        if environment is not None:
            known[Subject.ENVIRONMENT] = environment.facts
        answer = about(known)
        left = [Clause(fold(clause.condition, answer), clause.reason) for clause in must]
        for clause in left:
            if clause.condition == NEVER:
                return Proved((clause.reason,))
        if self.closed:
            return self._closed(must, blockers, product, environment, flow)
        for guess in self.finder.candidates([clause.condition for clause in left], product, environment):
            witness = Witness(guess.product, guess.environment, flow)
            if not blockers.broken(witness):
                self._check(witness, must, blockers)
                return Refuted(witness)
        return self._prove(left, must, blockers, lambda condition: fold(condition, answer), product, environment, flow)

    def _closed(
        self,
        must: Sequence[Clause],
        blockers: Blockers,
        product: Side | None,
        environment: Side | None,
        flow: str | None,
    ) -> Verdict:
        """Answer by looking at every declared pair, as sets."""
        forbid = [clause.condition for clause in blockers.every()]
        found = self.declared.pairs(
            [clause.condition for clause in must], forbid, product=product, environment=environment, flow=flow
        )
        witness = next(found, None)
        if witness is None:
            return Proved()
        self._check(witness, must, blockers)
        return Refuted(witness)

    @property
    def prover(self) -> Prover:
        """Return the prover; Z3 is loaded when it is first asked."""
        if self._prover is None and self._memory is not None:
            from engine.verify.remembering import RememberingProver

            # It does all that a `Prover` does, and is none only so that Z3 need not be loaded.
            self._prover = cast("Prover", RememberingProver(self.world, self._memory, rlimit=self.rlimit))
        if self._prover is None:
            from engine.verify.prover import Prover

            self._prover = Prover(self.world, rlimit=self.rlimit)
        return self._prover

    def _prove(
        self,
        left: Sequence[Clause],
        must: Sequence[Clause],
        blockers: Blockers,
        remaining: Callable[[Condition], Condition],
        product: Side | None,
        environment: Side | None,
        flow: str | None,
    ) -> Verdict:
        from engine.verify.answers import GaveUp, NoModel

        prover = self.prover
        checks = prover.checks
        goal = prover.goal()
        for clause in left:
            if clause.condition != ALWAYS:
                goal.require(clause.condition, clause.reason)
        try:
            for rounds in range(MOST_ROUNDS):
                answer = goal.check()
                if isinstance(answer, GaveUp):
                    return Unknown(answer.reason)
                if isinstance(answer, NoModel):
                    return Proved(goal.smallest(answer.core))
                witness = Witness(product or answer.product, environment or answer.environment, flow)
                broken = blockers.broken(witness)
                if not broken:
                    self._check(witness, must, blockers)
                    return Refuted(witness)
                for clause in _growth(broken, blockers, rounds):
                    goal.require(negated(remaining(clause.condition)), clause.reason)
            return Unknown(f"the prover looked at {MOST_ROUNDS} models and gave up")
        finally:
            self.statistics.asked(prover.checks - checks)

    @staticmethod
    def _check(witness: Witness, must: Iterable[Clause], blockers: Blockers) -> None:
        """Evaluate a counterexample as the resolver does, whoever found it."""
        facts = witness.facts()
        for clause in must:
            if not evaluate(clause.condition, facts):
                raise VerificationError(f"{clause.reason} does not hold for {witness.words()}")
        if blockers.broken(witness):
            raise VerificationError(f"a forbidden condition holds for {witness.words()}")


def _growth(broken: Sequence[Clause], blockers: Blockers, rounds: int) -> Sequence[Clause]:
    """Return the conditions to add after a model that breaks some of them.

    One at a time keeps proofs small and most goals need one or two. A goal that needs many is a covering
    problem, for which everything at once is a hundred times faster.
    """
    if rounds < _ONE_BY_ONE:
        return broken[:1]
    if rounds == 2 * _ONE_BY_ONE:
        return blockers.every()
    return broken[: 1 << min(rounds - _ONE_BY_ONE, 16)]


def _clause(number: int, found: Condition | Clause) -> Clause:
    if isinstance(found, Clause):
        return found
    span = getattr(found, "span", NOWHERE)
    return Clause(found, CoreReason(ReasonKind.CONDITION, str(number + 1), span))
