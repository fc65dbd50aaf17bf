"""What is due: calls of ports that a release wants made now, as values."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execute.ports import (
    Change,
    Declined,
    Landed,
    Observation,
    Proposed,
    RunState,
    StatusReport,
    Watch,
    WorkflowRun,
)
from engine.execute.release import StepId
from engine.execute.store import Standing


@dataclass(frozen=True, slots=True)
class RunEffect:
    """Have a workflow run, or see how it runs."""

    step: StepId
    run: WorkflowRun


@dataclass(frozen=True, slots=True)
class EndRunEffect:
    """End a workflow that runs."""

    step: StepId
    run: WorkflowRun
    reason: str


@dataclass(frozen=True, slots=True)
class CommitEffect:
    """Have a change committed."""

    step: StepId
    change: Change


@dataclass(frozen=True, slots=True)
class ProposeEffect:
    """Have a change proposed, or see how its pull request stands."""

    step: StepId
    change: Change


@dataclass(frozen=True, slots=True)
class WithdrawEffect:
    """See to it that nothing more comes of a change."""

    step: StepId
    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class ObserveEffect:
    """See how an application stands."""

    step: StepId
    watch: Watch


@dataclass(frozen=True, slots=True)
class SoakEffect:
    """See whether the applications of the environments before this one are healthy."""

    step: StepId
    watches: tuple[Watch, ...]


@dataclass(frozen=True, slots=True)
class SupersedeEffect:
    """Take an environment over from older releases of the product."""

    step: StepId
    environment: str


@dataclass(frozen=True, slots=True)
class ReportEffect:
    """Show the release's state on its commit."""

    report: StatusReport


StepEffect = (
    RunEffect
    | EndRunEffect
    | CommitEffect
    | ProposeEffect
    | WithdrawEffect
    | ObserveEffect
    | SoakEffect
    | SupersedeEffect
)
Effect = StepEffect | ReportEffect


@dataclass(frozen=True, slots=True)
class NotNow:
    """The other side could not be asked; it is asked again.

    Attributes:
        reason: what went wrong.
        after: seconds it asked to wait; None where it said nothing.
    """

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """The effect cannot be had; ``reason`` says why, and what to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """An effect that only had to be made is made."""


Result = (
    RunState | Landed | Proposed | Declined | Observation | tuple[Observation, ...] | Standing | Done | NotNow | Broken
)
