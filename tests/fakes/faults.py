"""What can go wrong with a call of a port, planned by a test, and what happened, counted by key."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple, TypeVar

from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Clock

Result = TypeVar("Result")


class Killed(BaseException):
    """The process is gone: nothing that would come after this is done."""


class Trouble(Enum):
    """A way for a call to go wrong."""

    UNREACHABLE = "fails before the effect; another try may help"
    LOST_ANSWER = "has its effect, and the answer is lost"
    REFUSED = "fails before the effect, for good"
    BROKEN = "fails in a way that no port may"
    SLOW = "takes a while"
    TWICE = "is delivered twice"
    HANGS = "has its effect, and never answers"
    KILLED_BEFORE = "the process dies before the effect"
    KILLED_AFTER = "the process dies after the effect, before the answer"


@dataclass(slots=True)
class Fault:
    """Something that is to go wrong.

    Attributes:
        trouble: how.
        method: of which port's method, e.g. ``commit``; empty for any. Those of the store begin with ``store.``, and
            are only meant by their names.
        where: a regular expression that is found in the effect's key; empty for any.
        times: how often.
        seconds: how long, where that matters.
        reason: what an error says.
    """

    trouble: Trouble
    method: str = ""
    where: str = ""
    times: int = 1
    seconds: float = 0.0
    reason: str = "connection reset by peer"


class Happening(NamedTuple):
    """An effect that was really made, once for each time it was made."""

    at: datetime
    what: str
    key: str
    detail: str


@dataclass(slots=True)
class Journal:
    """What happened to the outside, in order, and what is still to go wrong.

    Attributes:
        happenings: effects, in the order they were made.
        calls: how often each method was called, by its name and the key.
        faults: what is still to go wrong.
        complaints: rules of the ports that callers broke.
    """

    happenings: list[Happening] = field(default_factory=list)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def asked(self) -> set[str]:
        """Return the methods of ports that were called, those of the store left out."""
        return {method for method, _ in self.calls if not method.startswith("store.")}

    def made(self) -> Counter[tuple[str, str]]:
        """Return how often each effect was made, by what it is and its key."""
        return Counter((happening.what, happening.key) for happening in self.happenings)

    def _take(self, method: str, key: str) -> Fault | None:
        for fault in self.faults:
            named = fault.method == method or (not fault.method and not method.startswith("store."))
            if fault.times > 0 and named and re.search(fault.where, key):
                fault.times -= 1
                return fault
        return None

    async def through(self, method: str, key: str, act: Callable[[], Result]) -> Result:
        """Let a call of a port go as the faults say.

        Args:
            method: the port's method.
            key: of the effect.
            act: looks, makes the effect if it is not there, and says how it stands; without waiting.
        """
        self.calls[method, key] += 1
        fault = self._take(method, key)
        await asyncio.sleep(0)
        if fault is None:
            return act()
        return await _troubled(fault, act)


async def _troubled(fault: Fault, act: Callable[[], Result]) -> Result:
    match fault.trouble:
        case Trouble.UNREACHABLE:
            raise RetryableError(fault.reason, after=fault.seconds or None)
        case Trouble.REFUSED:
            raise TerminalError(fault.reason)
        case Trouble.BROKEN:
            raise KeyError(fault.reason)
        case Trouble.KILLED_BEFORE:
            raise Killed
        case Trouble.SLOW:
            await asyncio.sleep(fault.seconds)
    result = act()
    match fault.trouble:
        case Trouble.LOST_ANSWER:
            raise RetryableError(fault.reason)
        case Trouble.KILLED_AFTER:
            raise Killed
        case Trouble.HANGS:
            await asyncio.Event().wait()
        case Trouble.TWICE:
            return act()
    return result


class Port:
    """What every fake of a port has.

    Attributes:
        journal: shared by all of them.
        clock: tells the time.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.clock = clock

    def happened(self, what: str, key: str, detail: str = "") -> None:
        """Note that an effect was made."""
        self.journal.happenings.append(Happening(self.clock.now(), what, key, detail))
