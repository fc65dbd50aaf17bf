"""Threads for calls that block, so many that a system which does not answer holds up nobody else for long.

Calls of releases are made in the loop's default threads, of which there would be as few as six on a small machine.
What the service itself reads - repositories for commits, plans that people ask for - has threads of its own: a forge
that hangs must not keep commits from being noticed.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

_log = logging.getLogger("promo.service")

CALLS = 32
"""Calls of releases that block at once; each may be a process of Git."""

OWN = 8
"""Looks at repositories and plans at once."""

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class CallThreads(ThreadPoolExecutor):
    """Threads that nobody waits for at the end: a call may hang for as long as its own time limit."""

    def __init__(self, most: int, name: str) -> None:
        """Begin with none.

        Args:
            most: how many there are at once.
            name: what their names begin with.
        """
        super().__init__(most, name)
        self._open = 0
        self._counting = threading.Lock()

    @property
    def open(self) -> int:
        """How many calls have not ended."""
        with self._counting:
            return self._open

    def submit(self, fn: Callable[_Given, _Result], /, *args: _Given.args, **kwargs: _Given.kwargs) -> Future[_Result]:
        """Have a call made."""
        with self._counting:
            self._open += 1
        try:
            made = super().submit(fn, *args, **kwargs)
        except BaseException:
            self._ended(None)
            raise
        made.add_done_callback(self._ended)
        return made

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin no further call; those that are made end when they do."""
        super().shutdown(wait=False, cancel_futures=True)

    def _ended(self, made: Future[Any] | None) -> None:
        with self._counting:
            self._open -= 1


def leave(threads: tuple[CallThreads, ...]) -> None:
    """End the process where calls still hang, which Python would wait for.

    What they have done or not is found by whoever goes on, as after any other end of a process.
    """
    hanging = sum(one.open for one in threads)
    if not hanging:
        return
    _log.warning("%d calls of other systems do not end and are left; what they did is found by their keys", hanging)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
