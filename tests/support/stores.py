"""Stores for tests: every contract is held by a SQLite file and by a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text, update

from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation
from adapters.store.store import ReleaseStore, open_store
from adapters.store.tables import RELEASE
from engine.execute.release import Release
from engine.execute.store import Claim
from tests.support.postgres import MISSING, PostgresCluster, programs

__all__ = ["LEASE", "OWNER", "advance", "claimed", "cluster", "location", "run", "sql", "with_store"]

OWNER = "worker-1"
LEASE = 600.0
"""Seconds that a claim holds, unless a test says otherwise: no machine is so busy that they pass by themselves."""

Result = TypeVar("Result")


@pytest.fixture(scope="session")
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL server that all tests of a process share."""
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster() as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> StoreLocation:
    """Where a new store can be made, once for each kind of database."""
    if request.param == "sqlite":
        return SqliteLocation(tmp_path / "releases.db")
    found: PostgresCluster = request.getfixturevalue("cluster")
    return PostgresLocation(found.new_store())


@asynccontextmanager
async def opened(location: StoreLocation, **options: Any) -> Any:
    """Open a store, whose claims hold for `LEASE` unless the options say otherwise, and close it."""
    store = await asyncio.to_thread(lambda: open_store(location, **{"lease": LEASE, **options}))
    try:
        yield store
    finally:
        await store.close()


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine, for a minute at most."""

    async def limited() -> Result:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(limited())


def with_store(location: StoreLocation, work: Callable[[ReleaseStore], Awaitable[Result]], **options: Any) -> Result:
    """Run a function with a store that is closed afterwards."""

    async def inside() -> Result:
        async with opened(location, **options) as store:
            return await work(store)

    return run(inside())


async def advance(store: ReleaseStore, seconds: float) -> None:
    """Make everything in a store that many seconds older, which is the same as time going by."""
    micros = int(seconds * 1_000_000)
    older = {"lease_until": RELEASE.c.lease_until - micros, "next_due": RELEASE.c.next_due - micros}
    await store._threads.write(lambda connection: connection.execute(update(RELEASE).values(older)).rowcount)


async def sql(store: ReleaseStore, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement of SQL and return its rows."""

    def work(connection: Any) -> list[tuple[Any, ...]]:
        found = connection.execute(text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []

    return await store._threads.write(work)


async def claimed(store: ReleaseStore, release: Release, owner: str = OWNER) -> Claim:
    """Create a release and claim it, and it alone."""
    await store.create(release, "{}")
    (claim,) = [claim for claim in await store.claim(owner, 100) if claim.release.id == release.id]
    return claim
