"""A release while it is moved on: every move is checked against the tables, and leaves a line in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.execute.effects import Effect
from engine.execute.release import RULES, EnvironmentState, Event, Release, Step, StepId
from engine.execute.rules import Rules
from engine.execute.status import (
    ENVIRONMENT_TRANSITIONS,
    RELEASE_TRANSITIONS,
    STEP_TRANSITIONS,
    EnvironmentStatus,
    ReleaseStatus,
    StepStatus,
    check_move,
)

LONGEST_MESSAGE = 4_000
"""Characters of a message that are kept."""


@dataclass(slots=True)
class Draft:
    """A release that is being moved on.

    Attributes:
        release: as far as it has been moved, without its steps and environments.
        now: the present moment.
        rules: how time and addresses are told.
        busy: steps whose effects are being made at this moment; they are left alone.
        steps: as far as they have been moved.
        environments: as far as they have been moved.
        events: what was added to the audit trail.
        effects: what is due.
        wakes: moments at which something changes by itself.
    """

    release: Release
    now: datetime
    rules: Rules
    busy: frozenset[StepId] = frozenset()
    steps: dict[StepId, Step] = field(init=False)
    environments: dict[str, EnvironmentState] = field(init=False)
    events: list[Event] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    wakes: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with what the release has."""
        self.steps = dict(self.release.steps)
        self.environments = dict(self.release.environments)

    def finished(self) -> Release:
        """Return the release as it is now."""
        return replace(self.release, steps=self.steps, environments=self.environments)

    # --- the release -----------------------------------------------------------------------------

    def move_release(self, status: ReleaseStatus, message: str = "", actor: str = RULES) -> None:
        """Take the release to another status."""
        check_move(RELEASE_TRANSITIONS, self.release.status, status)
        finished = self.now if status.is_final else None
        self.release = replace(self.release, status=status, message=_short(message), finished_at=finished)
        self.events.append(Event(self.now, actor, f"release.{status.value}", message=_short(message)))

    def note(self, kind: str, message: str, *, actor: str = RULES, step: StepId | None = None) -> None:
        """Add a line to the audit trail that is no move."""
        environment, application, role = (step.environment, step.application, step.role.value) if step else ("",) * 3
        self.events.append(Event(self.now, actor, kind, environment, application, role, _short(message)))

    # --- environments ----------------------------------------------------------------------------

    def move_environment(self, name: str, status: EnvironmentStatus, message: str = "", actor: str = RULES) -> None:
        """Take an environment to another status, or give it another message."""
        before = self.environments[name]
        message = _short(message)
        if before.status is status:
            if before.message != message:
                self.environments[name] = replace(before, message=message)
            return
        check_move(ENVIRONMENT_TRANSITIONS, before.status, status)
        healthy = self.now if status is EnvironmentStatus.SUCCEEDED else before.healthy_since
        started = before.started_at
        if started is None and status is EnvironmentStatus.RUNNING:
            started = self.now
        self.environments[name] = replace(
            before,
            status=status,
            message=message,
            started_at=None if status is EnvironmentStatus.PENDING else started,
            finished_at=self.now if status.is_final else None,
            healthy_since=healthy,
        )
        self.events.append(Event(self.now, actor, f"environment.{status.value}", name, message=message))

    # --- steps -----------------------------------------------------------------------------------

    def begin(self, step: StepId) -> Step:
        """Start a step that is pending; any other is left as it is."""
        before = self.steps[step]
        if before.status is StepStatus.PENDING:
            self._move_step(before, replace(before, status=StepStatus.RUNNING, started_at=self.now, message=""))
        return self.steps[step]

    def end(
        self, step: StepId, status: StepStatus, message: str = "", outputs: Mapping[str, str] | None = None
    ) -> None:
        """Take a step to its end."""
        before = self.steps[step]
        after = replace(
            before,
            status=status,
            finished_at=self.now,
            look_at=None,
            looked_at=None,
            tries=0,
            message=_short(message),
            outputs={**before.outputs, **(outputs or {})},
        )
        self._move_step(before, after)

    def reopen(self, step: StepId, actor: str) -> None:
        """Take a step back to its beginning, for another attempt if it had begun."""
        before = self.steps[step]
        begun = before.status is not StepStatus.SKIPPED
        self._move_step(before, Step(step, attempt=before.attempt + (1 if begun else 0)), actor)

    def see(self, step: StepId, message: str, look_at: datetime, outputs: Mapping[str, str] | None = None) -> None:
        """Note what is seen of a step that goes on, and when to look again."""
        before = self.steps[step]
        merged = {**before.outputs, **(outputs or {})}
        self.steps[step] = replace(
            before, message=_short(message), look_at=look_at, looked_at=self.now, tries=0, outputs=merged
        )

    def fail_for_now(self, step: StepId, message: str, look_at: datetime) -> None:
        """Note that a step's other side could not be asked."""
        before = self.steps[step]
        message = _short(message)
        if before.message != message:
            self.note("step.retrying", message, step=step)
        self.steps[step] = replace(before, message=message, look_at=look_at, looked_at=self.now, tries=before.tries + 1)

    def skip(self, step: StepId) -> None:
        """Say that a step is not needed, if it has not begun."""
        before = self.steps[step]
        if before.status is StepStatus.PENDING:
            # Nobody has to read a line for each of the many steps that a failure makes needless.
            self.steps[step] = replace(before, status=StepStatus.SKIPPED)

    def _move_step(self, before: Step, after: Step, actor: str = RULES) -> None:
        check_move(STEP_TRANSITIONS, before.status, after.status)
        self.steps[after.id] = after
        where = after.id
        kind = f"step.{after.status.value}"
        self.events.append(
            Event(self.now, actor, kind, where.environment, where.application, where.role.value, after.message)
        )


def _short(message: str) -> str:
    """Return a message as it is kept; what a database could not keep of it is replaced."""
    message = message.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if len(message) <= LONGEST_MESSAGE:
        return message
    return message[: LONGEST_MESSAGE - 2] + " …"
