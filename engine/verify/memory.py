"""What the prover answered before, so that it need not be asked the same again.

An answer is kept under a hash of everything it follows from: the declared world and each condition that was
required, in order. So it is never out of date, and an edit makes new only the goals it has to do with. A model
is replayed by whoever asks, as if the prover had just given it; that it gave up is never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeAlias

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.verify.answers import Model, NoModel
from engine.verify.folding import Atom
from engine.verify.points import Side
from engine.verify.realisation import new_side
from engine.verify.verdict import CoreReason
from engine.verify.world import World

Kept: TypeAlias = tuple[object, ...]
"""An answer as plain data."""


class ProofMemory:
    """Answers by hash.

    Attributes:
        known: what was there before.
        made: what was added.
        used: the keys that were asked for, new ones among them.
    """

    def __init__(self, known: Mapping[str, Kept] | None = None) -> None:
        """Begin with what earlier runs kept."""
        self.known: Mapping[str, Kept] = known or {}
        self.made: dict[str, Kept] = {}
        self.used: set[str] = set()

    def get(self, key: str) -> Kept | None:
        """Return an answer; None where there is none."""
        found = self.made.get(key) or self.known.get(key)
        if found is not None:
            self.used.add(key)
        return found

    def put(self, key: str, answer: Kept) -> None:
        """Keep an answer."""
        self.made[key] = answer
        self.used.add(key)


def world_digest(world: World) -> bytes:
    """Return a hash of everything that is declared."""
    digest = hashlib.sha256()
    for sides in (world.products, world.environments):
        digest.update(b"%d;" % len(sides))
        for side in sides.values():
            digest.update(_text((side.name, *((str(attribute), *held) for attribute, held in side.values))))
    return digest.digest()


def condition_text(condition: Condition) -> str:
    """Return a text that two conditions share exactly if they are written alike; places do not count."""
    match condition:
        case Always():
            return "always"
        case Membership():
            return f"in{(str(condition.attribute), condition.values)!r}"
        case Matching():
            return f"matches{(str(condition.attribute), condition.globs)!r}"
        case Bound():
            return f"bound{(str(condition.attribute), condition.operator, condition.value)!r}"
        case PassedThrough():
            return f"passed{condition.environment!r}"
        case Negation():
            return f"not({condition_text(condition.operand)})"
        case Conjunction():
            return f"and({','.join(map(condition_text, condition.operands))})"
        case Disjunction():
            return f"or({','.join(map(condition_text, condition.operands))})"


# --- answers as plain data -------------------------------------------------------------------------


def kept_core(core: tuple[CoreReason, ...]) -> Kept:
    """Return reasons as plain data."""
    return tuple((reason.kind.value, reason.name) for reason in core)


def core_of(kept: object, reasons: Mapping[tuple[str, str], CoreReason]) -> tuple[CoreReason, ...]:
    """Return the reasons that were kept; `KeyError` for one that is not among ``reasons``."""
    assert isinstance(kept, tuple)
    return tuple(reasons[pair] for pair in kept)


def kept_answer(answer: Model | NoModel) -> Kept:
    """Return an answer as plain data."""
    if isinstance(answer, NoModel):
        return ("none", kept_core(answer.core))
    others = tuple(
        (subject.value, tuple((attribute.field, attribute.key, held) for attribute, held in values.items()))
        for subject, values in answer.others.items()
    )
    opaque = tuple((condition_text(atom), value) for atom, value in answer.opaque.items())
    return ("model", _kept_side(answer.product), _kept_side(answer.environment), others, opaque)


def answer_of(
    kept: Kept, world: World, reasons: Mapping[tuple[str, str], CoreReason], tests: Mapping[str, Atom]
) -> Model | NoModel:
    """Return the answer that was kept.

    Args:
        kept: what `kept_answer` returned for the same world.
        world: to find declared sides in.
        reasons: everything that can carry a proof, by kind and name.
        tests: the tests that the encoding does not look into, by their texts.

    Raises:
        KeyError, ValueError, TypeError: for data that `kept_answer` never returned here.
    """
    if kept[0] == "none":
        return NoModel(core_of(kept[1], reasons))
    _, product, environment, others, opaque = kept
    assert isinstance(others, tuple)
    assert isinstance(opaque, tuple)
    return Model(
        _side_of(product, Subject.PRODUCT, world),
        _side_of(environment, Subject.ENVIRONMENT, world),
        {
            Subject(subject): {Attribute(Subject(subject), field, key): held for field, key, held in values}
            for subject, values in others
        },
        {tests[text]: value for text, value in opaque},
    )


def _kept_side(side: Side) -> Kept:
    if side.declared:
        return (side.name,)
    return (side.name, tuple((attribute.field, attribute.key, held) for attribute, held in side.values[1:]))


def _side_of(kept: object, subject: Subject, world: World) -> Side:
    assert isinstance(kept, tuple)
    if len(kept) == 1:
        found = world.declared(subject, kept[0])
        if found is None:
            raise KeyError(kept[0])
        return found
    name, values = kept
    return new_side(subject, name, {Attribute(subject, field, key): held for field, key, held in values})


def _text(value: object) -> bytes:
    return repr(value).encode("utf-8", "surrogatepass")
