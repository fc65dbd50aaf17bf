"""Which thread does what of a store: what the database lets go on at once does not wait for each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from adapters.store import saving
from adapters.store.change import Save
from adapters.store.database import CONNECTIONS
from adapters.store.gathering import Gathering
from adapters.store.group_commit import GroupCommit
from adapters.store.save_queue import SaveQueue
from adapters.store.saving_together import LockedError, save_alone
from adapters.store.transactions import Transactions

Result = TypeVar("Result")


class Threads:
    """The threads of one store. Methods but `shutdown` belong to one event loop, and raise as `Transactions` does."""

    def __init__(self, transactions: Transactions, *, postgres: bool) -> None:
        """Begin with nothing to do.

        Args:
            transactions: of the store.
            postgres: whether it is a PostgreSQL store, which has more than one writer.
        """
        self._transactions = transactions
        self._writes: Gathering[Callable[[Connection], Any]] | None = None
        self._saves: Gathering[Save] | None = None
        self._leases: ThreadPoolExecutor | None = None
        if postgres:
            self._threads = ThreadPoolExecutor(CONNECTIONS, "promo-store")
            # Of its own, so that writes that wait for a lock let no lease run out.
            self._leases = ThreadPoolExecutor(1, "promo-store-leases")
            self._saves = Gathering("promo-store-save", SaveQueue(transactions).write)
        else:
            self._writes = Gathering("promo-store-write", GroupCommit(transactions).write)
            self._threads = ThreadPoolExecutor(1, "promo-store-read")

    def shutdown(self) -> None:
        """Finish what was asked for."""
        for gathering in (self._writes, self._saves):
            if gathering is not None:
                gathering.shutdown()
        if self._leases is not None:
            self._leases.shutdown()
        self._threads.shutdown()

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Do a write, whole or not at all."""
        if self._writes is not None:
            return cast(Result, await self._writes.submit(work))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transactions.write, work)

    async def save(self, save: Save) -> bool:
        """Write what a pass changed; return whether a release may be due now because of it."""
        if self._saves is None:
            return await self.write(partial(saving.save, save=save))
        try:
            return bool(await self._saves.submit(save))
        except LockedError:
            return await self.write(partial(save_alone, save=save))

    async def write_once(self, work: Callable[[Connection], Result]) -> Result:
        """Do a write that is one statement on PostgreSQL, and needs no transaction there."""
        return await (self.look(work) if self._writes is None else self.write(work))

    async def write_lease(self, work: Callable[[Connection], Result]) -> Result:
        """Take or extend leases, which waits for no other write on PostgreSQL."""
        if self._leases is None:
            return await self.write(work)
        return await asyncio.get_running_loop().run_in_executor(self._leases, self._transactions.look, work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Return what is found in one consistent state of the store."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transactions.read, work)

    async def look(self, work: Callable[[Connection], Result]) -> Result:
        """Return what one statement finds, or several that need not agree."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transactions.look, work)

    async def data_version(self) -> int:
        """Return a number that SQLite changes whenever somebody else than its writing connection commits."""
        assert self._writes is not None
        return await asyncio.wrap_future(self._writes.call(self._transactions.data_version))
