"""The loop of a worker, over real stores and with passes that do little."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.queue import Worker
from adapters.queue.owner import new_owner
from adapters.store.errors import WorkerLockedError
from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim, FencedError, Request, Wish
from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.releases import START, ended, event, release, running
from tests.support.stores import opened, run, sql, with_store

Pass = Callable[[Claim], Awaitable[None]]


@asynccontextmanager
async def working(store: ReleaseStore, reconcile: Pass, **options: Any) -> Any:
    """Run a worker beside the test; its failure is the test's."""
    stop = asyncio.Event()
    worker = asyncio.create_task(Worker(store, reconcile, new_owner(), **options).run(stop))
    try:
        yield worker
    finally:
        stop.set()
        await worker


def whole_pass(store: ReleaseStore) -> Pass:
    """Return a pass that takes a release from where it is to its end; any of them may be given up in the middle."""

    async def reconcile(claim: Claim) -> None:
        now = claim.release
        if now.status is ReleaseStatus.QUEUED:
            before, now = now, running(now)
            await store.save(claim, before, now, [event("begun")], ())
        if now.status is ReleaseStatus.RUNNING:
            await store.save(claim, now, ended(now), [event("ended")], ())
        await store.sleep(claim, None)

    return reconcile


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():
            await asyncio.sleep(0.02)


def finished(store: ReleaseStore, count: int) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        return len(await store.list(statuses=[ReleaseStatus.SUCCEEDED], limit=1000)) == count

    return condition


def test_everything_that_is_due_is_moved_on_by_as_many_as_there_are_slots(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        now = most = 0
        whole = whole_pass(store)

        async def counted(claim: Claim) -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            try:
                await whole(claim)
            finally:
                now -= 1

        for number in range(40):
            await store.create(release(f"r{number:02}", f"p{number}"), "{}")
        async with working(store, counted, slots=7):
            await until(finished(store, 40))
        assert most == 7
        for number in range(40):
            kinds = [found.event.kind for found in await store.events(f"r{number:02}")]
            assert kinds == ["release.created", "begun", "ended"]

    with_store(location, work)


def test_what_happens_starts_a_pass(location: StoreLocation) -> None:
    """The poll is far too long to be what does it; another process creates and asks."""

    async def work(store: ReleaseStore) -> None:
        passes: asyncio.Queue[str] = asyncio.Queue()

        async def reconcile(claim: Claim) -> None:
            await store.sleep(claim, None)
            passes.put_nowait(claim.release.id)

        async with opened(location) as other, working(store, reconcile, poll=60.0):
            await asyncio.sleep(0.3)
            for _ in range(3):
                await other.create(release(f"r{passes.qsize()}{_}", f"p{_}"), "{}")
                name = await asyncio.wait_for(passes.get(), 20)
                await other.ask(name, Request(0, Wish.APPROVE, "bob", START))
                assert await asyncio.wait_for(passes.get(), 20) == name

    with_store(location, work)


def test_a_release_is_looked_at_again_when_it_said(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        passes: list[str] = []

        async def reconcile(claim: Claim) -> None:
            passes.append(claim.release.id)
            await store.sleep(claim, 0.1 if len(passes) < 4 else None)

        await store.create(release("r"), "{}")

        async def four() -> bool:
            return len(passes) == 4

        async with working(store, reconcile, poll=60.0):
            await until(four)

    with_store(location, work)


def test_a_lease_is_renewed_as_long_as_a_pass_takes(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        async def slow(claim: Claim) -> None:
            await asyncio.sleep(2.5)
            await store.save(claim, claim.release, ended(running(claim.release)), [event("done")], ())
            await store.sleep(claim, None)

        await store.create(release("r"), "{}")
        async with opened(location) as other, working(store, slow):
            for _ in range(10):
                await asyncio.sleep(0.2)
                assert await other.claim("thief", 9) == ()
            await until(finished(store, 1))

    with_store(location, work, lease=1.0)


def test_a_pass_is_cancelled_when_its_lease_is_somebody_elses(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        begun, cancelled = asyncio.Event(), asyncio.Event()

        async def hanging(claim: Claim) -> None:
            begun.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.set()
                raise

        await store.create(release("r"), "{}")
        async with working(store, hanging):
            await asyncio.wait_for(begun.wait(), 20)
            await store._threads.write(
                lambda connection: connection.exec_driver_sql("UPDATE release SET owner = 'x', epoch = 9").rowcount
            )
            await asyncio.wait_for(cancelled.wait(), 20)

    with_store(location, work, lease=3.0)


def test_a_pass_that_takes_too_long_is_begun_anew(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        epochs: list[int] = []

        async def reconcile(claim: Claim) -> None:
            epochs.append(claim.epoch)
            await asyncio.sleep(60 if len(epochs) == 1 else 0)
            await store.sleep(claim, None)

        async def again() -> bool:
            return epochs == [1, 2]

        await store.create(release("r"), "{}")
        async with working(store, reconcile, longest_pass=0.2):
            await until(again)

    with_store(location, work)


def test_a_pass_that_breaks_breaks_no_other(location: StoreLocation, caplog: pytest.LogCaptureFixture) -> None:
    async def work(store: ReleaseStore) -> None:
        whole = whole_pass(store)
        tries: list[str] = []

        async def reconcile(claim: Claim) -> None:
            if claim.release.id.startswith("bad"):
                tries.append(claim.release.id)
                raise RuntimeError("a fault") if claim.release.id == "bad1" else FencedError("taken")
            await whole(claim)

        for name in ("bad1", "bad2", "good1", "good2"):
            await store.create(release(name, name), "{}")
        async with working(store, reconcile):
            await until(finished(store, 2))
        assert sorted(tries) == ["bad1", "bad2"]
        due = await store.until_due()
        assert due is not None
        assert 2 < due <= 5

    with caplog.at_level(logging.INFO, "promo.queue"):
        with_store(location, work)
    assert "a pass over the release bad1 broke; this is a fault of promo" in caplog.text
    assert "the release bad2 was taken over by another worker" in caplog.text


def test_a_worker_that_stops_lets_passes_end_and_gives_back_the_rest(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        begun: list[str] = []

        async def reconcile(claim: Claim) -> None:
            begun.append(claim.release.id)
            await asyncio.sleep(60 if claim.release.id == "slow" else 0.3)
            await store.save(claim, claim.release, ended(running(claim.release)), [], ())
            await store.sleep(claim, None)

        async def both() -> bool:
            return len(begun) == 2

        await store.create(release("quick", "a"), "{}")
        await store.create(release("slow", "b"), "{}")
        async with working(store, reconcile, grace=1.0):
            await until(both)

        assert (await store.load("quick")).status is ReleaseStatus.SUCCEEDED
        # Given back, and not only free once its lease has run out.
        assert [claim.release.id for claim in await store.claim("other", 9)] == ["slow"]

    with_store(location, work, lease=30.0)


def test_there_is_one_worker_of_a_sqlite_store(tmp_path: Any) -> None:
    location = SqliteLocation(tmp_path / "releases.db")

    async def work(store: ReleaseStore) -> None:
        async with opened(location) as other, working(store, whole_pass(store)):
            await asyncio.sleep(0.2)
            with pytest.raises(WorkerLockedError):
                await Worker(other, whole_pass(other), new_owner()).run(asyncio.Event())

    with_store(location, work)


@pytest.fixture
def own() -> Iterator[PostgresCluster]:
    """A server that a test may stop."""
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster() as started:
        yield started


def test_an_outage_ends_passes_and_no_worker(own: PostgresCluster) -> None:
    """A pass that does not need the store is cancelled too, before its lease can have run out."""
    location = PostgresLocation(own.new_store())

    async def work() -> None:
        async with opened(location, lease=1.0) as store:
            begun, cancelled = asyncio.Event(), asyncio.Event()
            whole = whole_pass(store)

            async def reconcile(claim: Claim) -> None:
                if claim.release.id == "hangs" and not cancelled.is_set():
                    begun.set()
                    try:
                        await asyncio.sleep(60)
                    finally:
                        cancelled.set()
                await whole(claim)

            await store.create(release("hangs", "a"), "{}")
            async with working(store, reconcile):
                await asyncio.wait_for(begun.wait(), 20)
                await asyncio.to_thread(own.stop)
                try:
                    await asyncio.wait_for(cancelled.wait(), 20)
                    await asyncio.sleep(1.0)
                finally:
                    await asyncio.to_thread(own.start)
                await store.create(release("later", "b"), "{}")
                await until(finished(store, 2))

    run(work())


def test_what_is_taken_again_before_its_pass_has_ended_has_another_pass(location: StoreLocation) -> None:
    """A pass gives its claim back and takes a moment to end; who asks in that moment does not wait for the poll."""

    async def work(store: ReleaseStore) -> None:
        passes = now = most = 0

        async def reconcile(claim: Claim) -> None:
            nonlocal passes, now, most
            now += 1
            most = max(most, now)
            try:
                await store.sleep(claim, None)
                passes += 1
                await asyncio.sleep(0.5)
            finally:
                now -= 1

        await store.create(release("r", "p"), "{}")
        async with opened(location) as other, working(store, reconcile, poll=60.0):

            async def passed() -> bool:
                return passes > 0

            await until(passed)
            before = passes
            await other.ask("r", Request(0, Wish.APPROVE, "grace", START))

            async def passed_again() -> bool:
                return passes > before

            await until(passed_again)
        assert most == 1

    with_store(location, work)


def test_no_wake_up_is_lost(location: StoreLocation) -> None:
    """Requests come at every moment of a pass; each is seen, though no pass is ever due by itself."""

    async def work(store: ReleaseStore) -> None:
        seen: set[int] = set()

        async def reconcile(claim: Claim) -> None:
            requests = await store.requests(claim)
            seen.update(request.id for request in requests)
            await store.save(claim, claim.release, claim.release, [], [request.id for request in requests])
            await store.sleep(claim, None)

        for name in ("r0", "r1", "r2"):
            await store.create(release(name, name), "{}")
        async with opened(location) as other, working(store, reconcile, poll=60.0):
            asked = set()
            for number in range(60):
                asked.add(await other.ask(f"r{number % 3}", Request(0, Wish.APPROVE, f"p{number}", START)))
                if number % 7 == 0:
                    await asyncio.sleep(0.01)

            async def all_seen() -> bool:
                return seen == asked

            await until(all_seen)

    with_store(location, work)


def test_a_pass_that_does_not_end_is_waited_for_once_however_often_its_release_is_taken(tmp_path: Path) -> None:
    """Its lease runs out again and again, and every claim of the same worker has to wait for the pass."""

    async def work(store: ReleaseStore) -> None:
        begun, may_end = asyncio.Event(), asyncio.Event()
        epochs: list[int] = []

        async def reconcile(claim: Claim) -> None:
            epochs.append(claim.epoch)
            begun.set()
            while not may_end.is_set():
                with suppress(asyncio.CancelledError):
                    await may_end.wait()
            await store.sleep(claim, None)

        async def epoch() -> int:
            ((found,),) = await sql(store, "SELECT epoch FROM release")
            return int(found)

        def taken(times: int) -> Callable[[], Awaitable[bool]]:
            async def condition() -> bool:
                return await epoch() >= times

            return condition

        await store.create(release("r"), "{}")
        async with working(store, reconcile, poll=0.05):
            try:
                await asyncio.wait_for(begun.wait(), 20)
                await sql(store, "UPDATE release SET owner = NULL, lease_until = NULL, next_due = 0")
                await until(taken(5))
                assert len([task for task in asyncio.all_tasks() if task.get_name().endswith(" r")]) == 1
                last = await epoch()
            finally:
                may_end.set()

            async def passed_again() -> bool:
                return len(epochs) > 1

            await until(passed_again)
        assert epochs[0] == 1
        assert epochs[1] >= last
        assert await store.until_due() is None

    with_store(SqliteLocation(tmp_path / "releases.db"), work, lease=0.2)
