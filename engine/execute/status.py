"""Every state a release and its parts can be in, and every way from one to another.

Source: domain, running a release. `tests/engine/execute/test_transitions.py` walks all pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

State = TypeVar("State", bound=Enum)


class ReleaseStatus(Enum):
    """Where a release stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUSPENDED = "suspended"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TERMINATING = "terminating"
    TERMINATED = "terminated"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (ReleaseStatus.SUCCEEDED, ReleaseStatus.FAILED, ReleaseStatus.TERMINATED)

    @property
    def is_active(self) -> bool:
        """Whether it holds its product's place: begun, and not at its end."""
        return self in (ReleaseStatus.RUNNING, ReleaseStatus.SUSPENDED, ReleaseStatus.TERMINATING)


class EnvironmentStatus(Enum):
    """Where one environment of a release stands."""

    PENDING = "pending"
    RUNNING = "running"
    SUSPENDED = "suspended"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TERMINATED = "terminated"
    SKIPPED = "skipped"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens in it by itself."""
        return self not in (EnvironmentStatus.PENDING, EnvironmentStatus.RUNNING, EnvironmentStatus.SUSPENDED)


class StepStatus(Enum):
    """Where one step stands.

    ``failed`` is what the step's own work says; ``error`` is that the work could not be done or watched.
    ``skipped`` is a step that turned out not to be needed.
    """

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ERROR = "error"
    TERMINATED = "terminated"
    SKIPPED = "skipped"

    @property
    def is_final(self) -> bool:
        """Whether the step is over."""
        return self not in (StepStatus.PENDING, StepStatus.RUNNING)

    @property
    def is_failure(self) -> bool:
        """Whether the step went wrong by itself."""
        return self in (StepStatus.FAILED, StepStatus.ERROR)

    @property
    def is_done(self) -> bool:
        """Whether what comes after the step may begin."""
        return self in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)


_R, _E, _S = ReleaseStatus, EnvironmentStatus, StepStatus

RELEASE_TRANSITIONS: Mapping[ReleaseStatus, frozenset[ReleaseStatus]] = {
    _R.QUEUED: frozenset({_R.RUNNING, _R.TERMINATED}),
    _R.RUNNING: frozenset({_R.SUSPENDED, _R.SUCCEEDED, _R.FAILED, _R.TERMINATING}),
    _R.SUSPENDED: frozenset({_R.RUNNING, _R.FAILED, _R.TERMINATING}),
    _R.TERMINATING: frozenset({_R.TERMINATED}),
    _R.FAILED: frozenset({_R.QUEUED}),
    _R.SUCCEEDED: frozenset(),
    _R.TERMINATED: frozenset(),
}
"""A failed release leaves its end only by a retry, which queues it again."""

ENVIRONMENT_TRANSITIONS: Mapping[EnvironmentStatus, frozenset[EnvironmentStatus]] = {
    _E.PENDING: frozenset({_E.RUNNING, _E.SUSPENDED, _E.SKIPPED}),
    _E.SUSPENDED: frozenset({_E.RUNNING, _E.FAILED, _E.TERMINATED, _E.SKIPPED}),
    _E.RUNNING: frozenset({_E.SUSPENDED, _E.SUCCEEDED, _E.FAILED, _E.TERMINATED}),
    _E.SUCCEEDED: frozenset(),
    _E.FAILED: frozenset({_E.PENDING}),
    _E.TERMINATED: frozenset(),
    _E.SKIPPED: frozenset({_E.PENDING}),
}
"""A retry takes what failed, and what was skipped because of it, back to the beginning."""

STEP_TRANSITIONS: Mapping[StepStatus, frozenset[StepStatus]] = {
    _S.PENDING: frozenset({_S.RUNNING, _S.SKIPPED}),
    _S.RUNNING: frozenset({_S.SUCCEEDED, _S.FAILED, _S.ERROR, _S.TERMINATED}),
    _S.SUCCEEDED: frozenset({_S.PENDING}),
    _S.FAILED: frozenset({_S.PENDING}),
    _S.ERROR: frozenset({_S.PENDING}),
    _S.TERMINATED: frozenset({_S.PENDING}),
    _S.SKIPPED: frozenset({_S.PENDING}),
}
"""A retry opens failed steps again; of those that succeeded, only what a failure set off or undid."""


class TransitionError(Exception):
    """A broken invariant: something moved where the tables know no way."""


def check_move(table: Mapping[State, frozenset[State]], before: State, after: State) -> None:
    """Refuse a move that the table does not have; staying is no move.

    Raises:
        TransitionError: when there is no way from ``before`` to ``after``.
    """
    if before is not after and after not in table[before]:
        raise TransitionError(f"{type(before).__name__} cannot go from {before.value} to {after.value}")
