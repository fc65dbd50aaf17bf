"""Several writes of one process in one commit.

SQLite has one writer, and what takes time is waiting for the disk at every commit. So whatever was asked for while the
last commit waited is done in one transaction: each write in a savepoint of its own, so that one that fails is undone
alone, and none is reported as done before the commit. PostgreSQL does the same by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from adapters.store.transactions import Transactions

Result = TypeVar("Result")

MOST = 64
"""How many writes share a commit at most."""


class GroupCommit:
    """The thread that writes to a SQLite store."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._waiting: deque[tuple[Callable[[Connection], Any], Future[Any]]] = deque()
        self._thread = ThreadPoolExecutor(1, "promo-store-write")

    def submit(self, work: Callable[[Connection], Result]) -> Future[Result]:
        """Have a write done, which is run again when its transaction has to be; return its outcome to come."""
        outcome: Future[Result] = Future()
        self._waiting.append((work, outcome))
        self._thread.submit(self._drain)
        return outcome

    def call(self, work: Callable[[], Result]) -> Future[Result]:
        """Have something else done in the thread that writes."""
        return self._thread.submit(work)

    def shutdown(self) -> None:
        """Finish what was asked for."""
        self._thread.shutdown()

    def _drain(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
        group = [(work, outcome) for work, outcome in taken if outcome.set_running_or_notify_cancel()]
        if len(group) > 1 and self._together(group):
            return
        for work, outcome in group:
            self._alone(work, outcome)

    def _alone(self, work: Callable[[Connection], Any], outcome: Future[Any]) -> None:
        try:
            result = self._transactions.write(work)
        except BaseException as failure:
            outcome.set_exception(failure)
        else:
            outcome.set_result(result)

    def _together(self, group: list[tuple[Callable[[Connection], Any], Future[Any]]]) -> bool:
        """Do writes in one transaction; return False when it had to be undone, which says nothing about any of them."""
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            with self._transactions.database.writing.begin() as connection:
                for work, outcome in group:
                    outcomes.append((outcome, *_within_savepoint(connection, work)))
        except DBAPIError:
            return False
        for outcome, result, failure in outcomes:
            if failure is not None:
                outcome.set_exception(failure)
            else:
                outcome.set_result(result)
        return True


def _within_savepoint(connection: Connection, work: Callable[[Connection], Any]) -> tuple[Any, Exception | None]:
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
        return None, failure
    driver.execute("RELEASE one")
    return result, None
