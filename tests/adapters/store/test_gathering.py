"""Work that is gathered is done once, in order, together where it comes together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from adapters.store.gathering import MOST, Gathering
from tests.support.stores import run


class Busy:
    """Does what it is told to once it may, and remembers what came together."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.groups: list[list[int]] = []

    def do(self, items: Sequence[int]) -> Sequence[object]:
        self.groups.append(list(items))
        self.may.wait(20)
        return [ValueError(item) if item % 10 == 7 else item * 2 for item in items]


def test_what_comes_while_it_is_busy_is_done_together() -> None:
    async def work() -> None:
        busy = Busy()
        gathering = Gathering("test", busy.do)
        first = gathering.submit(0)
        async with asyncio.timeout(30):
            while not busy.groups:
                await asyncio.sleep(0.001)
        later = [gathering.submit(number) for number in range(1, 2 * MOST)]
        later[1].cancel()
        busy.may.set()
        results = await asyncio.gather(first, *later, return_exceptions=True)

        expected = [number for number in range(1, 2 * MOST) if number != 2]
        assert busy.groups[0] == [0]
        assert [item for group in busy.groups for item in group] == [0, *expected]
        assert len(busy.groups) == 3
        assert max(map(len, busy.groups)) <= MOST
        for number, result in enumerate(results):
            if number == 2:
                assert isinstance(result, asyncio.CancelledError)
            elif number % 10 == 7:
                assert isinstance(result, ValueError)
            else:
                assert result == number * 2
        gathering.shutdown()

    run(work())


def test_nobody_has_to_wait_for_what_was_begun() -> None:
    async def work() -> None:
        busy = Busy()
        gathering = Gathering("test", busy.do)
        waiting = asyncio.ensure_future(asyncio.wait_for(gathering.submit(1), 0.01))
        with pytest.raises(TimeoutError):
            await waiting
        busy.may.set()
        assert await gathering.submit(2) == 4
        gathering.shutdown()

    run(work())


def test_a_call_goes_before_what_waits() -> None:
    async def work() -> None:
        busy = Busy()
        gathering = Gathering("test", busy.do)
        pieces = [gathering.submit(number) for number in range(2 * MOST)]
        seen = gathering.call(lambda: len(busy.groups))
        failed = gathering.call(lambda: 1 // 0)
        unwanted = gathering.call(lambda: busy.groups.append([]))
        unwanted.cancel()
        busy.may.set()
        await asyncio.gather(*pieces, return_exceptions=True)
        assert await asyncio.wrap_future(seen) <= 1
        with pytest.raises(ZeroDivisionError):
            await asyncio.wrap_future(failed)
        assert [] not in busy.groups
        gathering.shutdown()

    run(work())


def test_what_waits_is_done_before_the_end() -> None:
    async def work() -> None:
        busy = Busy()
        gathering = Gathering("test", busy.do)
        pieces = [gathering.submit(number) for number in (1, 2, 3)]
        busy.may.set()
        await asyncio.to_thread(gathering.shutdown)
        assert await asyncio.gather(*pieces) == [2, 4, 6]

    run(work())


def test_nobody_waits_for_what_broke() -> None:
    async def work() -> None:
        def do(items: Sequence[int]) -> Sequence[object]:
            if 0 in items:
                raise RuntimeError("a fault")
            return items

        gathering = Gathering("test", do)
        with pytest.raises(RuntimeError, match="a fault"):
            await asyncio.wait_for(gathering.submit(0), 20)
        assert await gathering.submit(1) == 1
        gathering.shutdown()

    run(work())


def test_every_piece_is_done_however_they_come() -> None:
    """None is overlooked between the thread's last look and its end."""

    async def work() -> None:
        gathering: Gathering[int] = Gathering("test", lambda items: [item + 1 for item in items])
        for number in range(2_000):
            assert await gathering.submit(number) == number + 1
        gathering.shutdown()

    run(work())
