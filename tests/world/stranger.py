"""A host that is nobody's: whatever reaches it was sent to the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.socket_thread import listening


@dataclass
class Stranger:
    """Keeps every request, headers and all.

    Attributes:
        url: its address.
        heard: the requests, in order.
    """

    url: str = ""
    heard: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    stranger: Stranger

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.stranger.heard.append(f"{self.requestline}\n{self.headers}\n{body.decode('utf-8', 'replace')}")
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="tell me"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Stranger]:
    """Listen until the block ends."""
    stranger = Stranger()
    with listening(type("Handler", (_Handler,), {"stranger": stranger})) as url:
        stranger.url = url
        yield stranger
