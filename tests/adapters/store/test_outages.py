"""PostgreSQL goes away and comes back: nothing is lost, and nothing is written twice."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from adapters.store.location import PostgresLocation
from adapters.store.product_lock import lock_product
from adapters.store.store import ReleaseStore
from engine.execute.status import ReleaseStatus
from engine.execute.store import Request, StoreUnavailableError, Wish
from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.releases import START, event, release, running
from tests.support.stores import OWNER, claimed, opened, with_store


@pytest.fixture(scope="module")
def own() -> Iterator[PostgresCluster]:
    """A server that these tests may stop."""
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster() as started:
        yield started


def drop_connections(server: PostgresCluster) -> None:
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'promo%'")


def test_a_connection_that_was_cut_is_made_again_at_once(own: PostgresCluster) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        for number in range(4):
            await asyncio.to_thread(drop_connections, own)
            await store.ask("r", Request(0, Wish.APPROVE, f"p{number}", START))
            await asyncio.to_thread(drop_connections, own)
            assert len(await store.requests(claim)) == number + 1
        await asyncio.to_thread(drop_connections, own)
        await store.save(claim, claim.release, running(claim.release), [event("release.running")], ())
        assert [found.event.kind for found in await store.events("r")][-1] == "release.running"

    with_store(PostgresLocation(own.new_store()), work)


def test_a_server_that_stops_is_an_outage_and_not_an_end(own: PostgresCluster) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        await asyncio.to_thread(own.stop)
        try:
            for call in (
                lambda: store.save(claim, claim.release, running(claim.release), [event("x")], ()),
                lambda: store.requests(claim),
                lambda: store.claim(OWNER, 1),
                lambda: store.renew([claim]),
                lambda: store.sleep(claim, None),
                lambda: store.load("r"),
            ):
                with pytest.raises(StoreUnavailableError, match="cannot be reached for now"):
                    await call()
        finally:
            await asyncio.to_thread(own.start)
        await store.save(claim, claim.release, running(claim.release), [event("x")], ())
        assert (await store.load("r")).status is ReleaseStatus.RUNNING
        assert [found.event.kind for found in await store.events("r")] == ["release.created", "x"]

    with_store(PostgresLocation(own.new_store()), work)


def test_who_listens_listens_again(own: PostgresCluster) -> None:
    async def work(store: ReleaseStore) -> None:
        while await store.wait_for_wake(0.3):
            pass
        await asyncio.to_thread(drop_connections, own)
        # Made again, it tells once, because what happened in between was not heard.
        assert await store.wait_for_wake(20)
        while await store.wait_for_wake(0.3):
            pass
        store._waker.nudge = lambda: None  # type: ignore[method-assign]
        waiting = asyncio.create_task(store.wait_for_wake(20))
        await store.create(release("r"), "{}")
        assert await waiting

    with_store(PostgresLocation(own.new_store()), work)


@pytest.mark.parametrize("committed", [True, False])
def test_a_connection_lost_while_committing(
    own: PostgresCluster, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client cannot know what became of the commit. Both are tried, with everything that writes."""

    async def work(store: ReleaseStore) -> None:
        whole = store._database.writing.dialect.do_commit
        losses = 0

        def lossy(connection: Any) -> None:
            nonlocal losses
            if losses == 0:
                losses += 1
                if committed:
                    whole(connection)
                connection.driver_connection.close()
                connection.driver_connection.execute("SELECT 1")  # raises what a lost connection raises
            whole(connection)

        monkeypatch.setattr(store._database.writing.dialect, "do_commit", lossy)
        await store.create(release("r"), '{"plan": 1}')
        losses = -1
        (claim,) = await store.claim(OWNER, 1)

        losses = 0
        number = await store.ask("r", Request(0, Wish.APPROVE, "bob", START))
        losses = 0
        after = running(claim.release)
        await store.save(claim, claim.release, after, [event("one"), event("two")], (number,))
        losses = 0
        await store.sleep(claim, None)

        assert losses == 1
        assert [found.event.kind for found in await store.events("r")] == [
            "release.created",
            "asked.approve",
            "one",
            "two",
        ]
        assert await store.load("r") == after
        assert await store.requests(claim) == ()
        assert await store.plan("r") == '{"plan": 1}'

    with_store(PostgresLocation(own.new_store()), work)


def test_a_fault_of_our_own_is_not_taken_for_an_outage(own: PostgresCluster) -> None:
    async def work(store: ReleaseStore) -> None:
        def wrong(connection: Connection) -> None:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")

        with pytest.raises(DBAPIError):
            await store._threads.write(wrong)

    with_store(PostgresLocation(own.new_store()), work)


def test_transactions_that_wait_for_each_other_are_run_again(own: PostgresCluster) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("a", "one"), "{}")
        await store.create(release("b", "two"), "{}")
        loop = asyncio.get_running_loop()
        both = asyncio.Barrier(2)
        attempts: list[str] = []

        def lock(first: str, second: str) -> Any:
            def inside(connection: Connection) -> None:
                attempts.append(first)
                connection.exec_driver_sql(f"UPDATE release SET wake = wake + 1 WHERE id = '{first}'")
                if len(attempts) <= 2:
                    asyncio.run_coroutine_threadsafe(both.wait(), loop).result(20)
                connection.exec_driver_sql(f"UPDATE release SET wake = wake + 1 WHERE id = '{second}'")

            return inside

        await asyncio.gather(store._threads.write(lock("a", "b")), store._threads.write(lock("b", "a")))

        assert len(attempts) >= 3
        assert {claim.wake for claim in await store.claim(OWNER, 9)} == {2}

    with_store(PostgresLocation(own.new_store()), work)


def test_a_program_that_is_frozen_in_a_transaction_holds_up_the_others_for_a_moment(own: PostgresCluster) -> None:
    location = PostgresLocation(own.new_store())
    attempts: list[int] = []

    def freezing(connection: Connection) -> None:
        lock_product(connection, "shop")
        connection.exec_driver_sql("UPDATE release SET message = 'frozen'")
        attempts.append(len(attempts))
        if len(attempts) == 1:
            time.sleep(4)
            connection.exec_driver_sql("SELECT 1")

    async def work(store: ReleaseStore) -> None:
        await store.create(release("a", "shop"), "{}")
        async with opened(location) as other:
            frozen = asyncio.create_task(store._threads.write(freezing))
            async with asyncio.timeout(30):
                while not attempts:
                    await asyncio.sleep(0.01)
            await other.create(release("b", "shop"), "{}")
            assert not frozen.done()
            assert (await other.load("a")).message == ""
            await frozen
            assert len(attempts) == 2

    with_store(location, work)


@pytest.mark.parametrize(
    "locking",
    [
        lambda connection: connection.exec_driver_sql("SELECT * FROM release WHERE id = 'a' FOR UPDATE"),
        lambda connection: lock_product(connection, "a"),
    ],
    ids=["row", "product"],
)
def test_a_save_that_has_to_wait_holds_up_no_other(
    own: PostgresCluster, locking: Callable[[Connection], object]
) -> None:
    async def work(store: ReleaseStore) -> None:
        for name in "abc":
            await store.create(release(name, name), "{}")
        claims = {claim.release.id: claim for claim in await store.claim(OWNER, 9)}
        locked, may_end = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def lock(connection: Connection) -> None:
            locking(connection)
            loop.call_soon_threadsafe(locked.set)
            may_end.wait(20)

        async def save(name: str) -> None:
            claim = claims[name]
            await store.save(claim, claim.release, running(claim.release), [event("begun")], ())

        holding = asyncio.create_task(store._threads.write(lock))
        await locked.wait()
        waiting = asyncio.create_task(save("a"))
        await asyncio.gather(save("b"), save("c"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        may_end.set()
        await asyncio.gather(holding, waiting)
        for name in "abc":
            assert [found.event.kind for found in await store.events(name)] == ["release.created", "begun"]

    with_store(PostgresLocation(own.new_store()), work)
