"""Waking releases when their workflows move, so that nobody waits for the next look."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from adapters.workflows.transport import Sighting, Transport
from engine.execute.errors import AdapterError, RetryableError

_LOG = logging.getLogger("promo.workflows")
_FIRST, _LONGEST = 1.0, 60.0
_WORTH_A_WARNING = 5.0
_REMEMBERED = 10_000


class Watcher:
    """Follows the workflows of releases; what it misses is found by the next look, which comes anyway.

    Attributes:
        is_following: whether a stream is open at this moment.
    """

    def __init__(self, server: Transport, *, first: float = _FIRST) -> None:
        """Prepare to follow.

        Args:
            server: how it is reached.
            first: seconds before the first reconnection; they double to a minute.
        """
        self._server, self._first = server, first
        self._seen: OrderedDict[str, str] = OrderedDict()
        self.is_following = False

    @property
    def place(self) -> str:
        """Whose workflows are followed, for people."""
        return self._server.place

    async def watch(self, wake: Callable[[str], Awaitable[None]], stop: asyncio.Event) -> None:
        """Follow events until it is told to stop; connect again whatever happens to the connection.

        Args:
            wake: is told the release whose workflow has another phase, or is gone. When it raises, that is logged, and
                the release is told again as soon as there is another connection.
            stop: ends it within a moment.
        """
        ending = asyncio.ensure_future(stop.wait())
        following = asyncio.ensure_future(self._follow(wake))
        try:
            await asyncio.wait({ending, following}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (ending, following):
                task.cancel()
            results = await asyncio.gather(ending, following, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _follow(self, wake: Callable[[str], Awaitable[None]]) -> None:
        pause = self._first
        while True:
            alive = False
            try:
                async with self._server.events() as events:
                    self.is_following = True
                    async for sighting in events:
                        alive = True
                        if sighting is not None and self._is_news(sighting):
                            await self._tell(wake, sighting)
                reason = "the stream ended"
            except RetryableError as failure:
                reason, pause = str(failure), max(pause, min(failure.after or 0.0, _LONGEST))
            except AdapterError as failure:
                # A token that is replaced, or a right that is granted, ends it; looks say so in the release.
                reason, pause = str(failure), _LONGEST
            finally:
                self.is_following = False
            if alive:
                pause = self._first
            # Servers and Kubernetes close streams now and then; only one that stays closed is worth a warning.
            level = logging.WARNING if pause >= _WORTH_A_WARNING else logging.INFO
            _LOG.log(level, "workflows of %s are not followed for %.0f s: %s", self._server.place, pause, reason)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, _LONGEST)

    async def _tell(self, wake: Callable[[str], Awaitable[None]], sighting: Sighting) -> None:
        try:
            await wake(sighting.release)
        except Exception:
            self._seen.pop(sighting.uid, None)
            _LOG.exception("the release `%s` was not told of its workflow", sighting.release[:63])

    def _is_news(self, sighting: Sighting) -> bool:
        """Say whether something is new: a connection begins with everything there is."""
        if not sighting.release:
            return False
        if sighting.gone:
            self._seen.pop(sighting.uid, None)
            return True
        before = self._seen.pop(sighting.uid, None)
        self._seen[sighting.uid] = sighting.phase
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return before != sighting.phase
