"""What the checks of one verification share, and what each of them hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.verify.finding import Finding
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason
from engine.verify.write_sets import plain_address
from grammar.diagnostics import Severity

if TYPE_CHECKING:
    from engine.verify.ambiguities import Ambiguities
    from engine.verify.life import PolicyLife
    from engine.verify.product_triggers import Trigger
    from engine.verify.requirements import Requirements


@dataclass(frozen=True, slots=True)
class Holds:
    """A proof: there is nothing to find about a subject.

    Attributes:
        code: of the check.
        subject: what it is about, for people.
        core: what carries the proof; empty where a point or a look at everything declared is the proof.
    """

    code: str
    subject: str
    core: tuple[CoreReason, ...] = ()


Outcome = Finding | Holds


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        code: stable and never reused.
        name: a few words with hyphens.
        severity: of what is real today; what is only possible is a warning at most.
        doc: one sentence for people.
        run: yields what was found and what was proved, in a stable order.
    """

    code: str
    name: str
    severity: Severity
    doc: str
    run: Callable[[Context], Iterator[Outcome]]


class Context:
    """One verification: the questions, and answers that several checks need.

    Attributes:
        questions: of the workspace.
        same_repository: returns the same text for two addresses of one repository.
    """

    def __init__(self, questions: Questions, same_repository: Callable[[str], str] = plain_address) -> None:
        """Share the questions of one workspace among its checks."""
        self.questions = questions
        self.same_repository = same_repository

    @cached_property
    def life(self) -> PolicyLife:
        """Return which policies, and which of their settings, can ever be in force."""
        from engine.verify.life import PolicyLife

        return PolicyLife(self.questions)

    @cached_property
    def ambiguities(self) -> Ambiguities:
        """Return which policies can ever be merged by name only."""
        from engine.verify.ambiguities import Ambiguities

        return Ambiguities(self.questions)

    @cached_property
    def requirements(self) -> Requirements:
        """Return what effective settings can ever be."""
        from engine.verify.requirements import Requirements

        return Requirements(self.questions)

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """Return what becomes of every flow of every product when a commit lands."""
        from engine.verify.product_triggers import product_triggers

        return product_triggers(self.questions)


def later(severity: Severity, now: bool) -> Severity:
    """Return the severity of a finding: what is only possible later is a warning at most."""
    return severity if now or severity is not Severity.ERROR else Severity.WARNING


LATER = " (with names that are not declared yet)"
"""What messages add to what is only possible."""
