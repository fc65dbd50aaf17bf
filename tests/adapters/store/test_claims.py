"""Who may change a release, until when, and that no event is slept over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.store.location import SqliteLocation, StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.store import Claim, FencedError, Request, Wish
from tests.support.releases import START, ended, event, release, running
from tests.support.stores import LEASE, OWNER, advance, claimed, sql, with_store

APPROVE = Request(0, Wish.APPROVE, "bob", START, "prod", ("ops", "qa"), "looks good")


def ids(claims: tuple[Claim, ...]) -> list[str]:
    return [claim.release.id for claim in claims]


def test_what_is_due_is_claimed_once(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for number in range(5):
            await store.create(release(f"r{number}", f"p{number}"), "{}")

        first, second, third = await store.claim("a", 3), await store.claim("b", 3), await store.claim("c", 3)

        assert ids(first) == ["r0", "r1", "r2"]
        assert ids(second) == ["r3", "r4"]
        assert third == ()
        assert [(claim.owner, claim.epoch) for claim in first] == [("a", 1)] * 3
        assert first[0].release == await store.load("r0")

    with_store(location, work)


def test_many_who_claim_at_once_never_get_the_same(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for number in range(60):
            await store.create(release(f"r{number}", f"p{number}"), "{}")

        found = await asyncio.gather(*(store.claim(f"owner-{number}", 7) for number in range(12)))
        rest = await store.claim("last", 100)

        assert sorted(ids(tuple(claim for claims in (*found, rest) for claim in claims))) == sorted(
            f"r{number}" for number in range(60)
        )

    with_store(location, work)


def test_a_claim_that_is_not_renewed_is_taken_over_and_its_holder_fenced_off(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        old = await claimed(store, release("r"))
        await advance(store, LEASE - 100)
        assert await store.claim("b", 1) == ()
        await advance(store, 101)
        (new,) = await store.claim("b", 1)

        assert (new.owner, new.epoch) == ("b", 2)
        with pytest.raises(FencedError):
            await store.save(old, old.release, running(old.release), [event("late")], ())
        with pytest.raises(FencedError):
            await store.supersede(old, "dev")
        await store.sleep(old, None)
        assert await store.renew([old]) == ()
        assert await store.renew([new]) == (new,)
        await store.save(new, new.release, running(new.release), [], ())
        assert [found.event.kind for found in await store.events("r")] == ["release.created"]

    with_store(location, work)


def test_the_same_owner_is_fenced_off_by_its_own_newer_claim(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        old = await claimed(store, release("r"))
        await advance(store, LEASE + 1)
        (new,) = await store.claim(OWNER, 1)

        assert await store.renew([old, new]) == (new,)
        with pytest.raises(FencedError):
            await store.save(old, old.release, running(old.release), [], ())

    with_store(location, work)


def test_a_claim_that_is_renewed_is_kept(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        other = await claimed(store, release("s", "other"))
        for _ in range(3):
            await advance(store, LEASE - 100)
            assert await store.renew([claim, other]) == (claim, other)
        assert await store.claim("b", 1) == ()
        assert await store.renew([]) == ()

    with_store(location, work)


def test_a_release_sleeps_until_its_moment(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        await store.sleep(claim, 100)
        due = await store.until_due()
        assert due is not None
        assert 90 < due <= 100
        assert await store.claim("b", 1) == ()
        await advance(store, 101)
        assert await store.until_due() == 0
        assert ids(await store.claim("b", 1)) == ["r"]

    with_store(location, work)


def test_a_release_can_sleep_until_something_happens(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        await store.sleep(claim, None)
        await advance(store, 1_000_000)
        assert await store.claim("b", 1) == ()
        assert await store.until_due() is None

        await store.ask("r", APPROVE)

        (again,) = await store.claim("b", 1)
        (request,) = await store.requests(again)
        assert (request.wish, request.actor, request.at) == (Wish.APPROVE, "bob", START)
        assert (request.environment, request.teams, request.reason) == ("prod", ("ops", "qa"), "looks good")
        asked = (await store.events("r"))[-1].event
        assert (asked.kind, asked.actor, asked.environment, asked.message) == (
            "asked.approve",
            "bob",
            "prod",
            "looks good",
        )

    with_store(location, work)


@pytest.mark.parametrize("pause", [None, 1e9])
def test_what_is_asked_during_a_pass_is_not_slept_over(location: StoreLocation, pause: float | None) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        await store.requests(claim)
        await store.ask("r", APPROVE)
        await store.sleep(claim, pause)

        (again,) = await store.claim("b", 1)
        assert len(await store.requests(again)) == 1
        await store.sleep(again, pause)
        assert await store.claim("b", 1) == ()

    with_store(location, work)


def test_who_was_woken_is_believed_to_be_asked_something(location: StoreLocation) -> None:
    """What a claim sees of requests may be older than the row that it takes, which says how often it was woken."""

    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        await store.sleep(claim, 0.0)
        (again,) = await store.claim("b", 1)
        assert not again.asked
        await store.sleep(again, None)
        await sql(store, "UPDATE release SET wake = wake + 1, next_due = 0")
        (woken,) = await store.claim("b", 1)
        assert woken.asked

    with_store(location, work)


def test_a_request_is_taken_up_once(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        other = await claimed(store, release("s", "other"))
        numbers = [await store.ask("r", APPROVE) for _ in range(3)]
        foreign = await store.ask("s", APPROVE)
        assert [request.id for request in await store.requests(claim)] == numbers

        after = running(claim.release)
        await store.save(claim, claim.release, after, [], (numbers[0], numbers[2], foreign))

        assert [request.id for request in await store.requests(claim)] == [numbers[1]]
        assert [request.id for request in await store.requests(other)] == [foreign]

    with_store(location, work)


def test_what_is_over_can_be_asked_and_claimed(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        await store.save(claim, claim.release, ended(running(claim.release)), [], ())
        await store.sleep(claim, None)
        await store.ask("r", Request(0, Wish.RETRY, "bob", START))
        assert ids(await store.claim("b", 1)) == ["r"]

    with_store(location, work)


def test_claims_follow_the_clock_of_the_database(tmp_path: Path) -> None:
    now = 1_000_000_000_000_000

    async def work(store: ReleaseStore) -> None:
        nonlocal now
        await claimed(store, release("r"))
        now += 2_999_999
        assert await store.claim("b", 1) == ()
        now += 1
        assert ids(await store.claim("b", 1)) == ["r"]

    with_store(SqliteLocation(tmp_path / "releases.db"), work, clock=lambda: now, lease=3.0)


def test_a_new_release_is_due_now(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        before = datetime.now(UTC).timestamp()
        await store.create(release("r"), "{}")
        ((due,),) = await sql(store, "SELECT next_due FROM release")
        assert before - 5 < due / 1_000_000 < datetime.now(UTC).timestamp() + 5

    with_store(location, work)


def test_who_waits_is_told(location: StoreLocation) -> None:
    """From another store on the same database, as from another process."""

    async def work(store: ReleaseStore) -> None:
        from adapters.store.store import open_store

        other = open_store(location)
        try:
            while await store.wait_for_wake(0.3):
                pass  # what happened when listening began
            waiting = asyncio.create_task(store.wait_for_wake(30))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            await other.create(release("r"), "{}")
            assert await waiting
            assert not await store.wait_for_wake(0.01)
            await store.ask("r", APPROVE)
            assert await store.wait_for_wake(30)
        finally:
            await other.close()

    with_store(location, work)
