"""Saves of one process that come at nearly the same time, in one statement of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from adapters.store.change import Save
from adapters.store.saving_together import is_one_statement, save_together
from adapters.store.transactions import Transactions
from engine.execute.store import StoreUnavailableError


class SaveQueue:
    """Writes saves to a PostgreSQL store; what `adapters.store.gathering.Gathering` does there."""

    def __init__(self, transactions: Transactions) -> None:
        """Take the transactions of a PostgreSQL store."""
        self._transactions = transactions

    def write(self, saves: Sequence[Save]) -> Sequence[object]:
        """Write saves and return what became of each, an exception where it failed.

        `LockedError` is the one of saves that would have to wait for others.
        """
        try:
            work = partial(save_together, saves=saves)
            if is_one_statement(saves):
                return self._transactions.look(work)
            return self._transactions.write(work)
        except StoreUnavailableError as away:
            return [away] * len(saves)
        except Exception as failure:
            # One of them is not what the database takes; the others need not suffer from it.
            return [failure] if len(saves) == 1 else [self.write([save])[0] for save in saves]
