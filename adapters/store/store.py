"""The store of releases, as asynchronous methods: what the database does, it does in threads of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import uuid4

from sqlalchemy import Connection

from adapters.store import asking, claims, creating, listing, origins, rousing, superseding, watching
from adapters.store.change import save_of
from adapters.store.clock import MicrosecondClock, system_clock
from adapters.store.database import Database, open_database
from adapters.store.kept import Kept
from adapters.store.listing import RecordedEvent, ReleaseLine
from adapters.store.location import PostgresLocation, StoreLocation
from adapters.store.origins import Known, Origin
from adapters.store.reading import Specs, find_row, releases_of
from adapters.store.schema import prepare_schema
from adapters.store.standing import StoreStanding, standing
from adapters.store.threads import Threads
from adapters.store.transactions import Transactions
from adapters.store.waking import ListeningWaker, PollingWaker, Waker
from adapters.store.watching import SourceClaim
from adapters.store.worker_lock import WorkerLock
from engine.execute.release import Event, Release
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim, Request, Rest, Standing


def open_store(location: StoreLocation, *, clock: MicrosecondClock = system_clock, lease: float = 3.0) -> ReleaseStore:
    """Open a store, and make it or bring its tables to the newest version.

    Args:
        location: where it is.
        clock: what SQLite takes as the time, in microseconds; for tests.
        lease: seconds a claim holds without being renewed.

    Raises:
        StoreError: when it cannot be used; nothing was changed.
        StoreUnavailableError: when it cannot be reached for now.
    """
    database = open_database(location, clock)
    try:
        prepare_schema(Transactions(database, location.shown))
    except BaseException:
        database.close()
        raise
    return ReleaseStore(location, database, lease)


class ReleaseStore:
    """Keeps releases; implements `engine.execute.store.ClaimedReleases`.

    Methods belong to one event loop. Every method may raise `StoreUnavailableError`; then nothing was written, or
    nobody knows, and the same call may be repeated: what was written is not written twice.

    Attributes:
        location: where it is.
        lease: seconds a claim holds without being renewed.
    """

    def __init__(self, location: StoreLocation, database: Database, lease: float) -> None:
        """Take over what `open_store` has opened."""
        self.location = location
        self.lease = lease
        self._database = database
        self._transactions = Transactions(database, location.shown)
        self._specs = Specs()
        self._kept = Kept()
        self._lock: WorkerLock | None = None
        self._threads = Threads(self._transactions, postgres=isinstance(location, PostgresLocation))
        if isinstance(location, PostgresLocation):
            self._waker: Waker = ListeningWaker(location)
        else:
            self._lock = WorkerLock(location.path)
            self._waker = PollingWaker(self._threads.data_version)

    async def close(self) -> None:
        """Finish what was begun and close every connection."""
        await self._waker.close()
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """Close from outside an event loop."""
        self._threads.shutdown()
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    # --- for commands

    async def create(self, release: Release, plan: str) -> tuple[str, ...]:
        """Add a release to the queue of its product.

        Args:
            release: as `engine.execute.release.new_release` made it.
            plan: the plan it was made from, as JSON.

        Returns:
            The identifiers of those that had to leave the queue for it.

        Raises:
            StoreError: when another release has the identifier.
        """
        gone = await self._threads.write(lambda connection: creating.create(connection, release, plan, self._specs))
        self._waker.nudge()
        return gone

    async def start(self, origin: Origin, release: Release, plan: str) -> Known | None:
        """Create a release unless its origin has been there; see `adapters.store.origins.start`."""
        there = await self._threads.write(
            lambda connection: origins.start(connection, origin, release, plan, self._specs)
        )
        self._waker.nudge()
        return there

    async def known(self, key: str) -> Known | None:
        """Return what became of an origin; None when nobody came with its key."""
        return await self._threads.look(lambda connection: origins.known(connection, key))

    async def refuse(self, origin: Origin, message: str) -> None:
        """Record why nothing is started for an origin; see `adapters.store.origins.refuse`."""
        await self._threads.write(lambda connection: origins.refuse(connection, origin, message))

    async def ask(self, reference: str, request: Request) -> int:
        """Leave a request for whoever holds a release, record it, and make the release due; return its number.

        Raises:
            UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
        """
        token = str(uuid4())
        number = await self._threads.write(lambda connection: asking.ask(connection, reference, request, token))
        self._waker.nudge()
        return number

    async def load(self, reference: str) -> Release:
        """Return the release with an identifier, or the only one whose identifier begins so.

        Raises:
            UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
        """
        return await self._threads.look(
            lambda connection: releases_of(connection, [find_row(connection, reference)], self._specs)[0].release
        )

    async def list(
        self,
        *,
        product: str | None = None,
        statuses: Collection[ReleaseStatus] = (),
        limit: int = 50,
        before: str | None = None,
    ) -> list[ReleaseLine]:
        """Return releases, the newest first; see `adapters.store.listing.list_releases`."""
        return await self._threads.read(
            lambda connection: listing.list_releases(
                connection, product=product, statuses=statuses, limit=limit, before=before
            )
        )

    async def events(self, reference: str, after: int = 0, limit: int = listing.MOST) -> Sequence[RecordedEvent]:
        """Return what happened to a release after an event, oldest first."""
        return await self._threads.look(lambda connection: listing.events_of(connection, reference, after, limit))

    async def plan(self, reference: str) -> str:
        """Return the plan a release was made from, as JSON."""
        return await self._threads.look(lambda connection: listing.plan_of(connection, reference))

    async def is_resting(self, reference: str) -> bool:
        """Say whether nobody works on a release at this moment, and nobody has reason to."""
        return await self._threads.read(lambda connection: claims.is_resting(connection, reference))

    async def holders(self) -> dict[str, str]:
        """Return who holds which release at this moment, by the release's identifier."""
        return await self._threads.read(claims.holders)

    async def standing(self) -> StoreStanding:
        """Return how many releases stand where."""
        return await self._threads.read(standing)

    # --- for workers

    async def begin_work(self) -> None:
        """Become a worker of this store: on SQLite the only one, who frees what an earlier one held.

        Raises:
            WorkerLockedError: when another process is it.
        """
        if self._lock is not None and not self._lock.is_held:
            self._lock.acquire()
            await self._threads.write(claims.clear_leases)
            await self._threads.write(watching.clear_source_leases)

    async def claim(self, owner: str, limit: int) -> tuple[Claim, ...]:
        """Take up to so many releases that are due and free; see `adapters.store.claims.claim_due`."""
        lease = int(self.lease * 1_000_000)
        found = await self._threads.write_lease(
            lambda connection: claims.claim_due(connection, owner, limit, self._specs, self._kept, lease)
        )
        return tuple(found)

    async def renew(self, held: Sequence[Claim]) -> tuple[Claim, ...]:
        """Extend the leases of claims of one owner, and return those that are still held."""
        if not held:
            return ()
        lease = int(self.lease * 1_000_000)
        return await self._threads.write_lease(lambda connection: claims.renew(connection, held[0].owner, held, lease))

    async def until_due(self) -> float | None:
        """Return in how many seconds the next unclaimed release is due; None when none ever is by itself."""
        return await self._threads.look(claims.until_due)

    async def wait_for_wake(self, timeout: float) -> bool:
        """Wait up to a number of seconds; return whether something may have become due."""
        return await self._waker.wait(timeout)

    # --- for who watches repositories

    async def watch(self, repositories: Collection[str], *, at_once: bool) -> None:
        """Begin to watch repositories; see `adapters.store.watching.watch`."""
        await self._threads.write(lambda connection: watching.watch(connection, repositories, at_once=at_once))

    async def push(self, repository: str) -> bool:
        """Make a repository due; see `adapters.store.watching.push`."""
        return await self._threads.write(lambda connection: watching.push(connection, repository))

    async def claim_source(self, owner: str) -> SourceClaim | None:
        """Take a repository that is due; see `adapters.store.watching.claim_source`."""
        return await self._threads.write(lambda connection: watching.claim_source(connection, owner))

    async def renew_source(self, claim: SourceClaim) -> bool:
        """Hold a repository for longer; return whether it is still held."""
        return await self._threads.write(lambda connection: watching.renew_source(connection, claim))

    async def finish_source(
        self, claim: SourceClaim, heads: Mapping[str, str], failures: int, message: str, pause: float
    ) -> bool:
        """Give a repository back; see `adapters.store.watching.finish_source`."""
        return await self._threads.write(
            lambda connection: watching.finish_source(connection, claim, heads, failures, message, pause)
        )

    # --- for who is told of changes elsewhere

    async def rouse_workflows(self, releases: Collection[str]) -> int:
        """Have releases look at their workflows at once; see `adapters.store.rousing.rouse_workflows`."""
        return await self._rouse(lambda connection: rousing.rouse_workflows(connection, releases))

    async def rouse_applications(self, names: Collection[str]) -> int:
        """Have releases look at applications at once; see `adapters.store.rousing.rouse_applications`."""
        return await self._rouse(lambda connection: rousing.rouse_applications(connection, names, self._specs))

    async def rouse_pull_request(self, is_there: Callable[[str], bool], branch: str) -> int:
        """Have a release look at its pull request at once; see `adapters.store.rousing.rouse_pull_request`."""
        return await self._rouse(
            lambda connection: rousing.rouse_pull_request(connection, is_there, branch, self._specs)
        )

    async def _rouse(self, work: Callable[[Connection], int]) -> int:
        roused = await self._threads.write(work)
        if roused:
            self._waker.nudge()
        return roused

    # --- for the holder of a claim

    async def save(
        self,
        claim: Claim,
        before: Release,
        after: Release,
        events: Sequence[Event],
        taken: Sequence[int],
        rest: Rest | None = None,
    ) -> None:
        """Write what changed; see `engine.execute.store.ClaimedReleases.save`."""
        save = save_of(claim, before, after, events, taken, rest)
        # Until it is known what became of the save, nobody knows how the release stands.
        self._kept.forget(after.id)
        may_be_due = await self._threads.save(save)
        if not after.status.is_final:
            self._kept.keep(after, save.digest, claim.wake)
        if may_be_due:
            self._waker.nudge()

    async def requests(self, claim: Claim) -> tuple[Request, ...]:
        """Return what is asked of the release and not taken up, oldest first."""
        return await self._threads.look(lambda connection: asking.open_requests(connection, claim))

    async def supersede(self, claim: Claim, environment: str) -> Standing:
        """Take an environment over; see `engine.execute.store.ClaimedReleases.supersede`."""
        standing = await self._threads.write(lambda connection: superseding.supersede(connection, claim, environment))
        if standing is Standing.WAIT:
            self._waker.nudge()
        return standing

    async def sleep(self, claim: Claim, seconds: float | None) -> None:
        """Give the claim back; see `engine.execute.store.ClaimedReleases.sleep`."""
        if await self._threads.write_once(lambda connection: claims.sleep(connection, claim, seconds)):
            self._waker.nudge()
