"""Several writes of one process in one commit.

SQLite has one writer, and what takes time is waiting for the disk at every commit. So whatever was asked for while the
last commit waited is done in one transaction: each write in a savepoint of its own, so that one that fails is undone
alone, and none is reported as done before the commit. PostgreSQL does the same by itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from adapters.store.transactions import Transactions

Work = Callable[[Connection], Any]


class GroupCommit:
    """Writes to a SQLite store; what `adapters.store.gathering.Gathering` does there."""

    def __init__(self, transactions: Transactions) -> None:
        """Take the transactions of a SQLite store."""
        self._transactions = transactions

    def write(self, group: Sequence[Work]) -> Sequence[object]:
        """Do writes and return what came of each, an exception where it failed."""
        together = self._together(group) if len(group) > 1 else None
        return [self._alone(work) for work in group] if together is None else together

    def _alone(self, work: Work) -> object:
        try:
            return self._transactions.write(work)
        except BaseException as failure:
            return failure

    def _together(self, group: Sequence[Work]) -> Sequence[object] | None:
        """Do writes in one transaction; return None when it had to be undone, which says nothing about any of them."""
        try:
            with self._transactions.database.writing.begin() as connection:
                return [_within_savepoint(connection, work) for work in group]
        except (DBAPIError, sqlite3.Error):
            return None


def _within_savepoint(connection: Connection, work: Work) -> object:
    driver = connection.connection.cursor()
    driver.execute("SAVEPOINT one")
    try:
        result = work(connection)
    except Exception as failure:
        # After other errors of the database SQLite may have undone the whole transaction.
        if isinstance(failure, DBAPIError) and not isinstance(failure, IntegrityError):
            raise
        driver.execute("ROLLBACK TO one")
        driver.execute("RELEASE one")
        return failure
    driver.execute("RELEASE one")
    return result
