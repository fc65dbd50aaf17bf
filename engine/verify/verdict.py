"""What the answer to a question can be: proved, refuted with a witness, or unknown with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from engine.verify.points import Witness
from grammar.span import NOWHERE, Span


class VerificationError(RuntimeError):
    """The prover contradicted the resolver: a defect of this program, never a verdict."""


class ReasonKind(Enum):
    """What carries a proof; the values are the words for people."""

    POLICY = "policy"
    PRODUCT = "product"
    ENVIRONMENT = "environment"
    FLOW = "flow"
    SETTING = "setting"
    REQUIRE = "requirement"
    ACCESS = "access rule"
    FREEZE = "freeze"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class CoreReason:
    """A part of a proof: without all of these together there would be none.

    Attributes:
        kind: what it is.
        name: the name of the policy, the product and so on.
        span: where it is written.
    """

    kind: ReasonKind
    name: str
    span: Span = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """Return it for people, e.g. "policy `gate`"."""
        return f"{self.kind.value} `{self.name}`"


@dataclass(frozen=True, slots=True)
class Proved:
    """There is no such point in the world.

    Attributes:
        core: a smallest set of reasons that suffices (none can be left out), in order of name; empty where
            what was asked contradicts itself.
    """

    core: tuple[CoreReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuted:
    """There is such a point: it was found, and the resolver agrees.

    Attributes:
        witness: a point, the most ordinary that was found.
    """

    witness: Witness


@dataclass(frozen=True, slots=True)
class Unknown:
    """The prover gave up; this never counts as proved.

    Attributes:
        reason: why, for people.
    """

    reason: str


Verdict = Proved | Refuted | Unknown
