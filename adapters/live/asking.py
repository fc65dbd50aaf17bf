"""Asking servers about many applications side by side, until a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from adapters.live.answer import Said
from adapters.remote.failures import NoAccessError, UnreachableError
from engine.execute.errors import AdapterError, RetryableError

_AT_ONCE = 8
"""Questions that one server is asked at the same time."""

_ATTEMPTS = 2
_PAUSE = 0.5  # seconds between them, where the server names no other


@dataclass(frozen=True, slots=True)
class Question:
    """One application that somebody is asked about.

    Attributes:
        server: whom; questions to one server share its limits, and its failures.
        ask: asks; raises `AdapterError`.
    """

    server: str
    ask: Callable[[], Awaitable[Said]]


@dataclass(slots=True)
class _Server:
    until: float
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    broken: AdapterError | None = None


async def answers(questions: Sequence[Question], deadline: float) -> list[Said | AdapterError]:
    """Return an answer, or why there is none, for each question, in their order.

    A server that cannot be reached, or refuses the token, is asked no more: whatever else it is asked ends the same
    way. What is only busy is asked once more.

    Args:
        questions: to any servers.
        deadline: seconds until what has no answer has none.
    """
    until = asyncio.get_running_loop().time() + deadline
    servers = {one.server: _Server(until) for one in questions}
    tasks = [asyncio.ensure_future(_answer(one, servers[one.server])) for one in questions]
    if tasks:
        await asyncio.wait(tasks, timeout=deadline)
    told = f"no answer within {deadline:g} second{'' if deadline == 1 else 's'}"
    late = RetryableError(told, "ask again, or give it longer with --live-timeout")
    found: list[Said | AdapterError] = []
    for task in tasks:
        if task.done():
            found.append(task.result())
        else:
            task.cancel()
            found.append(late)
    await asyncio.gather(*tasks, return_exceptions=True)
    return found


async def _answer(question: Question, server: _Server) -> Said | AdapterError:
    async with server.turns:
        for attempt in range(1, _ATTEMPTS + 1):
            if server.broken is not None:
                return server.broken
            try:
                return await question.ask()
            except NoAccessError as refused:
                server.broken = refused
                return refused
            except RetryableError as failure:
                pause = _PAUSE if failure.after is None else failure.after
                if attempt == _ATTEMPTS or asyncio.get_running_loop().time() + pause >= server.until:
                    if isinstance(failure, UnreachableError):
                        server.broken = failure
                    return failure
                await asyncio.sleep(pause)
            except AdapterError as failure:
                return failure
    raise AssertionError("every attempt returns")
