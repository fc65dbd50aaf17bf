"""Workflows that move wake their releases, so that nobody waits for the next look.

Whoever reads a stream only notes who is to be woken; somebody else tells the store, again and again while it is away.
So neither waits for the other, and an outage of the store loses nothing that a stream has told.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from adapters.service.means import MeansError
from engine.execute.store import StoreUnavailableError

if TYPE_CHECKING:
    from adapters.service.service import Service
    from adapters.workflows.watching import Watcher
    from adapters.workspace import Loaded
    from adapters.workspace.configuration import RuntimeConfiguration

_log = logging.getLogger("promo.workflows")

MOST_TOLD = 10_000
"""How many releases are noted at most while the store is away. The others are found by the looks that come anyway."""

_IDLE = 1.0
_FIRST, _LONGEST = 1.0, 60.0
_GATHERING = 0.02
"""Seconds in which releases are noted that are woken together."""


class Following:
    """Follows the workflows of every runtime that is configured, until the service stops.

    Attributes:
        watchers: who follows, by runtime.
    """

    def __init__(self, service: Service, *, first: float = _FIRST) -> None:
        """Prepare to follow.

        Args:
            service: its parts.
            first: seconds before what broke begins again, the first time; they double to a minute.
        """
        self.watchers: Mapping[str, Watcher] = {}
        self._service, self._first = service, first
        self._known: Loaded | None = None
        self._configured: tuple[RuntimeConfiguration, ...] = ()
        self._tasks: list[asyncio.Task[None]] = []
        self._end = asyncio.Event()
        self._told: set[str] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Follow what the workspace names, as long as it names it, until the service stops."""
        waking = asyncio.create_task(self._wake(), name="waking")
        try:
            while not self._service.stop.is_set():
                await self._begin()
                await self._service.pause(_IDLE)
        finally:
            await self._end_all()
            waking.cancel()
            with suppress(asyncio.CancelledError):
                await waking

    def count(self) -> tuple[int, int]:
        """Return how many streams are open at this moment, and how many should be."""
        return sum(one.is_following for one in self.watchers.values()), len(self.watchers)

    async def _begin(self) -> None:
        """Follow what the workspace names now, if that is something else than before."""
        loaded = self._service.current.loaded
        if loaded is self._known:
            return
        self._known, configured = loaded, loaded.configuration.adapters.runtimes
        if configured == self._configured:
            return
        try:
            watchers = self._service.means.watchers(loaded)
        except MeansError as problem:
            _log.error("workflows are followed as before: %s", problem)
            return
        await self._end_all()
        self._configured, self.watchers, self._end = configured, watchers, asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._follow(name, watcher, self._end), name=f"workflows of {name}")
            for name, watcher in watchers.items()
        ]

    async def _end_all(self) -> None:
        self._end.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks, self.watchers = [], {}

    async def _follow(self, name: str, watcher: Watcher, end: asyncio.Event) -> None:
        """Have a watcher follow until it is told to end, and again whenever it breaks."""
        pause = self._first
        while not end.is_set():
            began = time.monotonic()
            try:
                await watcher.watch(self._tell, end)
            except Exception:
                self._service.metrics.watch_faults.inc()
                _log.exception(
                    "the workflows of the runtime `%s` are not followed for %.0f s; this is a fault of promo",
                    name,
                    pause,
                )
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await end.wait()
                lasted = time.monotonic() - began - pause
                pause = self._first if lasted > _LONGEST else min(pause * 2, _LONGEST)

    async def _tell(self, release: str) -> None:
        self._note({release})

    def _note(self, releases: set[str]) -> None:
        """Have releases woken, as many as there is room for."""
        for release in releases - self._told:
            if len(self._told) >= MOST_TOLD:
                break
            self._told.add(release)
        self._news.set()

    async def _wake(self) -> None:
        """Have releases that were told of look at their workflows."""
        service, pause = self._service, _GATHERING
        while True:
            await self._news.wait()
            await asyncio.sleep(pause)
            self._news.clear()
            told, self._told = self._told, set()
            try:
                woken = await service.store.rouse_workflows(told)
            except StoreUnavailableError as away:
                service.metrics.outages.inc()
                _log.warning("%d releases are woken when the store is back: %s", len(told), away)
                self._note(told)
                pause = _IDLE
                continue
            except Exception:
                # Looks find them; those who are told of later must be woken all the same.
                service.metrics.watch_faults.inc()
                _log.exception("%d releases are not woken; this is a fault of promo", len(told))
                pause = _IDLE
                continue
            service.metrics.woken.labels("workflow").inc(woken)
            pause = _GATHERING
