"""A machine that runs releases: the engine over fakes of everything, in time that does not pass by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from engine.execute.ports import Ports
from engine.execute.reconciler import reconcile
from engine.execute.release import Event, Release
from engine.execute.rules import Rules
from engine.execute.store import Claim, ClaimedReleases, FencedError, Request, StoreUnavailableError
from tests.fakes.applications import FakeApplications
from tests.fakes.changes import FakeChanges
from tests.fakes.faults import Journal, Killed
from tests.fakes.releases import MemoryReleases
from tests.fakes.statuses import FakeStatuses
from tests.fakes.virtual_time import VirtualClock, VirtualLoop
from tests.fakes.workflows import FakeWorkflows
from tests.support.memory_repositories import MemoryRepositories

Result = TypeVar("Result")

START = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
"""A Monday."""

MOST_PASSES = 20_000


class Releases(ClaimedReleases, Protocol):
    """What a machine needs of a store; `adapters.store.store.ReleaseStore` has all but the trail."""

    lease: float

    async def create(self, release: Release, plan: str) -> tuple[str, ...]: ...
    async def ask(self, reference: str, request: Request) -> int: ...
    async def load(self, reference: str) -> Release: ...
    async def claim(self, owner: str, limit: int) -> tuple[Claim, ...]: ...
    async def until_due(self) -> float | None: ...
    async def trail(self, reference: str) -> Sequence[Event]: ...


class Machine:
    """Runs releases one pass after the other.

    Attributes:
        clock: tells the time.
        journal: what happened outside, and what is to go wrong.
        store: where the releases are.
        deaths: how often the process was killed.
        fenced: how often a claim was lost.
    """

    def __init__(self, repositories: MemoryRepositories, start: datetime = START, *, reports: bool = True) -> None:
        self.loop = VirtualLoop()
        self.clock = VirtualClock(self.loop, start)
        self.journal = Journal()
        self.workflows = FakeWorkflows(self.journal, self.clock)
        self.changes = FakeChanges(self.journal, self.clock, repositories)
        self.applications = FakeApplications(self.journal, self.clock, repositories)
        self.statuses = FakeStatuses(self.journal, self.clock)
        self.memory = MemoryReleases(self.clock, self.journal)
        self.store: Releases = self.memory
        self.rules = Rules(ZoneInfo, url="https://promo.example.com", reports=reports)
        self.deaths = 0
        self.fenced = 0
        self._passes = 0
        self._starts = 1

    @property
    def ports(self) -> Ports:
        """Return everything a release acts through."""
        return Ports(self.workflows, self.changes, self.applications, self.statuses, self.clock)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine to its end."""
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        """Close the loop."""
        self.loop.close()

    def create(self, release: Release, plan: str = "{}") -> tuple[str, ...]:
        """Put a release into the store."""
        return self.run(self.store.create(release, plan))

    def ask(self, release: str, request: Request) -> None:
        """Leave a request."""
        self.run(self.store.ask(release, request))

    def load(self, release: str) -> Release:
        """Return a release as it stands."""
        return self.run(self.store.load(release))

    def events(self, release: str) -> list[Event]:
        """Return the audit trail of a release."""
        return list(self.run(self.store.trail(release)))

    def work_for(self, seconds: float) -> None:
        """Run what is due within so many seconds, and let them pass."""
        self.run(self._work_until(self.clock.now() + timedelta(seconds=seconds)))

    def idle(self) -> bool:
        """Say whether nothing is due by itself, ever."""
        return self.run(self.store.until_due()) is None

    def next_due(self) -> float | None:
        """Return in how many seconds something is due; None when nothing ever is by itself."""
        return self.run(self.store.until_due())

    async def _work_until(self, end: datetime) -> None:
        while True:
            try:
                due = await self.store.until_due()
                if due is None or self.clock.now() + timedelta(seconds=due) > end:
                    break
                await asyncio.sleep(due)
                for claim in await self.store.claim(f"worker-{self._starts}", 1):
                    await self._pass(claim)
            except StoreUnavailableError:
                if self.clock.now() >= end:
                    return
                await asyncio.sleep(1)
        await self.clock.sleep_until(end)

    async def _pass(self, claim: Claim) -> None:
        self._passes += 1
        assert self._passes < MOST_PASSES, "releases are looked at without end"
        try:
            await reconcile(claim, self.store, self.ports, self.rules)
        except FencedError:
            self.fenced += 1
        except Killed:
            self.deaths += 1
            await self._taken_over()
        except StoreUnavailableError:
            await self._taken_over()

    async def _taken_over(self) -> None:
        """Let another worker take over what this one held, once its leases are over."""
        self._starts += 1
        await asyncio.sleep(self.store.lease + 0.001)
        while True:
            try:
                for claim in await self.store.claim(f"worker-{self._starts}", 1):
                    await self._pass(claim)
            except StoreUnavailableError:
                await asyncio.sleep(1)
            else:
                return
