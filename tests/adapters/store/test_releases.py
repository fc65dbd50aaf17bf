"""Releases are kept as they are, found by what people remember of them, and listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.store.errors import AmbiguousReleaseError, StoreError, UnknownReleaseError
from adapters.store.location import StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.release import Approval
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import QUEUE_LIMIT
from engine.model.entities import Concurrency
from tests.support.releases import START, ended, event, release, running, with_environment, with_step
from tests.support.stores import OWNER, claimed, sql, with_store


def test_a_release_comes_back_as_it_was_created(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        created = release("0a1b")
        assert await store.create(created, '{"plan": 1}') == ()

        found = await store.load("0a1b")

        assert found == created
        assert list(found.steps) == list(created.steps)
        assert await store.plan("0a1b") == '{"plan": 1}'
        (first,) = await store.events("0a1b")
        assert (first.event.kind, first.event.actor, first.event.at) == ("release.created", "ann", START)

    with_store(location, work)


def test_everything_that_can_change_comes_back(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("0a1b"))
        later = START + timedelta(microseconds=1)
        step = list(claim.release.steps)[3]
        after = replace(
            with_step(
                with_environment(running(claim.release), "qa", EnvironmentStatus.SUSPENDED),
                step,
                StepStatus.ERROR,
                attempt=3,
                started_at=START,
                finished_at=later,
                look_at=later,
                tries=7,
                message="näh: \U0001f480",
                outputs={"a": "\0", "b": "x" * 50_000},
            ),
            finished_at=later,
            message="why",
            ended_by="bob",
            context={"TICKET": "7"},
            approvals=(Approval("qa", "cleo", ("b", "a"), START),),
            reported="running",
            report_at=later,
        )
        await store.save(claim, claim.release, after, [], ())

        assert await store.load("0a1b") == after

    with_store(location, work)


def test_texts_no_database_takes_lose_only_what_it_does_not_take(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("0a1b"))
        await store.save(
            claim,
            claim.release,
            replace(running(claim.release), message="a\0b \ud800 c"),
            [event("step.failed", "nul \0")],
            (),
        )

        assert (await store.load("0a1b")).message == "a\ufffdb ? c"
        assert (await store.events("0a1b"))[-1].event.message == "nul \ufffd"

    with_store(location, work)


def test_a_beginning_is_enough_when_it_is_the_only_one(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for identifier in ("ab12", "ab34", "ac%_", "b~~"):
            await store.create(release(identifier, identifier), "{}")

        assert (await store.load("ab1")).id == "ab12"
        assert (await store.load("ac")).id == "ac%_"
        assert (await store.load("b~")).id == "b~~"
        with pytest.raises(AmbiguousReleaseError, match="`ab12`, `ab34`"):
            await store.load("ab")
        for unknown in ("x", "a%", "ab12 ", "A", "", "\0", "é"):
            with pytest.raises(UnknownReleaseError):
                await store.load(unknown)

    with_store(location, work)


def test_an_identifier_is_taken_once(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("0a1b"), "{}")
        assert await store.create(release("0a1b"), "{}") == ()  # the same call once more
        assert len(await store.events("0a1b")) == 1
        with pytest.raises(StoreError, match="another release `0a1b`"):
            await store.create(release("0a1b", "other"), "{}")

    with_store(location, work)


def test_lists_are_filtered_and_paged(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for number in range(6):
            await store.create(release(f"r{number}", "shop" if number % 2 else "blog"), "{}")
        for claim in await store.claim(OWNER, 2):
            await store.save(claim, claim.release, running(claim.release), [], ())

        assert [line.id for line in await store.list()] == ["r5", "r4", "r3", "r2", "r1", "r0"]
        assert [line.id for line in await store.list(product="blog")] == ["r4", "r2", "r0"]
        assert [line.id for line in await store.list(statuses=[ReleaseStatus.RUNNING])] == ["r1", "r0"]
        assert [line.id for line in await store.list(limit=2, before="r4")] == ["r3", "r2"]
        line = (await store.list(limit=1))[0]
        assert (line.product, line.flow, line.version, line.initiator, line.created_at) == (
            "shop",
            "standard",
            "2.0",
            "ann",
            START,
        )
        with pytest.raises(UnknownReleaseError):
            await store.list(before="x")

    with_store(location, work)


def test_events_are_read_on_from_where_one_stopped(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("0a1b"))
        await store.save(claim, claim.release, running(claim.release), [event("one"), event("two")], ())
        first = await store.events("0a1b", limit=2)
        rest = await store.events("0a1b", after=first[-1].id)

        assert [found.event.kind for found in (*first, *rest)] == ["release.created", "one", "two"]
        assert await store.events("0a1b", after=rest[-1].id) == []

    with_store(location, work)


def test_the_oldest_that_waits_gives_way(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        active = await claimed(store, release("active"))
        await store.save(active, active.release, running(active.release), [], ())
        await store.create(release("free", concurrency=Concurrency.TERMINATE), "{}")
        for number in range(QUEUE_LIMIT):
            assert await store.create(release(f"q{number:02}"), "{}") == ()

        assert await store.create(release("last"), "{}") == ("q00",)

        gone = await store.load("q00")
        assert (gone.status, gone.ended_by) == (ReleaseStatus.TERMINATED, "promo")
        assert gone.message == "more than 50 releases of `shop` waited; this was the oldest"
        assert {step.status for step in gone.steps.values()} == {StepStatus.SKIPPED}
        assert [found.event.kind for found in await store.events("q00")][-1] == "release.terminated"
        statuses = {line.id: line.status for line in await store.list(limit=100)}
        assert statuses["active"] is ReleaseStatus.RUNNING
        assert statuses["free"] is statuses["q01"] is ReleaseStatus.QUEUED

    with_store(location, work)


def test_whoever_held_a_release_that_gave_way_is_fenced_off_and_its_end_is_reported(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        from engine.execute.store import FencedError

        first = await claimed(store, release("first"))
        for number in range(QUEUE_LIMIT):
            await store.create(release(f"q{number:02}"), "{}")

        with pytest.raises(FencedError):
            await store.save(first, first.release, running(first.release), [], ())
        assert "first" in {claim.release.id for claim in await store.claim("other", 100)}

    with_store(location, work)


def test_what_is_recorded_is_never_changed(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("0a1b"), "{}")
        for statement in ("UPDATE event SET actor = 'eve'", "DELETE FROM event"):
            with pytest.raises(Exception, match="events are only added, never changed"):
                await sql(store, statement)
        assert [found.event.actor for found in await store.events("0a1b")] == ["ann"]

    with_store(location, work)


def test_a_store_is_there_again_after_it_was_closed(location: StoreLocation) -> None:
    async def make(store: ReleaseStore) -> None:
        claim = await claimed(store, release("0a1b"))
        await store.save(claim, claim.release, ended(running(claim.release)), [event("release.succeeded")], ())

    async def look(store: ReleaseStore) -> None:
        assert (await store.load("0a1b")).status is ReleaseStatus.SUCCEEDED
        assert [found.event.kind for found in await store.events("0a1b")] == ["release.created", "release.succeeded"]

    with_store(location, make)
    with_store(location, look)
