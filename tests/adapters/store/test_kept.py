"""What is kept of releases is what their rows say, or is not taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from adapters.store import asking
from adapters.store.kept import Kept
from adapters.store.location import PostgresLocation, StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.status import StepStatus
from engine.execute.store import FencedError, Request, Rest, Wish
from tests.support.postgres import PostgresCluster
from tests.support.releases import START, event, release, running, with_step
from tests.support.stores import OWNER, advance, opened, sql, with_store

SIZE = len(release("r").steps) + 1


def test_only_what_stands_as_it_did_is_found() -> None:
    kept = Kept()
    kept.keep(release("r"), "saved", 3)
    assert kept.find("r", "saved", 3) == release("r")
    assert kept.find("r", "later", 3) is None
    assert kept.find("r", "saved", 4) is None
    assert kept.find("s", "saved", 3) is None
    kept.keep(running(release("r")), "later", 3)
    assert kept.find("r", "saved", 3) is None
    assert kept.find("r", "later", 3) == running(release("r"))
    kept.forget("r")
    kept.forget("r")
    assert kept.find("r", "later", 3) is None


@given(
    room=st.integers(1, 4),
    moves=st.lists(st.tuples(st.sampled_from(("keep", "find", "forget")), st.sampled_from("abcdef")), max_size=40),
)
def test_those_that_were_used_last_are_kept(room: int, moves: list[tuple[str, str]]) -> None:
    kept = Kept(most_steps=room * SIZE)
    order: list[str] = []
    for what, name in moves:
        if what == "find":
            assert (kept.find(name, "", 0) is not None) == (name in order)
        elif what == "keep":
            kept.keep(release(name), "", 0)
        else:
            kept.forget(name)
        if what != "find" or name in order:
            order = [other for other in order if other != name] + ([name] if what != "forget" else [])
        order = order[-room:]
    assert [name for name in "abcdef" if kept.find(name, "", 0)] == sorted(order)


def test_a_release_larger_than_the_room_is_not_kept() -> None:
    kept = Kept(most_steps=SIZE - 1)
    kept.keep(release("r"), "", 0)
    assert kept.find("r", "", 0) is None


def test_a_release_that_nobody_changed_is_not_read_again(location: StoreLocation) -> None:
    """It is read again after a restart, another worker's save, an event, and a save of which nobody knows."""

    async def work(store: ReleaseStore) -> None:
        reads: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            if statement.startswith("SELECT") and "FROM step" in statement:
                reads.append(statement)

        async def next_claim(of: ReleaseStore, expected: int) -> Any:
            await advance(of, 100)
            reads.clear()
            (claim,) = await of.claim(OWNER, 9)
            assert len(reads) == expected
            assert claim.release == await of.load("r")
            return claim

        await store.create(release("r"), "{}")
        sqlalchemy_event.listen(Engine, "before_cursor_execute", note)
        try:
            claim = await next_claim(store, 1)
            first, second = list(claim.release.steps)[:2]
            seen = running(with_step(claim.release, first, StepStatus.RUNNING, look_at=START, outputs={"a": "\x01é"}))
            await store.save(claim, claim.release, seen, [event("seen")], (), Rest(50.0))
            claim = await next_claim(store, 0)
            await store.sleep(claim, 50.0)
            claim = await next_claim(store, 0)
            await store.sleep(claim, 50.0)

            async with opened(location) as other:
                claim = await next_claim(other, 1)
                more = with_step(seen, second, StepStatus.RUNNING, look_at=START)
                await other.save(claim, seen, more, [], (), Rest(50.0))
                claim = await next_claim(store, 1)
                await store.sleep(claim, 50.0)
                await other.ask("r", Request(0, Wish.APPROVE, "bob", START))
            claim = await next_claim(store, 1)
            await store.sleep(claim, 50.0)
            # Steps that are looked at again are changed without a save.
            claim = await next_claim(store, 0)
            await store.ask("r", Request(0, Wish.APPROVE, "cleo", START))
            await store.sleep(claim, 50.0)
            claim = await next_claim(store, 1)
            assert claim.release.steps[first].look_at is None
        finally:
            sqlalchemy_event.remove(Engine, "before_cursor_execute", note)

    with_store(location, work)


def test_a_save_that_failed_leaves_nothing_kept(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("r"), "{}")
        (claim,) = await store.claim(OWNER, 9)
        after = running(claim.release)
        await sql(store, "UPDATE release SET epoch = epoch + 1")
        assert store._kept.find("r", "", 0) is not None
        with pytest.raises(FencedError):
            await store.save(claim, claim.release, after, [], ())
        assert store._kept.find("r", "", 0) is None

    with_store(location, work)


def test_a_release_that_is_woken_while_it_is_claimed_is_not_kept(cluster: PostgresCluster) -> None:
    """Its claim knows nothing of the event, so its steps are looked at again when it is given back."""

    async def work(store: ReleaseStore) -> None:
        await store.create(release("r"), "{}")
        (claim,) = await store.claim(OWNER, 9)
        step = next(iter(claim.release.steps))
        waiting = running(with_step(claim.release, step, StepStatus.RUNNING, look_at=START))
        await store.save(claim, claim.release, waiting, [], (), Rest(0.0))
        store._kept.forget("r")
        asked: list[int] = []

        def ask(_: Any, __: Any, statement: str, *___: Any) -> None:
            """Ask between the claim and the reading of what was claimed."""
            if statement.startswith("SELECT release.") and not asked:
                asked.append(0)
                request = Request(0, Wish.APPROVE, "bob", START)
                asked[0] = store._transactions.write(lambda connection: asking.ask(connection, "r", request, "token"))

        sqlalchemy_event.listen(Engine, "before_cursor_execute", ask)
        try:
            (claim,) = await store.claim(OWNER, 9)
        finally:
            sqlalchemy_event.remove(Engine, "before_cursor_execute", ask)
        assert asked != [0]
        assert [request.id for request in await store.requests(claim)] == asked
        assert claim.asked
        await store.sleep(claim, None)

        (again,) = await store.claim(OWNER, 9)
        assert again.release == await store.load("r")
        assert again.release.steps[step].look_at is None

    with_store(PostgresLocation(cluster.new_store()), work)
