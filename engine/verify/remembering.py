"""A prover that asks Z3 only for what it was never asked before; Z3 is not even loaded where there is nothing new."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from engine.model.attributes import Subject
from engine.model.conditions import Bound, Condition, PassedThrough, atoms
from engine.verify.answers import Answer, GaveUp
from engine.verify.encoding import Encoder, Formula, Variable
from engine.verify.folding import Atom
from engine.verify.memory import (
    ProofMemory,
    answer_of,
    condition_text,
    core_of,
    kept_answer,
    kept_core,
    world_digest,
)
from engine.verify.verdict import CoreReason, ReasonKind
from engine.verify.world import World

if TYPE_CHECKING:
    from engine.verify.prover import Goal, Prover

_SYMBOL = re.compile(r"\ba(\d+)\b")


class RememberingProver:
    """As `Prover`, with a memory.

    Attributes:
        world: whose declared names have facts.
        encoder: shared by all goals.
        memory: what was answered before.
    """

    def __init__(self, world: World, memory: ProofMemory, *, rlimit: int) -> None:
        """Prepare for goals; ``rlimit`` bounds each check."""
        self.world = world
        self.encoder = Encoder()
        self.memory = memory
        self._rlimit = rlimit
        self._prover: Prover | None = None
        self._world = world_digest(world)

    @property
    def checks(self) -> int:
        """Return how often Z3 was asked."""
        return 0 if self._prover is None else self._prover.checks

    @property
    def lemmas(self) -> int:
        """Return how often a model was excluded because no word fits its patterns."""
        return 0 if self._prover is None else self._prover.lemmas

    def goal(self, *, reasons: bool = True) -> RememberingGoal:
        """Begin a goal; the one before is over. What is kept names its reasons, wanted or not."""
        del reasons
        return RememberingGoal(self, hashlib.sha256(self._world))

    def asking(self) -> Goal:
        """Begin a goal of Z3."""
        if self._prover is None:
            from engine.verify.prover import Prover

            self._prover = Prover(self.world, rlimit=self._rlimit)
            self._prover.encoder = self.encoder
        return self._prover.goal()


class RememberingGoal:
    """As `Goal`: what is required is put off until there is something to ask Z3."""

    def __init__(self, prover: RememberingProver, digest: hashlib._Hash) -> None:
        """Begin empty; made by `RememberingProver.goal`."""
        self._prover = prover
        self._digest = digest
        self._goal: Goal | None = None
        self._waiting: list[Callable[[Goal], None]] = []
        self._required: list[Condition] = []
        self._variables: list[Variable] = []
        self._reasons: dict[tuple[str, str], CoreReason] = {}

    def require(self, condition: Condition, reason: CoreReason) -> None:
        """Require a condition of the point, as a part of the proof that bears a name."""
        self._note("require", condition_text(condition), reason)
        self._required.append(condition)
        self._waiting.append(lambda goal: goal.require(condition, reason))

    def require_formula(self, formula: Formula, reason: CoreReason) -> None:
        """Require a condition that was encoded before."""
        numbers = {variable.number: str(at) for at, variable in enumerate(formula.variables)}
        text = _SYMBOL.sub(lambda found: f"a{numbers[int(found[1])]}", formula.text)
        about = [
            condition_text(one.opaque) if one.opaque is not None else (str(one.attribute), one.pattern)
            for one in formula.variables
        ]
        self._note("formula", f"{text} {about!r}", reason)
        self._variables += formula.variables
        self._waiting.append(lambda goal: goal.require_formula(formula, reason))

    def exclude(self, subject: Subject, names: Iterable[str]) -> None:
        """Leave declared things out of the world of this goal."""
        excluded = frozenset(names)
        self._update("exclude", subject.value, *sorted(excluded))
        self._waiting.append(lambda goal: goal.exclude(subject, excluded))

    def check(self) -> Answer:
        """Return a point that fulfils everything, or that there is none, or that the prover gave up."""
        key = self._digest.hexdigest()
        kept = self._prover.memory.get(key)
        if kept is not None:
            reasons = self._nameable(kept[1]) if kept[0] == "none" else {}
            return answer_of(kept, self._prover.world, reasons, dict(self._tests()))
        answer = self._asking().check()
        if not isinstance(answer, GaveUp):
            self._prover.memory.put(key, kept_answer(answer))
        return answer

    def smallest(self, core: tuple[CoreReason, ...]) -> tuple[CoreReason, ...]:
        """Return a core of which nothing can be left out."""
        digest = self._digest.copy()
        digest.update(repr(("smallest", kept_core(core))).encode("utf-8", "surrogatepass"))
        key = digest.hexdigest()
        kept = self._prover.memory.get(key)
        if kept is not None:
            return core_of(kept[1], self._nameable(kept[1]))
        found = self._asking(again=True).smallest(core)
        self._prover.memory.put(key, ("core", kept_core(found)))
        return found

    # --- what is behind it -------------------------------------------------------------------------

    def _note(self, kind: str, text: str, reason: CoreReason) -> None:
        self._update(kind, text, reason.kind.value, reason.name)
        self._reasons[reason.kind.value, reason.name] = reason

    def _update(self, *parts: str) -> None:
        self._digest.update(repr(parts).encode("utf-8", "surrogatepass"))

    def _asking(self, *, again: bool = False) -> Goal:
        """Return Z3's goal, with everything that was required so far."""
        fresh = self._goal is None
        if self._goal is None:
            self._goal = self._prover.asking()
        for say in self._waiting:
            say(self._goal)
        self._waiting.clear()
        if fresh and again:
            # A core is made smaller after a check; what the check learns about words and names is needed for it.
            self._goal.check()
        return self._goal

    def _nameable(self, kept: object) -> dict[tuple[str, str], CoreReason]:
        """Return the reasons a proof can have: what was required, and declared names that it asks about."""
        workspace = self._prover.world.workspace
        found = dict(self._reasons)
        for pair in kept if isinstance(kept, tuple) else ():
            if pair not in found and isinstance(pair, tuple):
                kind, name = pair
                declared = workspace.products if kind == ReasonKind.PRODUCT.value else workspace.environments
                found[pair] = CoreReason(ReasonKind(kind), name, declared[name].span)
        return found

    def _tests(self) -> Iterator[tuple[str, Atom]]:
        """Yield the tests that the encoding does not look into, with their texts."""
        for condition in self._required:
            for atom in atoms(condition):
                if isinstance(atom, PassedThrough | Bound) or atom.attribute.subject is Subject.SETTING:
                    yield condition_text(atom), atom
        for variable in self._variables:
            if variable.opaque is not None:
                yield condition_text(variable.opaque), variable.opaque
