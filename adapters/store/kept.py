"""Releases as this process wrote or read them last, so that a release that waits is not read again for every look.

Nothing is remembered here that the store does not have, and nothing is taken from here that is not what the store has:
every save leaves its digest in the row, and everything else that changes a release counts up its ``wake``. Where both
are what they were, the rows are what they were.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from engine.execute.release import Release

MOST_STEPS = 50_000
"""Steps of all releases that are kept together, which is some 60 MB."""


class _State(NamedTuple):
    last_save: str
    wake: int
    release: Release


class Kept:
    """The releases that were written or read last, in any thread."""

    def __init__(self, most_steps: int = MOST_STEPS) -> None:
        """Begin with none.

        Args:
            most_steps: how many steps all of them may have together.
        """
        self._states: OrderedDict[str, _State] = OrderedDict()
        self._most = most_steps
        self._steps = 0
        self._lock = Lock()

    def keep(self, release: Release, last_save: str, wake: int) -> None:
        """Keep a release as it is in the store, in place of what was kept of it."""
        with self._lock:
            self._forget(release.id)
            self._states[release.id] = _State(last_save, wake, release)
            self._steps += _size(release)
            while self._steps > self._most:
                self._forget(next(iter(self._states)))

    def forget(self, release: str) -> None:
        """Keep a release no longer: nobody knows how it stands."""
        with self._lock:
            self._forget(release)

    def find(self, release: str, last_save: str, wake: int) -> Release | None:
        """Return a release whose row says that it stands as it did; None where it does not, or is not kept."""
        with self._lock:
            state = self._states.get(release)
            if state is None or (state.last_save, state.wake) != (last_save, wake):
                return None
            self._states.move_to_end(release)
            return state.release

    def _forget(self, release: str) -> None:
        state = self._states.pop(release, None)
        if state is not None:
            self._steps -= _size(state.release)


def _size(release: Release) -> int:
    # One more for what is not in its steps.
    return len(release.steps) + 1
