"""Failures that are a whole server's: whatever else is asked of it now ends the same way."""

from __future__ import annotations

from engine.execute.errors import RetryableError, TerminalError


class UnreachableError(RetryableError):
    """There is no connection to a server."""


class StrangerError(RetryableError):
    """Something other than the server answered in its place, such as a proxy whose server is away for a moment."""


class NoAccessError(TerminalError):
    """There is no way to ask a server: no token, one that it does not know, or no configuration of its cluster."""
