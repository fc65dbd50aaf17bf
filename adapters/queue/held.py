"""A claim that a worker holds, and the moment until which it may be sure of that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from engine.execute.store import Claim

SURE = 0.9
"""The part of a lease for which its holder relies on it; the rest is for clocks and a busy machine."""


class Held:
    """A claim with the pass over its release.

    The moment is counted by this process's own monotonic clock from *before* the store was asked, so it is never later
    than the one the store has. A process that was frozen finds its claims expired when it wakes up.

    Attributes:
        claim: which.
        task: the pass; set once.
        lost: whether the claim ran out or is somebody else's.
        newer: the last claim of the same release that came before the pass had ended; None when none did.
    """

    def __init__(self, claim: Claim, expired: Callable[[Held], None]) -> None:
        self.claim = claim
        self.task: asyncio.Task[None] | None = None
        self.lost = False
        self.newer: Claim | None = None
        self._expired = expired
        self._timer: asyncio.TimerHandle | None = None

    def extend(self, asked_at: float, lease: float) -> None:
        """Rely on the claim for one lease from a moment of the loop's clock."""
        self.forget()
        self._timer = asyncio.get_running_loop().call_at(asked_at + lease * SURE, self._expired, self)

    def forget(self) -> None:
        """Stop watching the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
