"""The store of releases in memory: the same claims, fences and queues as the real one, and it can be away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from engine.execute.codec import from_data, to_data
from engine.execute.errors import RetryableError
from engine.execute.overflow import terminate_queued
from engine.execute.ports import Clock
from engine.execute.release import RULES, Event, Release
from engine.execute.status import ReleaseStatus
from engine.execute.store import (
    QUEUE_LIMIT,
    Claim,
    FencedError,
    ProductBusyError,
    Request,
    Rest,
    Standing,
    StoreUnavailableError,
    Wish,
)
from engine.model.entities import Concurrency
from tests.fakes.faults import Journal

Result = TypeVar("Result")


@dataclass(slots=True)
class Row:
    """A release and what the store knows of it besides."""

    release: Release
    next_due: datetime | None
    owner: str = ""
    lease_until: datetime | None = None
    epoch: int = 0
    wake: int = 0
    events: list[Event] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)


@dataclass(slots=True)
class Occupant:
    """Which release was the last to enter an environment, and whether it was asked to end."""

    release: str
    asked: bool = False


class MemoryReleases:
    """Keeps releases in memory; has the methods of `adapters.store.store.ReleaseStore` that a worker uses.

    Attributes:
        rows: by identifier, in the order they were created.
        lease: seconds a claim holds.
        away_until: when the store can be reached again.
        saves: how often something was written.
    """

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self.rows: dict[str, Row] = {}
        self.lease = 3.0
        self.away_until: datetime | None = None
        self.saves = 0
        self._clock = clock
        self._journal = journal
        self._numbers = 0
        self._occupants: dict[tuple[str, str], Occupant] = {}

    # --- for commands ----------------------------------------------------------------------------

    async def create(self, release: Release, plan: str) -> tuple[str, ...]:
        """Add a release to the queue of its product; return those that had to leave it."""
        await self._reach()
        assert release.id not in self.rows
        # What a store keeps is data: a spec that does not survive it is found here.
        kept = replace(release, spec=from_data(to_data(release.spec)))
        created = Event(release.created_at, release.initiator, "release.created")
        self.rows[release.id] = Row(kept, self._clock.now(), events=[created])
        gone = []
        while len(waiting := list(self._queue(release.spec.product))) > QUEUE_LIMIT:
            gone.append(self._overflow(waiting[0]))
        return tuple(gone)

    async def ask(self, reference: str, request: Request) -> int:
        """Leave a request, and make the release due."""
        await self._reach()
        return self._leave(self.rows[reference], request)

    async def load(self, reference: str) -> Release:
        """Return a release."""
        return self.rows[reference].release

    async def trail(self, reference: str) -> Sequence[Event]:
        """Return the audit trail of a release."""
        return self.rows[reference].events

    # --- for workers -----------------------------------------------------------------------------

    async def claim(self, owner: str, limit: int) -> tuple[Claim, ...]:
        """Take up to so many releases that are due and free."""
        await self._reach()
        now = self._clock.now()
        due = [row for row in self.rows.values() if row.next_due is not None and row.next_due <= now]
        free = [row for row in due if row.lease_until is None or row.lease_until <= now]
        free.sort(key=lambda row: row.next_due or now)
        found = []
        for row in free[:limit]:
            row.owner, row.epoch, row.lease_until = owner, row.epoch + 1, now + timedelta(seconds=self.lease)
            found.append(Claim(row.release, owner, row.epoch, row.wake, bool(row.requests)))
        return tuple(found)

    async def until_due(self) -> float | None:
        """Return in how many seconds the next unclaimed release is due."""
        await self._reach()
        now = self._clock.now()
        due = [row.next_due for row in self.rows.values() if row.next_due is not None and not row.owner]
        return max((min(due) - now).total_seconds(), 0.0) if due else None

    # --- for the holder of a claim ---------------------------------------------------------------

    async def save(
        self,
        claim: Claim,
        before: Release,
        after: Release,
        events: Sequence[Event],
        taken: Sequence[int],
        rest: Rest | None = None,
    ) -> None:
        """Write what changed."""
        key = f"{claim.release.id}/{after.status.value}"
        await self._through("save", key, lambda: self._save(claim, before, after, events, taken, rest))

    async def requests(self, claim: Claim) -> tuple[Request, ...]:
        """Return what is asked of the release."""
        return await self._through("requests", claim.release.id, lambda: tuple(self._held(claim).requests))

    async def supersede(self, claim: Claim, environment: str) -> Standing:
        """Take an environment over from older releases of the product."""
        key = f"{claim.release.id}/{environment}/supersede/1"
        return await self._through("supersede", key, lambda: self._supersede(claim, environment))

    async def sleep(self, claim: Claim, seconds: float | None) -> None:
        """Give the claim back."""
        await self._through("sleep", claim.release.id, lambda: self._sleep(claim, seconds))

    # --- inside ----------------------------------------------------------------------------------

    async def _reach(self) -> None:
        await asyncio.sleep(0)
        if self.away_until is not None and self._clock.now() < self.away_until:
            raise StoreUnavailableError("the connection was refused")

    async def _through(self, method: str, key: str, act: Callable[[], Result]) -> Result:
        await self._reach()
        try:
            return await self._journal.through(f"store.{method}", key, act)
        except RetryableError as failed:
            raise StoreUnavailableError(failed.reason) from failed

    def _save(
        self,
        claim: Claim,
        before: Release,
        after: Release,
        events: Sequence[Event],
        taken: Sequence[int],
        rest: Rest | None,
    ) -> None:
        row = self._held(claim)
        assert row.release == before, "what is saved does not follow from what is there"
        begins = before.status is ReleaseStatus.QUEUED and after.status not in (
            ReleaseStatus.QUEUED,
            ReleaseStatus.TERMINATED,
        )
        if begins and self._is_busy(after):
            raise ProductBusyError(f"another release of `{after.spec.product}` comes first")
        row.release = after
        row.events += events
        row.requests = [request for request in row.requests if request.id not in taken]
        self.saves += 1
        self._wake_others(before, after)
        if rest is not None:
            self._sleep(claim, rest.seconds)

    def _supersede(self, claim: Claim, environment: str) -> Standing:
        row = self._held(claim)
        numbers = {name: number for number, name in enumerate(self.rows)}
        place = (row.release.spec.product, environment)
        occupant = self._occupants.get(place)
        if occupant is None or occupant.release == row.release.id:
            self._occupants[place] = Occupant(row.release.id)
            return Standing.CLEAR
        other = self.rows[occupant.release]
        if numbers[occupant.release] > numbers[row.release.id]:
            return Standing.OUTDATED
        state = other.release.environments.get(environment)
        if other.release.status.is_final or state is None or state.status.is_final:
            self._occupants[place] = Occupant(row.release.id)
            return Standing.CLEAR
        if not occupant.asked and other.release.status is not ReleaseStatus.TERMINATING:
            occupant.asked = True
            reason = f"superseded in {environment} by the newer release {row.release.id}"
            self._leave(other, Request(0, Wish.TERMINATE, RULES, self._clock.now(), reason=reason))
        return Standing.WAIT

    def _sleep(self, claim: Claim, seconds: float | None) -> None:
        row = self.rows[claim.release.id]
        if row.epoch == claim.epoch and row.owner == claim.owner:
            row.owner, row.lease_until = "", None
            later = None if seconds is None else self._clock.now() + timedelta(seconds=seconds)
            row.next_due = later if row.wake == claim.wake else self._clock.now()

    def _held(self, claim: Claim) -> Row:
        row = self.rows[claim.release.id]
        if row.epoch != claim.epoch or row.owner != claim.owner:
            raise FencedError(f"the release `{claim.release.id}` was claimed by somebody else")
        return row

    def _leave(self, row: Row, request: Request) -> int:
        self._numbers += 1
        row.requests.append(replace(request, id=self._numbers))
        kind = f"asked.{request.wish.value}"
        row.events.append(Event(request.at, request.actor, kind, request.environment, message=request.reason))
        self._wake(row)
        return self._numbers

    def _wake(self, row: Row) -> None:
        row.wake += 1
        row.next_due = self._clock.now()

    def _queue(self, product: str) -> Iterator[Row]:
        for row in self.rows.values():
            spec = row.release.spec
            waits = row.release.status is ReleaseStatus.QUEUED
            if spec.product == product and spec.concurrency is Concurrency.QUEUE and waits:
                yield row

    def _is_busy(self, release: Release) -> bool:
        if release.spec.concurrency is not Concurrency.QUEUE:
            return False
        ahead = next(self._queue(release.spec.product))
        return ahead.release.id != release.id or any(
            row.release.status.is_active
            for row in self.rows.values()
            if row.release.spec.product == release.spec.product
            and row.release.spec.concurrency is Concurrency.QUEUE
            and row.release.id != release.id
        )

    def _wake_others(self, before: Release, after: Release) -> None:
        if after.status.is_final and not before.status.is_final:
            first = next(self._queue(after.spec.product), None)
            if first is not None:
                self._wake(first)
        for row in self.rows.values():
            spec = row.release.spec
            same = spec.product == after.spec.product and spec.concurrency is Concurrency.TERMINATE
            if same and row.release.id != after.id and row.release.status.is_active:
                self._wake(row)

    def _overflow(self, row: Row) -> str:
        product = row.release.spec.product
        reason = f"more than {QUEUE_LIMIT} releases of `{product}` waited; this was the oldest"
        row.release, events = terminate_queued(row.release, RULES, reason, self._clock.now())
        row.events += events
        row.owner, row.lease_until, row.epoch = "", None, row.epoch + 1
        self._wake(row)
        return row.release.id
