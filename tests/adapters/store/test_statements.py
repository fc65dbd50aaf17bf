"""How many statements things take: each is a way to the database and back, and most of what a look costs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from adapters.store.location import PostgresLocation, StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.reconciler import reconcile
from engine.execute.rules import Rules
from engine.execute.status import StepStatus
from engine.execute.store import Rest
from tests.support.instant_ports import InstantApplications, instant_ports
from tests.support.releases import START, ended, event, release, running, with_step
from tests.support.stores import OWNER, advance, claimed, with_store

WAITING = 40


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count statements by their first word; what begins and ends transactions is not sent alone on SQLite."""
    found: Counter[str] = Counter()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        word = statement.split()[0]
        if word != "BEGIN":
            found[word] += 1

    sqlalchemy_event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sqlalchemy_event.remove(Engine, "before_cursor_execute", note)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment


def test_a_save(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        at_once = isinstance(location, PostgresLocation)
        claim = await claimed(store, release("r"))
        step = next(iter(claim.release.steps))
        begun = running(claim.release)
        with counted() as found:
            await store.save(claim, claim.release, begun, [event("begun")], ())
        # On PostgreSQL the product is locked first. On SQLite it is seen whose turn it is, and the event is written.
        assert found == Counter({"SELECT": 1, "WITH": 1} if at_once else {"UPDATE": 1, "SELECT": 1, "INSERT": 1})
        seen = with_step(begun, step, StepStatus.RUNNING, look_at=START)
        with counted() as found:
            await store.save(claim, begun, seen, [event("seen"), event("again")], (), Rest(0.0))
        assert found == Counter({"WITH": 1} if at_once else {"UPDATE": 2, "INSERT": 1})
        (claim,) = await store.claim(OWNER, 9)
        with counted() as found:
            await store.save(claim, seen, ended(seen), [event("ended")], (), Rest(None))
        # And the next one of the product is woken.
        assert found == Counter(
            {"SELECT": 1, "WITH": 1, "UPDATE": 1} if at_once else {"UPDATE": 1, "SELECT": 1, "INSERT": 1}
        )

    with_store(location, work)


def test_sleeping_and_renewing(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        for number in range(WAITING):
            await store.create(release(f"r{number}", f"p{number}"), "{}")
        claims = await store.claim(OWNER, WAITING)
        with counted() as found:
            await store.renew(claims)
        assert found.total() == 1
        with counted() as found:
            for claim in claims:
                await store.sleep(claim, 1.0)
        assert found.total() == WAITING

    with_store(location, work)


def test_a_look_at_many_that_wait(location: StoreLocation) -> None:
    """They are claimed by one statement, whatever their number, and what is seen of them is saved by few."""

    async def work(store: ReleaseStore) -> None:
        applications = InstantApplications(healthy=False, look_after=50.0)
        clock = Clock()
        ports, rules = replace(instant_ports(applications), clock=clock), Rules(ZoneInfo)
        for number in range(WAITING):
            await store.create(release(f"r{number}", f"p{number}"), "{}")

        async def look() -> Counter[str]:
            with counted() as found:
                claims = await store.claim(OWNER, WAITING)
                assert len(claims) == WAITING
                await asyncio.gather(*(reconcile(claim, store, ports, rules) for claim in claims))
            return found

        await look()
        for _ in range(3):
            await advance(store, 60)
            clock.moment += timedelta(seconds=60)
            looks = applications.looks
            found = await look()
            assert applications.looks - looks == WAITING
            if isinstance(location, PostgresLocation):
                # The claim, and saves that come together: at worst the first one goes before the others.
                assert found.keys() == {"WITH"}
                assert found.total() <= 1 + WAITING // 4
            else:
                assert found == Counter({"WITH": 1, "UPDATE": 2 * WAITING})

    with_store(location, work)
