"""What the prover can answer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.attributes import Attribute, Subject
from engine.verify.folding import Atom
from engine.verify.points import Side
from engine.verify.verdict import CoreReason


@dataclass(frozen=True, slots=True)
class Model:
    """A point that fulfils what was required so far.

    Attributes:
        product: its product.
        environment: its environment.
        others: the sides of other subjects that were asked about, such as a commit or an application.
        opaque: the value the model gave each test that the encoding does not look into.
    """

    product: Side
    environment: Side
    others: dict[Subject, dict[Attribute, tuple[str, ...]]]
    opaque: dict[Atom, bool]


@dataclass(frozen=True, slots=True)
class NoModel:
    """Nothing fulfils what was required; the reasons of a core, not yet a smallest one."""

    core: tuple[CoreReason, ...]


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The prover gave up."""

    reason: str


Answer = Model | NoModel | GaveUp
