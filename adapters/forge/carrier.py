"""What carries requests to a forge for callers that block, and gives up one that is late wherever it stands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

import httpx

_Result = TypeVar("_Result")
_ENDED = "the connection was ended"


class Carrier:
    """A client on a loop in a thread of its own; safe to use from several threads.

    A blocking client looks at the clock between two parts of an answer only, and headers that come a byte at a time are
    no part yet. A loop gives up a request at any moment, and the connection with it.
    """

    def __init__(self, make: Callable[[], httpx.AsyncClient], longest: float) -> None:
        """Begin; connections are made when they are needed, and kept.

        Args:
            make: makes the client.
            longest: seconds that one request may take, its whole answer included.
        """
        self._longest = longest
        self._end = end = asyncio.Event()
        self._lock, self._closed = threading.Lock(), False
        ready: Future[tuple[asyncio.AbstractEventLoop, httpx.AsyncClient]] = Future()
        # Nothing is lost with what hangs when the process ends.
        self._thread = threading.Thread(
            target=lambda: asyncio.run(_serve(make, end, ready)), name="promo-forge", daemon=True
        )
        self._thread.start()
        self._loop, self._client = ready.result()

    def carry(self, work: Callable[[httpx.AsyncClient], Coroutine[Any, Any, _Result]]) -> _Result:
        """Return what work with the client returns.

        Raises:
            httpx.ReadTimeout: when it takes too long.
            httpx.ReadError: when connections are ended meanwhile.
            Exception: what the work raises.
        """
        with self._lock:
            # What a loop is given after its end is never done.
            if self._closed:
                raise httpx.ReadError(_ENDED)
            made = asyncio.run_coroutine_threadsafe(self._bounded(work), self._loop)
        try:
            return made.result()
        except CancelledError as ended:
            raise httpx.ReadError(_ENDED) from ended
        finally:
            made.cancel()  # where it is not waited for to its end, e.g. for Ctrl-C

    def close(self) -> None:
        """End all connections, and what is under way."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._loop.call_soon_threadsafe(self._end.set)

    async def _bounded(self, work: Callable[[httpx.AsyncClient], Coroutine[Any, Any, _Result]]) -> _Result:
        try:
            async with asyncio.timeout(self._longest):
                return await work(self._client)
        except TimeoutError as late:
            raise httpx.ReadTimeout(f"the answer did not come within {self._longest:g} seconds") from late


async def _serve(
    make: Callable[[], httpx.AsyncClient],
    end: asyncio.Event,
    ready: Future[tuple[asyncio.AbstractEventLoop, httpx.AsyncClient]],
) -> None:
    try:
        client = make()
    except BaseException as wrong:
        ready.set_exception(wrong)
        return
    async with client:
        ready.set_result((asyncio.get_running_loop(), client))
        await end.wait()
