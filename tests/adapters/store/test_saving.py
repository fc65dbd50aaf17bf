"""A save writes what changed, whole or not at all, for the holder of the claim, and once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from adapters.store.location import PostgresLocation, StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.release import Approval, Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import FencedError, ProductBusyError, Request, Rest, Wish
from engine.model.entities import Concurrency
from tests.support.releases import START, ended, event, release, running, with_environment, with_step
from tests.support.stores import OWNER, advance, claimed, sql, with_store


def test_only_what_differs_is_written(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        after = running(claim.release)
        await store.save(claim, claim.release, after, [], ())
        written: list[dict[str, int]] = []
        counted = ("saves", "environments", "steps", "events", "taken")

        def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
            if statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                return
            if isinstance(location, PostgresLocation):
                written.append({name: len(json.loads(rows)) for name, rows in parameters.items() if name in counted})
            elif statement.startswith("UPDATE release"):
                written.append(dict.fromkeys(counted, 0) | {"saves": 1})
            else:
                table = statement.split()[2 if statement.startswith("INSERT") else 1]
                written[-1][f"{table}s"] += len(parameters) if many else 1

        sqlalchemy_event.listen(Engine, "before_cursor_execute", note)
        try:
            moved = with_step(after, list(after.steps)[1], StepStatus.RUNNING)
            await store.save(claim, after, moved, [event("step.running")], ())
            two = with_step(
                with_step(moved, list(after.steps)[1], StepStatus.SUCCEEDED), list(after.steps)[2], StepStatus.RUNNING
            )
            await store.save(claim, moved, with_environment(two, "dev", EnvironmentStatus.RUNNING), [], ())
        finally:
            sqlalchemy_event.remove(Engine, "before_cursor_execute", note)

        assert written == [
            {"saves": 1, "environments": 0, "steps": 1, "events": 1, "taken": 0},
            {"saves": 1, "environments": 1, "steps": 2, "events": 0, "taken": 0},
        ]

    with_store(location, work)


def test_a_save_that_is_repeated_changes_nothing(location: StoreLocation) -> None:
    """Nobody knows whether a commit came through whose connection was lost; so the same save is sent again."""

    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        number = await store.ask("r", Request(0, Wish.APPROVE, "bob", START, "qa"))
        after = running(claim.release)
        events = [event("release.running"), event("approved")]
        for _ in range(3):
            await store.save(claim, claim.release, after, events, (number,))

        assert [found.event.kind for found in await store.events("r")][2:] == ["release.running", "approved"]
        # What is different is written, also where it leads back.
        await store.save(claim, after, claim.release, [event("back")], ())
        await store.save(claim, claim.release, after, events, ())
        kinds = [found.event.kind for found in await store.events("r")][2:]
        assert kinds == ["release.running", "approved", "back", "release.running", "approved"]

    with_store(location, work)


def test_a_save_that_fails_leaves_nothing(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        after = running(claim.release)
        with pytest.raises(ValueError, match="without an offset"):
            await store.save(claim, claim.release, after, [event("x", at=START.replace(tzinfo=None))], ())
        with pytest.raises(ValueError, match="never gets or loses"):
            await store.save(claim, claim.release, replace(after, steps={}), [], ())
        assert (await store.load("r")).status is ReleaseStatus.QUEUED
        await store.save(claim, claim.release, after, [], ())

    with_store(location, work)


def test_failures_beside_others_fail_alone(location: StoreLocation) -> None:
    """Writes that share a commit are as separate as writes that do not."""

    async def work(store: ReleaseStore) -> None:
        for number in range(20):
            await store.create(release(f"r{number:02}", f"p{number}"), "{}")
        claims = await store.claim(OWNER, 100)

        async def save(number: int) -> None:
            claim = claims[number]
            held = replace(claim, epoch=9) if number % 3 == 0 else claim
            await store.save(held, claim.release, running(claim.release), [event(f"e{number}")], ())

        results = await asyncio.gather(*map(save, range(20)), return_exceptions=True)

        for number, result in enumerate(results):
            fenced = number % 3 == 0
            assert isinstance(result, FencedError) == fenced
            assert len(await store.events(f"r{number:02}")) == (1 if fenced else 2)

    with_store(location, work)


def test_approvals_follow_the_release(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        first, second = (Approval("qa", name, (), START) for name in ("ann", "bob"))
        states = [(first,), (first, second), (second,), ()]
        before = claim.release
        for approvals in states:
            after = replace(before, approvals=approvals)
            await store.save(claim, before, after, [], ())
            assert (await store.load("r")).approvals == approvals
            before = after

    with_store(location, work)


# --- saves that give the claim back


def test_a_save_can_give_the_claim_back(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        after = running(claim.release)
        for _ in range(3):
            await store.save(claim, claim.release, after, [event("release.running")], (), Rest(50.0))

        assert await store.load("r") == after
        assert [found.event.kind for found in await store.events("r")] == ["release.created", "release.running"]
        assert await store.holders() == {}
        due = await store.until_due()
        assert due is not None
        assert 40 < due <= 50
        with pytest.raises(FencedError):
            await store.save(claim, after, ended(after), [event("late")], (), Rest(None))
        assert await store.load("r") == after

        await advance(store, 60)
        (again,) = await store.claim(OWNER, 9)
        await store.save(again, after, ended(after), [], (), Rest(None))
        assert await store.until_due() is None

    with_store(location, work)


def test_a_save_that_gives_the_claim_back_sleeps_over_no_event(location: StoreLocation) -> None:
    """What was to be looked at later is looked at again, whether the save changes it or not."""

    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        first, second, third, fourth = list(claim.release.steps)[:4]
        later = START + timedelta(hours=1)
        waiting = running(claim.release)
        for step, status, tries in (
            (first, StepStatus.RUNNING, 0),
            (second, StepStatus.SUCCEEDED, 0),
            (third, StepStatus.RUNNING, 0),
            (fourth, StepStatus.RUNNING, 2),
        ):
            waiting = with_step(waiting, step, status, look_at=later, tries=tries)
        await store.save(claim, claim.release, waiting, [], ())
        number = await store.ask("r", Request(0, Wish.APPROVE, "bob", START, "qa"))
        seen = with_step(waiting, third, StepStatus.RUNNING, look_at=later + timedelta(hours=1))
        await store.save(claim, waiting, seen, [event("seen")], (), Rest(None))

        (again,) = await store.claim(OWNER, 9)
        looks = [again.release.steps[step].look_at for step in (first, second, third, fourth)]
        assert looks == [None, later, None, later]
        assert again.asked
        assert [request.id for request in await store.requests(again)] == [number]

        # What is taken up by the very save that sleeps is gone with it.
        await store.save(again, again.release, again.release, [], (number,), Rest(0.0))
        (last,) = await store.claim(OWNER, 9)
        assert await store.requests(last) == ()

    with_store(location, work)


def test_what_ends_with_the_save_that_slept_over_an_event_has_ended(location: StoreLocation) -> None:
    """A step that the save changes and that the event would have looked at again is written once, as it is saved."""

    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        step = next(iter(claim.release.steps))
        later = START + timedelta(hours=1)
        waiting = running(with_step(claim.release, step, StepStatus.RUNNING, look_at=later))
        await store.save(claim, claim.release, waiting, [], ())
        await store.ask("r", Request(0, Wish.APPROVE, "bob", START, "qa"))
        over = with_step(waiting, step, StepStatus.SUCCEEDED, look_at=later, message="done", outputs={"a": "b"})
        await store.save(claim, waiting, over, [event("over")], (), Rest(None))

        assert await store.load("r") == over

    with_store(location, work)


def test_an_end_gives_the_claim_back_and_wakes_the_next(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for name in ("a", "b"):
            await store.create(release(name), "{}")
        a, b = await store.claim(OWNER, 2)
        await store.sleep(b, None)
        begun = running(a.release)
        await store.save(a, a.release, begun, [], ())
        await store.save(a, begun, ended(begun), [event("over")], (), Rest(None))
        assert [claim.release.id for claim in await store.claim(OWNER, 9)] == ["b"]

    with_store(location, work)


def test_saves_that_come_together_are_each_whole(location: StoreLocation) -> None:
    """Beginnings, ends, approvals, refusals and rests in one go, of products that wait for each other."""

    async def work(store: ReleaseStore) -> None:
        for number in range(12):
            await store.create(release(f"a{number:02}", f"p{number}"), "{}")
            await store.create(release(f"b{number:02}", f"p{number}"), "{}")
        claims = {claim.release.id: claim for claim in await store.claim(OWNER, 100)}
        begun = {name: running(claim.release) for name, claim in claims.items()}

        def saves(kind: str, to: Callable[[Release], Release], **options: Any) -> list[Any]:
            found = []
            for number in range(12):
                claim, before = claims[f"{kind}{number:02}"], claims[f"{kind}{number:02}"].release
                before = begun[before.id] if to is ended else before
                found.append(store.save(claim, before, to(before), [event(f"{kind}{number}")], (), **options))
            return found

        assert await asyncio.gather(*saves("a", running)) == [None] * 12
        results = await asyncio.gather(
            *saves("b", running), *saves("a", ended, rest=Rest(None)), return_exceptions=True
        )
        assert results[12:] == [None] * 12
        for number in range(12):
            # Either it saw that the one before it was over, or it is woken by its end.
            beaten = isinstance(results[number], ProductBusyError)
            assert beaten or results[number] is None
            assert len(await store.events(f"b{number:02}")) == (1 if beaten else 2)
            if beaten:
                await store.sleep(claims[f"b{number:02}"], None)
        woken = {claim.release.id for claim in await store.claim(OWNER, 100)}
        assert {f"b{number:02}" for number in range(12) if results[number] is not None} <= woken

    with_store(location, work)


# --- one active release per product


def test_releases_of_a_product_run_one_after_another(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for name in ("a", "b", "c"):
            await store.create(release(name), "{}")
        a, b, c = await store.claim(OWNER, 3)

        with pytest.raises(ProductBusyError):
            await store.save(b, b.release, running(b.release), [event("x")], ())  # a is older
        await store.sleep(b, None)
        await store.sleep(c, None)
        await store.save(a, a.release, running(a.release), [], ())
        assert await store.claim(OWNER, 3) == ()
        for status in (ReleaseStatus.SUSPENDED, ReleaseStatus.RUNNING, ReleaseStatus.TERMINATING):
            now = await store.load("a")
            await store.save(a, now, replace(now, status=status), [], ())
            assert await store.claim(OWNER, 3) == ()
        now = await store.load("a")
        await store.save(a, now, ended(now, ReleaseStatus.TERMINATED), [], ())
        await store.sleep(a, None)

        (woken,) = await store.claim(OWNER, 3)
        assert woken.release.id == "b"
        await store.save(woken, woken.release, running(woken.release), [], ())
        assert [found.event.kind for found in await store.events("b")] == ["release.created"]

    with_store(location, work)


def test_other_products_and_releases_that_supersede_do_not_wait(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for created in (
            release("a"),
            release("b", "other"),
            release("c", concurrency=Concurrency.TERMINATE),
            release("d", concurrency=Concurrency.TERMINATE),
        ):
            claim = await claimed(store, created)
            await store.save(claim, claim.release, running(claim.release), [], ())
        assert len(await store.list(statuses=[ReleaseStatus.RUNNING])) == 4

    with_store(location, work)


def test_the_database_itself_allows_one_active_release(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("a"), "{}")
        await store.create(release("b"), "{}")
        with pytest.raises(Exception, match=r"UNIQUE|release_one_active"):
            await sql(store, "UPDATE release SET status = 'running'")

    with_store(location, work)


def test_a_queued_release_can_end_while_another_is_active(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for name in ("a", "b", "c"):
            await store.create(release(name), "{}")
        a, b, c = await store.claim(OWNER, 3)
        await store.save(a, a.release, running(a.release), [], ())
        await store.sleep(c, None)
        await store.save(b, b.release, ended(b.release, ReleaseStatus.TERMINATED), [], ())
        # The next one is woken, and sees that it is not its turn.
        (woken,) = await store.claim(OWNER, 3)
        assert woken.release.id == "c"
        with pytest.raises(ProductBusyError):
            await store.save(woken, woken.release, running(woken.release), [], ())

    with_store(location, work)


def test_a_retried_release_has_its_old_place(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        a = await claimed(store, release("a"))
        failed = ended(running(a.release), ReleaseStatus.FAILED)
        await store.save(a, a.release, failed, [], ())
        await store.create(release("b"), "{}")
        again = replace(failed, status=ReleaseStatus.QUEUED)
        await store.save(a, failed, again, [], ())
        (b,) = await store.claim(OWNER, 9)
        with pytest.raises(ProductBusyError):
            await store.save(b, b.release, running(b.release), [], ())
        await store.save(a, again, running(again), [], ())

    with_store(location, work)


def test_of_many_that_begin_at_once_one_does(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for number in range(8):
            await store.create(release(f"r{number}"), "{}")
        claims = await store.claim(OWNER, 100)

        async def begin(number: int) -> None:
            claim = claims[number]
            await store.save(claim, claim.release, running(claim.release), [], ())

        results = await asyncio.gather(*map(begin, reversed(range(8))), return_exceptions=True)

        assert [type(result) for result in results] == [ProductBusyError] * 7 + [type(None)]

    with_store(location, work)


def test_an_end_that_meets_a_look_at_the_queue_always_wakes(location: StoreLocation) -> None:
    """The next release looks whether it is its turn at the very moment the one before it ends."""

    async def work(store: ReleaseStore) -> None:
        for round_ in range(25):
            product = f"p{round_}"
            await store.create(release(f"a{round_}", product), "{}")
            await store.create(release(f"b{round_}", product), "{}")
            a, b = await store.claim(OWNER, 2)
            begun = running(a.release)
            await store.save(a, a.release, begun, [], ())

            async def end(claim: Any = a, begun: Any = begun) -> None:
                await store.save(claim, begun, ended(begun), [], ())
                await store.sleep(claim, None)

            async def look(claim: Any = b) -> bool:
                try:
                    await store.save(claim, claim.release, running(claim.release), [], ())
                except ProductBusyError:
                    await store.sleep(claim, None)
                    return False
                return True

            _, begun_too = await asyncio.gather(end(), look())
            if not begun_too:
                assert [claim.release.id for claim in await store.claim(OWNER, 9)] == [f"b{round_}"]

    with_store(location, work)
