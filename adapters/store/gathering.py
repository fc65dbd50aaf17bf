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
                called in the thread and raises nothing itself.
        """
        self._do = do
        self._waiting: deque[_Waiting[Item]] = deque()
        self._thread = ThreadPoolExecutor(1, name)
        self._is_called = False

    def submit(self, item: Item) -> asyncio.Future[object]:
        """Have a piece of work done; return its outcome to come. What is cancelled before it was begun is not done."""
        outcome: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, outcome))
        # After it was added: the thread forgets that it was called before it looks what there is.
        if not self._is_called:
            self._is_called = True
            self._thread.submit(self._drain)
        return outcome

    def call(self, work: Callable[[], Result]) -> Future[Result]:
        """Have something else done in the thread."""
        return self._thread.submit(work)

    def shutdown(self) -> None:
        """Finish what was asked for."""
        self._thread.shutdown()

    def _drain(self) -> None:
        self._is_called = False
        while taken := [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]:
            wanted = [waiting for waiting in taken if not waiting.outcome.cancelled()]
            if wanted:
                results = self._do([waiting.item for waiting in wanted])
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
