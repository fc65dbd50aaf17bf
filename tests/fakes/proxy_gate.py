"""A port of this machine that can be closed and opened again, with a loop of its own in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_CHUNK = 65_536


class Gate:
    """Takes connections on one port; whoever is behind it is asked by a subclass.

    Attributes:
        port: where it listens, also after an outage.
        connections: how many were accepted so far.
    """

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a connection until it ends."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()
        self._run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def up(self) -> None:
        """Listen; on the same port as before."""
        self._run(self._listen())

    def down(self) -> None:
        """Refuse connections, and break those that are open."""
        self._run(self._refuse())

    def cut(self) -> int:
        """Break the connections that are open, and return how many there were; new ones are accepted."""
        return self._run(self._break())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=1024)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._break()

    async def _break(self) -> int:
        broken = dict(self._open)
        for task, writer in broken.items():
            reset(writer)
            task.cancel()
        await asyncio.gather(*broken, return_exceptions=True)
        return len(broken)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            reset(writer)  # it was accepted in the moment the outage began
            return
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        # Either side may go away at any time: that is what this is for. A cancelled task is an outage.
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await self.serve(reader, writer)
            finally:
                del self._open[task]
                writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection at once, so that the other side sees a reset."""
    connection = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class TcpRelay(Gate):
    """Passes bytes on, both ways, to a server that speaks anything over TCP or a Unix socket, such as PostgreSQL.

    Attributes:
        address: where it listens, as ``host:port``.
    """

    def __init__(self, target: tuple[str, int] | str) -> None:
        """Prepare; see the base class.

        Args:
            target: host and port of the server, or the path of its Unix socket.
        """
        super().__init__()
        self._target = target

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await connect(self._target)
        tasks = [asyncio.ensure_future(_pump(reader, back)), asyncio.ensure_future(_pump(there, writer))]
        try:
            # One side may end its half and still read: an end is passed on, and the other half goes on.
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            back.close()


async def connect(target: tuple[str, int] | str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a server."""
    if isinstance(target, str):
        return await asyncio.open_unix_connection(target)
    return await asyncio.open_connection(*target)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        sink.write(data)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()
