"""What can go wrong with a request between two programs, and what did."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """A way for an exchange to go wrong."""

    CUT = "the connection closes, and there is no answer"
    HANG = "there is no answer, and the connection stays open"
    STATUS = "something between answers with a status of its own"
    GARBAGE = "the answer is a success whose body is noise"
    PAGE = "the answer is a success whose body is a page to sign in"
    DELAY = "the answer comes late"
    TWICE = "the request is delivered twice, and the second answer is given"
    TRUNCATE = "the answer breaks off in the middle of its body, or before where it has none"
    HALVE = "half of the answer's body comes, with a length that fits"
    MISTYPED = "the answer says that it is a page, and is not"
    DRIP = "the answer's body comes a byte at a time"


NO_ANSWER = frozenset({Kind.CUT, Kind.HANG, Kind.STATUS, Kind.GARBAGE, Kind.PAGE})
"""Kinds where the server's own answer is not given; the others are about that answer."""


@dataclass(slots=True)
class Fault:
    """Something that is to go wrong with requests that fit.

    Attributes:
        kind: how.
        method: of the request; empty for any.
        path: a regular expression that is found in the request's path and query; empty for any.
        done: whether the server is asked first, so that what was asked for happens. Only of kinds in `NO_ANSWER`.
        first: which of the requests that fit it begins with.
        times: how often; None for always.
        seconds: of a delay, or between two bytes of a drip.
        status: of an answer that is not the server's.
        headers: of such an answer.
        body: of such an answer.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    done: bool = False
    first: int = 1
    times: int | None = 1
    seconds: float = 0.2
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"message": "out of order"}'

    def fits(self, method: str, target: str) -> bool:
        """Say whether it is about such a request."""
        return self.method in ("", method) and re.search(self.path, target) is not None


@dataclass(slots=True)
class Passed:
    """A request that came by.

    Attributes:
        method: of the request.
        target: its path and query.
        fault: what goes wrong with it; None where nothing does.
        deliveries: how often the server began to answer it so far.
    """

    method: str
    target: str
    fault: Fault | None
    deliveries: int = 0

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]


class Plan:
    """What is to go wrong, and what came by; any thread may change it at any time.

    Attributes:
        faults: what is to go wrong, the first that fits first.
        chaos: chooses a fault for a request that none of them fits, or none.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.chaos: Callable[[str, str], Fault | None] = lambda method, target: None
        self._passed: list[Passed] = []
        self._met: Counter[int] = Counter()
        self._lock = threading.Lock()

    def choose(self, method: str, target: str) -> Fault | None:
        """Return what goes wrong with a request, once less from now on."""
        with self._lock:
            for fault in self.faults:
                if not fault.fits(method, target):
                    continue
                self._met[id(fault)] += 1
                number = self._met[id(fault)] - fault.first
                if number >= 0 and (fault.times is None or number < fault.times):
                    return fault
            return self.chaos(method, target)

    def note(self, method: str, target: str) -> Passed:
        """Write down a request that came by, with what goes wrong with it."""
        passed = Passed(method, target, self.choose(method, target))
        with self._lock:
            self._passed.append(passed)
        return passed

    def begin_anew(self) -> None:
        """Forget what came by and what was to go wrong."""
        with self._lock:
            self.faults, self._passed = [], []
            self._met.clear()

    @property
    def passed(self) -> list[Passed]:
        """Requests that came by, in the order in which they came."""
        with self._lock:
            return list(self._passed)

    def did(self) -> Counter[Kind]:
        """Return how often each kind of fault was made."""
        return Counter(one.fault.kind for one in self.passed if one.fault is not None)
