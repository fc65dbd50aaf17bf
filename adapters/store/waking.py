"""Notices that something may be due, sooner than the next look would.

Nothing depends on it: whoever waits looks again after a while anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from adapters.store.location import PostgresLocation
from engine.execute.store import StoreUnavailableError

if TYPE_CHECKING:
    from psycopg import AsyncConnection

POLL = 0.15
"""Seconds between two looks at whether another process changed a SQLite store."""

RECONNECT = 1.0
"""Seconds until a lost connection that listens is made again."""

CHANNEL = "promo_wake"
"""The channel of PostgreSQL on which waiting workers are told."""


class Waker(Protocol):
    """Waits for something that may make a release due."""

    def nudge(self) -> None:
        """Note that this process did something that may make a release due."""

    async def wait(self, timeout: float) -> bool:
        """Wait up to a number of seconds; return whether something may be due."""

    async def close(self) -> None:
        """Stop listening."""


class PollingWaker:
    """Compares the number that SQLite changes whenever another process commits."""

    def __init__(self, version: Callable[[], Awaitable[int]]) -> None:
        self._version = version
        self._seen: int | None = None
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Note that this process did something."""
        self._nudged.set()

    async def wait(self, timeout: float) -> bool:
        """Wait up to a number of seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while True:
            if self._nudged.is_set() or await self._changed():
                self._nudged.clear()
                return True
            rest = end - loop.time()
            if rest <= 0:
                return False
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), min(rest, POLL))

    async def _changed(self) -> bool:
        version = await self._version()
        changed = self._seen is not None and version != self._seen
        self._seen = version
        return changed

    async def close(self) -> None:
        """Nothing listens."""


class ListeningWaker:
    """Listens on a connection of its own, which is made again when it is lost."""

    def __init__(self, location: PostgresLocation) -> None:
        self._location = location
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def nudge(self) -> None:
        """Note that this process did something."""
        self._heard.set()

    async def wait(self, timeout: float) -> bool:
        """Wait up to a number of seconds."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen(), name="promo-store-listen")
        try:
            await asyncio.wait_for(self._heard.wait(), timeout)
        except TimeoutError:
            return False
        self._heard.clear()
        return True

    async def _listen(self) -> None:
        import psycopg

        while True:
            with suppress(psycopg.Error, OSError, StoreUnavailableError):
                async with await self._connect() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    # Whatever happened before is not told; so look once.
                    self._heard.set()
                    async for _ in connection.notifies():
                        self._heard.set()
            await asyncio.sleep(RECONNECT)

    async def _connect(self) -> AsyncConnection:
        import psycopg

        return await psycopg.AsyncConnection.connect(
            self._location.url, autocommit=True, connect_timeout=5, application_name="promo listening"
        )

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
