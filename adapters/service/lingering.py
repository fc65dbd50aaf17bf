"""An answer to a request whose rest is not wanted, which the client gets to read all the same."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_SECONDS = 1.0
_BYTES = 4 * 1024 * 1024


class LingeringResponse(Response):
    """Is sent whole, and only then is the connection closed: when the client has sent its request, or a moment later.

    A connection that is closed while bytes of the request are unread is reset, and with it goes an answer that the
    client, still sending, has not read.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, and pass over at most 4 MB of the rest of the request, for at most a second."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS):
                await _pass_over(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pass_over(receive: Receive) -> None:
    left = _BYTES
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        left -= len(message.get("body", b""))
