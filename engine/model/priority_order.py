"""Which of two priorities is better."""

from __future__ import annotations

from enum import Enum


class PriorityOrder(Enum):
    """Which of two priorities is better; the values are those of `promo.toml`."""

    HIGHEST_WINS = "highest-wins"
    LOWEST_WINS = "lowest-wins"

    def rank(self, priority: int) -> int:
        """Return a key that sorts better priorities first."""
        return -priority if self is PriorityOrder.HIGHEST_WINS else priority
