"""Work of one kind, done by a thread: whatever was asked for while it was busy is done together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 64
"""How many pieces of work are done together at most."""


class _Waiting(NamedTuple, Generic[Item]):
    item: Item
    outcome: asyncio.Future[object]


class Gathering(Generic[Item]):
    """A thread with its queue. It belongs to one event loop."""

    def __init__(self, name: str, do: Callable[[Sequence[Item]], Sequence[object]]) -> None:
        """Begin with nothing to do.

        Args:
            name: of the thread.
            do: does up to `MOST` pieces of work and returns what came of each, an exception where it failed; it is
                called in the thread. What it raises itself is what came of all of them.
        """
        self._do = do
        self._waiting: deque[_Waiting[Item]] = deque()
        self._calls: deque[Callable[[], None]] = deque()
        self._thread = ThreadPoolExecutor(1, name)
        self._is_called = False

    def submit(self, item: Item) -> asyncio.Future[object]:
        """Have a piece of work done; return its outcome to come. What is cancelled before it was begun is not done."""
        outcome: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, outcome))
        self._call_thread()
        return outcome

    def call(self, work: Callable[[], Result]) -> Future[Result]:
        """Have something else done in the thread, before what waits there."""
        outcome: Future[Result] = Future()

        def do() -> None:
            if not outcome.set_running_or_notify_cancel():
                return
            try:
                outcome.set_result(work())
            except BaseException as failure:
                outcome.set_exception(failure)

        self._calls.append(do)
        self._call_thread()
        return outcome

    def shutdown(self) -> None:
        """Finish what was asked for."""
        self._thread.shutdown()

    def _call_thread(self) -> None:
        """Have the thread look what there is. It forgets that it was called before it looks, so nothing is missed."""
        if not self._is_called:
            self._is_called = True
            self._thread.submit(self._drain)

    def _drain(self) -> None:
        self._is_called = False
        while self._calls or self._waiting:
            while self._calls:
                self._calls.popleft()()
            self._do_together([self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))])

    def _do_together(self, taken: Sequence[_Waiting[Item]]) -> None:
        wanted = [waiting for waiting in taken if not waiting.outcome.cancelled()]
        if not wanted:
            return
        try:
            results = self._do([waiting.item for waiting in wanted])
        except BaseException as failure:
            # Whoever waits would wait for ever.
            results = [failure] * len(wanted)
        loop = wanted[0].outcome.get_loop()
        # One call for all of them, because each wakes the loop up.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, wanted, results)


def _settle(waiting: Sequence[_Waiting[Item]], results: Sequence[object]) -> None:
    for (_, outcome), result in zip(waiting, results, strict=True):
        if outcome.done():
            continue  # nobody waits for it any more
        if isinstance(result, BaseException):
            outcome.set_exception(result)
        else:
            outcome.set_result(result)
