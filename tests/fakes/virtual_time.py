"""Time that only passes when everybody waits: hours in a moment, and the same order of events in every run."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any, TypeVar

Result = TypeVar("Result")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next moment somebody waits for.

    While a thread works for the loop, time stands still: what the thread does takes none.
    """

    def __init__(self) -> None:
        self.microseconds = 0
        self.threads = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self.microseconds / 1_000_000

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let no time pass while something waits for a thread that the loop does not know of."""
        self.threads += 1
        try:
            yield
        finally:
            self.threads -= 1

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Result], *args: Any
    ) -> asyncio.Future[Result]:
        """Run a function in a thread, and let no time pass until it is done."""
        self.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, future: asyncio.Future[Any]) -> None:
        self.threads -= 1


class _JumpingSelector(selectors.DefaultSelector):
    """A selector that never waits for time to pass, but lets it pass."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; where nothing is, time jumps."""
        if self._loop.threads:
            return super().select(timeout if timeout == 0 else 60.0)
        if timeout is None:
            raise RuntimeError("everybody waits for what will never come")
        ready = super().select(0)
        if not ready and timeout > 0:
            self._loop.microseconds += ceil(timeout * 1_000_000)
        return ready


class VirtualClock:
    """The port of the clock over a virtual loop."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        """Return the present moment of the loop."""
        return self._start + timedelta(microseconds=self._loop.microseconds)

    async def sleep_until(self, moment: datetime) -> None:
        """Wait until a moment; at once when it is over."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            await asyncio.sleep(left)
