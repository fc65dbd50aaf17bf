"""Ports that answer at once, so that what is left to measure is the store and the engine."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.execute.ports import (
    Change,
    Landed,
    Life,
    Observation,
    Ports,
    RunPhase,
    RunState,
    StatusReport,
    Watch,
    WorkflowRun,
)


class InstantWorkflows:
    """Every run has succeeded."""

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Say that it has."""
        return RunState(RunPhase.SUCCEEDED, outputs={"result": run.name})

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """Nothing runs."""


class InstantChanges:
    """Every change has landed."""

    async def commit(self, change: Change) -> Landed:
        """Say that it has."""
        return Landed("c0ffee", True, summary="1 file")

    async def propose(self, change: Change) -> Landed:
        """Say that it was merged."""
        return Landed("c0ffee", True, summary="1 file")

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        """Nothing is open."""
        return None


class InstantApplications:
    """Every application is healthy; or none ever is, for releases that wait."""

    def __init__(self, *, healthy: bool = True, look_after: float | None = None) -> None:
        self.healthy = healthy
        self.look_after = look_after
        self.looks = 0

    async def observe(self, watch: Watch) -> Observation:
        """Say how it stands."""
        self.looks += 1
        life = Life.LANDED if self.healthy else Life.WAITING
        return Observation(life, self.healthy, "Synced, Healthy", datetime.now(UTC), self.look_after)


class InstantStatuses:
    """Shows nothing."""

    async def report(self, report: StatusReport) -> None:
        """Do nothing."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


def instant_ports(applications: InstantApplications | None = None) -> Ports:
    """Return ports that answer at once."""
    return Ports(
        InstantWorkflows(), InstantChanges(), applications or InstantApplications(), InstantStatuses(), SystemClock()
    )
