"""A real proxy before a server: it passes HTTP on, streams included, until it is told what is to go wrong.

    with FaultProxy(server.url) as proxy:
        proxy.faults.append(Fault(Kind.CUT, "POST", "/merge$", done=True))
        ... ask proxy.url instead of server.url ...
        proxy.down(); proxy.up()

`TcpRelay` does the same for any other protocol, with `down`, `up` and `cut` only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import h11

from tests.fakes.proxy_faults import NO_ANSWER, Fault, Kind, Passed, Plan
from tests.fakes.proxy_gate import Gate, TcpRelay, connect

__all__ = ["Fault", "FaultProxy", "Kind", "Passed", "TcpRelay"]

_CHUNK = 65_536
_HOPS = {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
_PAGE = b"<!doctype html><html><title>Sign in</title><body>Sign in to go on</body></html>"
_NOISE = b"\x00\xff\xfe{\x8b not json"


class FaultProxy(Gate, Plan):
    """Passes requests on to one server, and answers back.

    Attributes:
        url: its address, with the path of the server's own.
        faults: what is to go wrong, the first that fits first.
    """

    def __init__(self, server: str) -> None:
        """Prepare; it listens within a ``with`` block.

        Args:
            server: the address of the server, ``http://host:port`` and perhaps a path.
        """
        Gate.__init__(self)
        Plan.__init__(self)
        parts = urlsplit(server)
        assert parts.hostname is not None
        assert parts.port is not None
        self._server_address, self._path = (parts.hostname, parts.port), parts.path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self._path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(reader, writer)
        while (request := await client.request()) is not None:
            if not await self._exchange(client, *request):
                return
            if not client.again():
                return

    async def _exchange(self, client: _Client, head: h11.Request, body: bytes) -> bool:
        """Pass one request on; say whether the connection may go on."""
        passed = self.note(head.method.decode(), head.target.decode())
        # What is given up on this side is given up on the other.
        exchange = asyncio.ensure_future(self._act(client, head, body, passed))
        leaving = asyncio.ensure_future(client.leaves())
        try:
            await asyncio.wait({exchange, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return exchange.done() and exchange.result()
        finally:
            for task in (exchange, leaving):
                task.cancel()
            await asyncio.gather(exchange, leaving, return_exceptions=True)

    async def _act(self, client: _Client, head: h11.Request, body: bytes, passed: Passed) -> bool:
        fault = passed.fault
        if fault is None:
            async with self._asked(head, body, passed) as answer:
                return await client.pass_on(answer)
        if fault.kind in NO_ANSWER:
            if fault.done:
                async with self._asked(head, body, passed) as answer:
                    await answer.whole()
            return await _without(client, fault)
        if fault.kind is Kind.TWICE:
            async with self._asked(head, body, passed) as answer:
                await answer.whole()
        async with self._asked(head, body, passed) as answer:
            return await _spoil(client, answer, fault)

    @asynccontextmanager
    async def _asked(self, head: h11.Request, body: bytes, passed: Passed) -> AsyncIterator[_Answer]:
        reader, writer = await connect(self._server_address)
        try:
            peer = h11.Connection(h11.CLIENT)
            kept = [(name, value) for name, value in head.headers if name not in _HOPS | {b"content-length", b"expect"}]
            sized = [(b"content-length", str(len(body)).encode())] if body or head.method != b"GET" else []
            request = h11.Request(
                method=head.method, target=head.target, headers=[*kept, *sized, (b"connection", b"close")]
            )
            writer.write(peer.send(request) or b"")
            if body:
                writer.write(peer.send(h11.Data(body)) or b"")
            peer.send(h11.EndOfMessage())
            await writer.drain()
            answer = _Answer(peer, reader)
            await answer.begin()
            passed.deliveries += 1
            yield answer
        finally:
            writer.close()


class _Answer:
    """The answer of the server, as it comes."""

    def __init__(self, peer: h11.Connection, reader: asyncio.StreamReader) -> None:
        self._peer, self._reader = peer, reader
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    async def begin(self) -> None:
        while not isinstance(event := await _next(self._peer, self._reader), h11.Response):
            if event is None:
                raise ConnectionError("the server gives no answer")
        self.status = event.status_code
        self.headers = [(name, value) for name, value in event.headers if name not in _HOPS]

    @property
    def is_stream(self) -> bool:
        """Whether it does not say how long it is."""
        return all(name != b"content-length" for name, _ in self.headers)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises:
            ConnectionError: when the server breaks it off.
        """
        while True:
            event = await _next(self._peer, self._reader)
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            elif event is None:
                raise ConnectionError("the server broke its answer off")

    async def whole(self) -> bytes:
        """Return the body; of a stream, which need not end, only what comes first."""
        found = b""
        async for piece in self.pieces():
            found += piece
            if self.is_stream:
                break
        return found


async def _next(peer: h11.Connection, reader: asyncio.StreamReader) -> object:
    """Return the next event; None where the other side has ended the connection too early."""
    while True:
        try:
            event = peer.next_event()
        except h11.RemoteProtocolError:
            return None
        if event is h11.NEED_DATA:
            peer.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.ConnectionClosed):
            return None
        else:
            return event


class _Client:
    """The side that asks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._peer, self._reader, self._writer = h11.Connection(h11.SERVER), reader, writer

    async def request(self) -> tuple[h11.Request, bytes] | None:
        """Return the next request with its body; None where there is none."""
        head = await _next(self._peer, self._reader)
        if not isinstance(head, h11.Request):
            return None
        if self._peer.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        body = b""
        while isinstance(event := await _next(self._peer, self._reader), h11.Data):
            body += bytes(event.data)
        return (head, body) if isinstance(event, h11.EndOfMessage) else None

    async def leaves(self) -> None:
        """Wait until this side ends the connection."""
        while data := await self._reader.read(_CHUNK):
            self._peer.receive_data(data)

    def again(self) -> bool:
        """Say whether another request may come, and prepare for it."""
        if self._peer.our_state is not h11.DONE or self._peer.their_state is not h11.DONE:
            return False
        self._peer.start_next_cycle()
        return True

    async def answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
        """Answer at once, with a length that fits."""
        kept = [(name, value) for name, value in headers if name != b"content-length"]
        await self.begin(status, [*kept, (b"content-length", str(len(body)).encode())])
        await self.send(body)
        return await self.end()

    async def pass_on(self, answer: _Answer) -> bool:
        """Pass an answer on as it comes; say whether it came whole."""
        await self.begin(answer.status, answer.headers)
        try:
            async for piece in answer.pieces():
                await self.send(piece)
        except ConnectionError:
            return False
        return await self.end()

    async def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        await self._send(h11.Response(status_code=status, headers=headers))

    async def send(self, data: bytes) -> None:
        if data:
            await self._send(h11.Data(data))

    async def end(self) -> bool:
        await self._send(h11.EndOfMessage())
        return True

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._peer.send(event) or b"")
        await self._writer.drain()


async def _without(client: _Client, fault: Fault) -> bool:
    """Answer, or not, without what the server says."""
    json = [(b"content-type", b"application/json")]
    match fault.kind:
        case Kind.CUT:
            return False
        case Kind.HANG:
            await asyncio.Event().wait()
        case Kind.GARBAGE:
            return await client.answer(200, json, _NOISE)
        case Kind.PAGE:
            return await client.answer(200, [(b"content-type", b"text/html; charset=utf-8")], _PAGE)
        case Kind.STATUS:
            told = [(name.lower().encode(), value.encode()) for name, value in fault.headers.items()]
            return await client.answer(fault.status, [*json, *told], fault.body.encode())
    raise AssertionError(f"{fault.kind} is about the server's own answer")


async def _spoil(client: _Client, answer: _Answer, fault: Fault) -> bool:
    """Pass an answer on in a way that is not its own."""
    match fault.kind:
        case Kind.DELAY:
            await asyncio.sleep(fault.seconds)
        case Kind.MISTYPED:
            others = [(name, value) for name, value in answer.headers if name != b"content-type"]
            answer.headers = [*others, (b"content-type", b"text/html")]
        case Kind.TRUNCATE:
            if body := await answer.whole():
                await client.begin(answer.status, answer.headers)
                await client.send(body[: len(body) // 2])
            return False  # of an answer without a body not even its head has come
        case Kind.HALVE:
            body = await answer.whole()
            return await client.answer(answer.status, answer.headers, body[: len(body) // 2])
        case Kind.DRIP:
            await client.begin(answer.status, answer.headers)
            async for piece in answer.pieces():
                for byte in piece:
                    await client.send(bytes([byte]))
                    await asyncio.sleep(fault.seconds)
            return await client.end()
    return await client.pass_on(answer)
