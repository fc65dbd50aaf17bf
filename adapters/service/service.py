"""Everything a request is answered from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from adapters.service.body import Room
from adapters.service.callers import Callers
from adapters.service.current import Current
from adapters.service.means import Means
from adapters.service.metrics import Metrics
from adapters.service.threads import OWN, CallThreads

if TYPE_CHECKING:
    from adapters.service.following import Following
    from adapters.store.store import ReleaseStore
    from adapters.workspace import Loaded


_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

_FRESH = 30.0
"""Seconds that tokens are known for without being read again."""


@dataclass(slots=True)
class Service:
    """The parts of a service that runs.

    Attributes:
        store: where releases are.
        current: the workspace.
        means: makes what plans need.
        poll: seconds between two looks at a repository that no webhook tells of.
        metrics: what is counted.
        stop: set when the service is to end; streams end with it.
        pushed: set when a repository may have changed.
        streams: how many streams of events are open.
        room: what webhooks may take while they are received.
        worker: the task that carries releases on; None before it began.
        following: what follows workflows; None before it began.
        threads: where the service itself makes calls that block.
    """

    store: ReleaseStore
    current: Current
    means: Means
    poll: float = 60.0
    metrics: Metrics = field(default_factory=Metrics)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    pushed: asyncio.Event = field(default_factory=asyncio.Event)
    streams: int = 0
    room: Room = field(default_factory=Room)
    worker: asyncio.Task[None] | None = None
    following: Following | None = None
    threads: CallThreads = field(default_factory=lambda: CallThreads(OWN, "promo-own"))
    _callers: tuple[float, Loaded, Callers] | None = None

    @property
    def callers(self) -> Callers:
        """Return who may call, as the workspace says it now; tokens kept elsewhere are read anew every so often."""
        known, now = self._callers, time.monotonic()
        if known is None or known[1] is not self.current.loaded or now - known[0] > _FRESH:
            loaded = self.current.loaded
            known = self._callers = (now, loaded, Callers(loaded.configuration, loaded.folder))
        return known[2]

    async def in_thread(self, work: Callable[_Given, _Result], *given: _Given.args, **named: _Given.kwargs) -> _Result:
        """Return what a function returns that blocks; it runs in one of the service's own threads."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(work, *given, **named))

    async def pause(self, seconds: float) -> None:
        """Wait for a while, or until the service is to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()
