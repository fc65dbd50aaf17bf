"""Runs transactions: each whole or not at all, again where the database undid one, failures told in our words."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from adapters.store.database import Database
from adapters.store.failures import is_conflict, translated
from engine.execute.store import StoreUnavailableError

Result = TypeVar("Result")

ATTEMPTS = 5
"""How often a transaction is run that the database undoes because of others."""

PAUSE = 0.02
"""Seconds before such a transaction is run again, at most, times how often it was."""


class Transactions:
    """The transactions of one store.

    Attributes:
        database: where they are run.
        shown: where it is, for messages.
    """

    def __init__(self, database: Database, shown: str) -> None:
        self.database = database
        self.shown = shown

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """Return what a function finds in one consistent state of the store.

        Raises:
            StoreUnavailableError: when the database cannot be reached.
            StoreError: when it cannot be used as it is.
        """
        return self._run(self.database.reading, work)

    def look(self, work: Callable[[Connection], Result]) -> Result:
        """Return what a function finds with one statement, or with several that need not agree.

        On PostgreSQL a statement may write, too: it is a transaction by itself. The function is run again where the
        connection was lost, as by `write`.

        Raises:
            StoreUnavailableError: when the database cannot be reached.
            StoreError: when it cannot be used as it is.
        """
        return self._run(self.database.looking, work)

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run a function whose changes are kept all together, or not at all when it raises.

        The function is run again where the connection was lost, even while committing; so what it does must
        change nothing when it is done a second time.

        Raises:
            StoreUnavailableError: when the database cannot be reached.
            StoreError: when it cannot be used as it is.
        """
        return self._run(self.database.writing, work)

    def data_version(self) -> int:
        """Return a number that SQLite changes whenever somebody else than our writing connection commits.

        Raises:
            StoreUnavailableError: when it cannot be read.
        """
        try:
            return int(self._pragma("data_version"))
        except (sqlite3.Error, DBAPIError) as failure:
            raise StoreUnavailableError(f"the store `{self.shown}` cannot be used for now: {failure}") from failure

    def use_write_ahead_log(self) -> None:
        """Let readers and the writer of a SQLite file not wait for each other from here on; the file remembers it.

        Raises:
            StoreUnavailableError: when the file cannot be reached or written.
            StoreError: when it cannot be used as it is.
        """
        try:
            self._pragma("journal_mode = WAL")
        except (sqlite3.Error, DBAPIError) as failure:
            told = translated(failure, self.shown)
            if told is None:
                raise
            raise told from failure

    def _pragma(self, text: str) -> Any:
        """Return what SQLite answers to a pragma, outside of any transaction."""
        connection = self.database.writing.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {text}")
            (value,) = cursor.fetchone() or (0,)
            return value
        finally:
            connection.close()

    def _run(self, engine: Engine, work: Callable[[Connection], Result]) -> Result:
        lost = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with engine.begin() as connection:
                    return work(connection)
            except DBAPIError as failure:
                # A connection that lay idle may be dead without anybody having noticed: one more is tried at once.
                again = is_conflict(failure) or (failure.connection_invalidated and not lost)
                lost = lost or failure.connection_invalidated
                if not again or attempt == ATTEMPTS:
                    told = translated(failure, self.shown)
                    if told is None:
                        raise
                    raise told from failure
                # Both of two that wait for each other must not come back at the same moment.
                time.sleep(random.uniform(0.0, PAUSE * attempt) if is_conflict(failure) else 0.0)
        raise AssertionError("the last attempt returns or raises")
