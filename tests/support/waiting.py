"""Waiting for something that threads and processes bring about: long, since a busy machine takes its time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 40.0
"""Seconds until it is given up, unless a test says otherwise."""


def eventually(
    holds: Callable[[], object], longest: float = PATIENCE, what: str = "it never came to hold", *, pause: float = 0.05
) -> None:
    """Wait until something holds.

    Args:
        holds: asked again and again.
        longest: seconds until it is given up.
        what: what is said then.
        pause: seconds between two questions.
    """
    deadline = time.monotonic() + longest
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(pause)
