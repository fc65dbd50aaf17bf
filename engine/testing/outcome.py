"""What running a test gave: the expectations that do not hold, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.resolve.decision import Decision
from engine.testing.given import Given
from grammar import nodes
from grammar.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Because:
    """One line of a reasoning.

    Attributes:
        message: lower case, user text in backticks.
        span: what it is about; `NOWHERE` where no text says it.
    """

    message: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold.

    Attributes:
        about: what is expected of what, e.g. ``prod`` or ``flow``.
        expected: as a `.promo` file says it.
        actual: what is so instead.
        because: the reasoning behind what is so, the most telling line first.
        span: the expectation in the test.
    """

    about: str
    expected: str
    actual: str
    because: tuple[Because, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A pair that a test looked at.

    Attributes:
        environment: the target environment.
        decision: its effective settings, in the flow that the commit starts.
        settings: those the test says something about.
    """

    environment: str
    decision: Decision
    settings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ran:
    """A test that ran.

    Attributes:
        test: as it was written.
        given: the situation it describes.
        failures: in the order of the expectations; none when it passed.
        looked_at: the pairs its expectations are about, in the same order.
    """

    test: nodes.Test
    given: Given
    failures: tuple[Failure, ...]
    looked_at: tuple[LookedAt, ...]

    @property
    def passed(self) -> bool:
        """Whether everything that is expected holds."""
        return not self.failures
