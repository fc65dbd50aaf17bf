"""How a port says that an effect could not be had.

    AdapterError
    +-- RetryableError   try again: the network, a server that is busy, a conflict of versions
    +-- TerminalError    trying again changes nothing: the step fails at once

Anything else that a port raises is a fault of the adapter; the step ends as an error.
"""

from __future__ import annotations


class AdapterError(Exception):
    """An effect could not be had.

    Attributes:
        reason: what went wrong, without secrets; it is shown and stored.
        help: what somebody can do; empty when nothing is known.
    """

    def __init__(self, reason: str, help: str = "") -> None:
        """Describe what went wrong."""
        super().__init__(f"{reason}; {help}" if help else reason)
        self.reason = reason
        self.help = help


class RetryableError(AdapterError):
    """The same call may succeed later.

    Attributes:
        after: seconds the other side asked to wait; None where it said nothing.
    """

    def __init__(self, reason: str, help: str = "", *, after: float | None = None) -> None:
        """Describe what went wrong for now."""
        super().__init__(reason, help)
        self.after = after


class TerminalError(AdapterError):
    """No repetition will help."""
