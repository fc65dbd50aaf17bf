"""A newer release takes environments over from older ones of its product."""

from __future__ import annotations

import asyncio

from adapters.store.location import StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.release import Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus
from engine.execute.store import Claim, Standing, Wish
from engine.model.entities import Concurrency
from tests.support.releases import ended, release, running, with_environment
from tests.support.stores import OWNER, claimed, sql, with_store


async def begun(store: ReleaseStore, identifier: str) -> tuple[Claim, Release]:
    claim = await claimed(store, release(identifier, concurrency=Concurrency.TERMINATE))
    now = with_environment(running(claim.release), "dev", EnvironmentStatus.RUNNING)
    await store.save(claim, claim.release, now, [], ())
    return claim, now


def test_a_free_environment_is_entered_and_stays_so(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        old, _ = await begun(store, "old")
        assert await store.supersede(old, "dev") is Standing.CLEAR
        assert await store.supersede(old, "dev") is Standing.CLEAR
        assert await store.supersede(old, "qa") is Standing.CLEAR

    with_store(location, work)


def test_the_older_release_is_asked_to_end_once_and_its_end_wakes_the_newer(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        old, running_old = await begun(store, "old")
        await store.supersede(old, "dev")
        new, _ = await begun(store, "new")

        for _ in range(3):
            assert await store.supersede(new, "dev") is Standing.WAIT
        await store.sleep(new, None)

        (request,) = await store.requests(old)
        assert (request.wish, request.actor) == (Wish.TERMINATE, "promo")
        assert request.reason == "superseded in dev by the newer release new"
        assert [found.event.kind for found in await store.events("old")][-1] == "asked.terminate"
        assert await store.claim("b", 9) == ()

        over = ended(running_old, ReleaseStatus.TERMINATED)
        await store.save(old, running_old, over, [], (request.id,))
        (again,) = await store.claim("b", 9)
        assert again.release.id == "new"
        assert await store.supersede(again, "dev") is Standing.CLEAR

    with_store(location, work)


def test_an_older_release_that_has_left_the_environment_goes_on(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        old, running_old = await begun(store, "old")
        await store.supersede(old, "dev")
        new, _ = await begun(store, "new")
        done = with_environment(running_old, "dev", EnvironmentStatus.SUCCEEDED)
        await store.save(old, running_old, done, [], ())

        assert await store.supersede(new, "dev") is Standing.CLEAR
        assert await store.requests(old) == ()
        assert await store.supersede(old, "qa") is Standing.CLEAR

    with_store(location, work)


def test_a_release_that_comes_too_late_is_outdated(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        old, _ = await begun(store, "old")
        new, _ = await begun(store, "new")
        assert await store.supersede(new, "qa") is Standing.CLEAR
        assert await store.supersede(old, "qa") is Standing.OUTDATED
        assert await store.supersede(old, "dev") is Standing.CLEAR

    with_store(location, work)


def test_each_newer_release_asks_the_one_that_is_there_now(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        first, running_first = await begun(store, "first")
        second, running_second = await begun(store, "second")
        third, _ = await begun(store, "third")
        await store.supersede(first, "dev")
        assert await store.supersede(third, "dev") is Standing.WAIT
        assert await store.supersede(second, "dev") is Standing.WAIT
        assert len(await store.requests(first)) == 1
        await store.save(first, running_first, ended(running_first), [], ())
        assert await store.supersede(second, "dev") is Standing.CLEAR
        assert await store.supersede(third, "dev") is Standing.WAIT
        assert len(await store.requests(second)) == 1
        await store.save(second, running_second, ended(running_second), [], ())
        assert await store.supersede(third, "dev") is Standing.CLEAR
        assert await store.supersede(second, "dev") is Standing.OUTDATED

    with_store(location, work)


def test_of_many_that_enter_at_once_the_newest_stays(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claims = [(await begun(store, f"r{number}"))[0] for number in range(8)]
        standings = await asyncio.gather(*(store.supersede(claim, "dev") for claim in claims))
        assert standings.count(Standing.CLEAR) == 1
        ((holder,),) = await sql(store, "SELECT r.id FROM occupancy o JOIN release r ON r.number = o.release")
        entered = next(claim for claim, found in zip(claims, standings, strict=True) if found is Standing.CLEAR)
        assert holder == entered.release.id
        for claim, found in zip(claims, standings, strict=True):
            older = claim.release.id < entered.release.id
            assert found is (Standing.OUTDATED if older else Standing.CLEAR if claim is entered else Standing.WAIT)

    with_store(location, work)


def test_products_do_not_know_each_other(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        one = await claimed(store, release("one", "shop", Concurrency.TERMINATE))
        two = await claimed(store, release("two", "blog", Concurrency.TERMINATE), OWNER)
        assert await store.supersede(two, "dev") is Standing.CLEAR
        assert await store.supersede(one, "dev") is Standing.CLEAR

    with_store(location, work)
