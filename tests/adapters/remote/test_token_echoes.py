"""A server that repeats the token, wherever it can, is heard without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from adapters.remote.connecting import trusted
from adapters.remote.refusals import usual_failure
from adapters.remote.server import Answer, ApiServer
from adapters.secrets import Secret
from engine.execute.errors import RetryableError
from tests.fakes.socket_thread import answering
from tests.support.serving import ROOT

TOKEN = "remote-token-0123456789"
CONTEXT = trusted("", ROOT)


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """Answer every connection with some bytes; yields the address."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.wfile.write(answer)

    with answering(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as url:
        yield url


def ask(url: str) -> Answer:
    return asyncio.run(ApiServer(url, lambda: Secret(TOKEN), CONTEXT, 20.0).ask("GET", "/thing"))


def test_in_what_is_granted() -> None:
    body = f'{{"message": "seen with {TOKEN} \\u00e9"}}'.encode() + b"\xff"
    with saying(b"HTTP/1.1 200 OK\r\nX-Seen: %s\r\n\r\n%s" % (TOKEN.encode(), body)) as url:
        answer = ask(url)
    assert answer.body == body.replace(TOKEN.encode(), b"***")
    assert answer.headers["x-seen"] == "***"


def test_in_where_a_redirect_leads() -> None:
    with saying(b"HTTP/1.1 302 Found\r\nLocation: https://login.example.com/%s\r\n\r\n" % TOKEN.encode()) as url:
        answer = ask(url)
    failure = usual_failure(answer, "argocd.example.com answered 302")
    assert "redirect to `https://login.example.com/***`" in str(failure)


def test_in_what_is_no_http() -> None:
    with (
        saying(b"%s is not what we speak here\r\n\r\n" % TOKEN.encode()) as url,
        pytest.raises(RetryableError) as broken,
    ):
        ask(url)
    assert TOKEN not in str(broken.value)
    assert "***" in str(broken.value)
