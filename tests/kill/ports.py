"""The ports of a release onto the world of a kill test. They look before they act, as the real adapters do."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta

from engine.execute.errors import RetryableError
from engine.execute.ports import (
    Change,
    Declined,
    Landed,
    Life,
    Observation,
    Ports,
    Proposed,
    RunPhase,
    RunState,
    StatusReport,
    Watch,
    WorkflowRun,
)
from tests.kill.world import World

_PUSHES = 50


async def _travel() -> None:
    """Take the time a call takes, so that workers are met in the middle of it."""
    await asyncio.sleep(random.uniform(0.005, 0.06))


class JumpingClock:
    """A worker's own clock, which now and then jumps by up to an hour either way."""

    def __init__(self, seed: int, jumps: float) -> None:
        self._random = random.Random(seed)
        self._jumps = jumps
        self._off = timedelta()

    def now(self) -> datetime:
        if self._jumps and self._random.random() < self._jumps:
            self._off = timedelta(seconds=self._random.uniform(-3600, 3600))
        return datetime.now(UTC) + self._off


class WorldWorkflows:
    """Workflows that take a moment."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def ensure(self, run: WorkflowRun) -> RunState:
        await _travel()
        found = self._world.row("SELECT key, ready_at FROM run WHERE name = ?", run.name)
        if found is None:
            self._world.create_run(run.name, run.key, time.time() + 0.05)
        found = self._world.row("SELECT key, ready_at FROM run WHERE name = ?", run.name)
        assert found is not None
        assert found[0] == run.key
        ready = float(str(found[1])) <= time.time()
        return RunState(RunPhase.SUCCEEDED if ready else RunPhase.RUNNING, look_after=0.05)

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        raise AssertionError("nothing is terminated here")


class WorldChanges:
    """A branch of an application; a push onto a head that has moved is refused.

    Who is blind does not look whether the change is there already.
    """

    def __init__(self, world: World, *, blind: bool) -> None:
        self._world = world
        self._blind = blind

    async def commit(self, change: Change) -> Landed:
        await _travel()
        return self._land(change)

    def _land(self, change: Change) -> Landed:
        branch = f"{change.target.repo_url} {change.target.branch}"
        for _ in range(_PUSHES):
            head = self._world.row("SELECT coalesce(max(number), 0) FROM branch WHERE name = ?", branch)
            assert head is not None
            there = self._world.row("SELECT number FROM branch WHERE name = ? AND key = ?", branch, change.key)
            if there is not None and not self._blind:
                return Landed(str(there[0]), changed=True)
            number = self._world.commit_onto(branch, int(str(head[0])), change.key)
            if number is not None:
                return Landed(str(number), changed=True)
        raise RetryableError("the branch moves too quickly")

    async def propose(self, change: Change) -> Landed | Proposed | Declined:
        await _travel()
        query = "SELECT key, ready_at, landed FROM pull WHERE branch = ?"
        found = self._world.row(query, change.proposed)
        if found is None:
            self._world.create_pull(change.proposed, change.key, time.time() + 0.05)
        found = self._world.row(query, change.proposed)
        assert found is not None
        if float(str(found[1])) > time.time():
            return Proposed(change.proposed, look_after=0.05)
        return self._land(change)

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        raise AssertionError("nothing is terminated here")


class WorldApplications:
    """Applications that are at once where their branch is."""

    async def observe(self, watch: Watch) -> Observation:
        await _travel()
        return Observation(Life.LANDED, True, "Synced and Healthy", commit=watch.commit or "")


class NoStatuses:
    """Nobody looks at commits."""

    async def report(self, report: StatusReport) -> None:
        raise AssertionError("nothing is reported here")


def world_ports(world: World, clock: JumpingClock, *, blind: bool = False) -> Ports:
    return Ports(WorldWorkflows(world), WorldChanges(world, blind=blind), WorldApplications(), NoStatuses(), clock)
