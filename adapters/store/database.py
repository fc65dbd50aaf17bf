"""Opens the database: SQLAlchemy engines that are set up so that nothing which was committed is ever lost."""

from __future__ import annotations

import os
import sqlite3
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from adapters.store.clock import SQLITE_FUNCTION, MicrosecondClock, system_clock
from adapters.store.errors import StoreReadOnlyError, StoreSettingError
from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation

BUSY_TIMEOUT = 10_000
"""Milliseconds a SQLite statement waits for another process that writes."""

APPLICATION_ID = 0x70726D6F
"""Marks a SQLite file as a store of promo (``prmo`` in ASCII)."""

CONNECTIONS = 4
"""Connections to PostgreSQL for everything but saves, leases and listening, which have one each."""


class Database(NamedTuple):
    """The engines of a store: SQLite has one connection that writes and one that reads, PostgreSQL one pool.

    Attributes:
        writing: for transactions that change something.
        reading: for transactions that see one state of the store, however many statements they have.
        looking: for single statements, which need no transaction of their own.
    """

    writing: Engine
    reading: Engine
    looking: Engine

    def close(self) -> None:
        """Close every connection."""
        self.reading.dispose()
        self.writing.dispose()


def open_database(location: StoreLocation, clock: MicrosecondClock = system_clock) -> Database:
    """Return the engines of a store; nothing is connected yet.

    Args:
        location: where the store is; the folder and the file of a SQLite store are made, for the user alone.
        clock: what SQLite takes as the time; PostgreSQL has its own.

    Raises:
        StoreReadOnlyError: when the folder of a SQLite store cannot be made.
        StoreSettingError: when the URL cannot be read.
    """
    match location:
        case SqliteLocation():
            _make_file(location)
            reading = _sqlite(location, clock, reads=True)
            return Database(_sqlite(location, clock, reads=False), reading, reading)
        case PostgresLocation():
            engine = _postgresql(location)
            return Database(
                engine,
                engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
                engine.execution_options(isolation_level="AUTOCOMMIT"),
            )


def _sqlite(location: SqliteLocation, clock: MicrosecondClock, *, reads: bool) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(location.path)),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT / 1000},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: Any) -> None:
        # Transactions are begun here and not by the driver, which would begin them too late.
        connection.isolation_level = None
        connection.create_function(SQLITE_FUNCTION, 0, clock)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        # A file can be made so that reading it runs code; this one is trusted no further than its tables.
        connection.execute("PRAGMA trusted_schema = OFF")
        if reads:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _make_file(location: SqliteLocation) -> None:
    path = location.path
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its journals the mode of the file, so it has to be right from the beginning.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except IsADirectoryError:
        raise StoreSettingError(f"the store `{path}` is a folder", "name a file") from None
    except (PermissionError, OSError) as problem:
        if path.is_file():
            return  # it can be read perhaps; writing says what is wrong
        raise StoreReadOnlyError(
            f"the store `{path}` cannot be made: {problem.strerror}", "check the folder and who owns it"
        ) from None


def _postgresql(location: PostgresLocation) -> Engine:
    try:
        url = make_url(location.url).set(drivername="postgresql+psycopg")
        asked = url.query.get("options", "")
        options = " ".join((_LIMITS, asked if isinstance(asked, str) else " ".join(asked))).strip()
        settings = {name: value for name, value in _KEEPALIVES.items() if name not in url.query}
        return create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_size=CONNECTIONS + 2,
            max_overflow=0,
            connect_args=settings | {"options": options},
        )
    except ImportError:
        raise StoreSettingError(
            "PostgreSQL needs the package psycopg, which is not installed", "pip install 'promo[postgres]'"
        ) from None


_KEEPALIVES: dict[str, object] = {
    "application_name": "promo",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that is gone is noticed in seconds; the URL can say otherwise."""

_LIMITS = "-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=2000"
"""Milliseconds. A program that is frozen in the middle of a transaction holds up the others for less than a lease; one
that was only slow has its transaction run again. The URL can say otherwise."""
