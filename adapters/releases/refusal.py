"""Why something that is asked of releases is not done."""

from __future__ import annotations


class RefusedError(Exception):
    """What is asked makes no sense as things stand.

    Attributes:
        reason: what is wrong; lower case, no final period.
        help: what to do; empty when nothing is known.
    """

    def __init__(self, reason: str, help: str = "") -> None:
        """Describe it."""
        super().__init__(f"{reason}; {help}" if help else reason)
        self.reason = reason
        self.help = help
