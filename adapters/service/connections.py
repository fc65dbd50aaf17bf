"""Connections that nobody may hold for nothing: how many there are, and how long each may take for what.

A server waits for ever for a request that comes a byte at a time, and for a client that does not read its answer; each
such connection costs a descriptor, and without descriptors no release goes on. So whoever is too slow is cut off.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 512
"""How many connections there are at once; what comes beyond is closed."""

HEAD_PATIENCE = 10.0
"""Seconds until the head of a request must be there, from its first byte or from the beginning of a connection."""

READ_PATIENCE = 30.0
"""Seconds that a client may leave an answer unread that does not fit into the buffers between."""


class BoundedConnection(H11Protocol):
    """A connection of uvicorn's that ends when its other side is too slow."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin without any deadline."""
        super().__init__(*given, **named)
        self._head: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.abort()
            return
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget every deadline."""
        _forget(self._head)
        _forget(self._unread)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; those that begin a request, or follow an answer, must be all there soon."""
        super().data_received(data)
        self._watch_head()

    def pause_writing(self) -> None:
        """Begin to wait until the client reads."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        _forget(self._unread)
        super().resume_writing()

    def _watch_head(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            _forget(self._head)
            self._head = None
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_PATIENCE, self.transport.close)


def _forget(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
