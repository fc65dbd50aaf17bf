"""Whoever is too slow, or sends too much, is cut off; everybody else is answered meanwhile."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.service import body as bodies
from adapters.service import connections
from adapters.service.body import Room, held_body, read_body
from adapters.service.problems import ProblemError, answer
from tests.fakes.asgi_thread import serving_asgi

LARGEST = 1000
PATIENCE = 20.0


class Here:
    """A server with the connections and bodies of the service.

    Attributes:
        port: where it listens.
        room: what bodies may take.
        finished: how many answers were given to the end, or given up.
    """

    def __init__(self) -> None:
        self.port = 0
        self.room = Room(1500)
        self.finished = 0

    async def take(self, request: Request) -> Response:
        return PlainTextResponse(str(len(await read_body(request, LARGEST))))

    async def hold(self, request: Request) -> Response:
        async with held_body(request, LARGEST, self.room) as body:
            return PlainTextResponse(str(len(body)))

    async def much(self, request: Request) -> Response:
        try:
            return PlainTextResponse("x" * 50_000_000)
        finally:
            self.finished += 1

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def say(self, text: str) -> socket.socket:
        made = self.connect()
        made.sendall(text.replace("\n", "\r\n").encode())
        return made

    def answers(self) -> bool:
        return httpx.post(f"http://127.0.0.1:{self.port}/take", content=b"abc", timeout=PATIENCE).text == "3"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    monkeypatch.setattr(connections, "HEAD_PATIENCE", 0.3)
    monkeypatch.setattr(connections, "READ_PATIENCE", 0.3)
    monkeypatch.setattr(connections, "MOST", 8)
    monkeypatch.setattr(bodies, "PATIENCE", 0.5)
    made = Here()
    routes = [
        Route("/take", made.take, methods=["POST"]),
        Route("/hold", made.hold, methods=["POST"]),
        Route("/much", made.much),
    ]
    app = Starlette(routes=routes, exception_handlers={ProblemError: answer})
    with serving_asgi(app, http=connections.BoundedConnection) as made.port:
        yield made


def rest(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    found = b""
    while True:
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            return found
        if not part:
            return found
        found += part


def drip(connection: socket.socket) -> None:
    """Send a byte now and then, as long as somebody takes it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection.sendall(b"G")
        time.sleep(0.05)


@pytest.mark.parametrize("said", ["", "POST /take HTTP/1.1\nHost: a\nX-Slow: ", "PO"])
def test_a_request_that_does_not_come_is_not_waited_for(here: Here, said: str) -> None:
    with here.say(said) as connection:
        assert here.answers()
        assert rest(connection) == b""
    assert here.answers()


def test_a_head_that_drips_is_cut_off(here: Here) -> None:
    with here.connect() as connection:
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(connection)
    assert here.answers()


def test_the_next_request_of_a_connection_must_come_whole_as_well(here: Here) -> None:
    with here.say("POST /take HTTP/1.1\nHost: a\nContent-Length: 1\n\nxPOST /ta") as connection:
        told = rest(connection)
    assert told.startswith(b"HTTP/1.1 200")
    assert told.endswith(b"\r\n\r\n1")


def test_a_body_that_does_not_come_is_answered_and_the_connection_closed(here: Here) -> None:
    with here.say("POST /take HTTP/1.1\nHost: a\nContent-Length: 10\n\nabc") as connection:
        told = rest(connection)
    assert told.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in told
    assert b"the body did not come within" in told


def test_a_body_without_a_length_is_cut_off_where_it_becomes_too_large(here: Here) -> None:
    with here.say("POST /take HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n") as connection:
        for _ in range(11):
            connection.sendall(b"64\r\n" + b"x" * 100 + b"\r\n")
        told = rest(connection)
    assert told.startswith(b"HTTP/1.1 413")
    assert b"a body may have 1,000 bytes" in told


def test_bodies_that_are_too_much_together_are_refused_and_leave_room_afterwards(here: Here) -> None:
    head = "POST /hold HTTP/1.1\nHost: a\nConnection: close\nContent-Length: 1000\n\n"
    with here.say(head + "x" * 900) as first:
        time.sleep(0.1)
        with here.say(head + "x" * 1000) as second:
            assert rest(second).startswith(b"HTTP/1.1 503")
        first.sendall(b"x" * 100)
        assert rest(first).startswith(b"HTTP/1.1 200")
    with here.say(head + "x" * 1000) as third:
        assert rest(third).startswith(b"HTTP/1.1 200")


def test_an_answer_that_nobody_reads_is_given_up(here: Here) -> None:
    with here.say("GET /much HTTP/1.1\nHost: a\n\n") as connection:
        time.sleep(1.0)
        assert here.answers()
        assert len(rest(connection)) < 50_000_000


def test_connections_beyond_the_most_are_closed_and_those_before_go_on(here: Here) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(here.say("GET ")) for _ in range(8)]
        with here.say("GET ") as beyond:
            assert rest(beyond) == b""
        held[0].sendall(b"/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert rest(held[0]).startswith(b"HTTP/1.1 404")
    assert here.answers()
