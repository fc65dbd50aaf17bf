"""Writes that share a commit are each done, also where they cannot share one."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from adapters.store.location import SqliteLocation
from adapters.store.store import ReleaseStore
from tests.support.releases import release
from tests.support.stores import with_store


def test_writes_are_done_alone_where_savepoints_fail(tmp_path: Path) -> None:
    """The driver's own errors come from savepoints, which SQLAlchemy does not see."""

    async def work(store: ReleaseStore) -> None:
        refused: list[int] = []

        def refuse(action: int, *_: Any) -> int:
            if action != sqlite3.SQLITE_SAVEPOINT:
                return sqlite3.SQLITE_OK
            refused.append(action)
            return sqlite3.SQLITE_DENY

        connection = store._database.writing.raw_connection()
        assert isinstance(connection.driver_connection, sqlite3.Connection)
        connection.driver_connection.set_authorizer(refuse)
        connection.close()
        async with asyncio.timeout(20):
            await asyncio.gather(*(store.create(release(f"r{number}", f"p{number}"), "{}") for number in range(9)))

        assert refused
        assert len(await store.list()) == 9

    with_store(SqliteLocation(tmp_path / "releases.db"), work)
