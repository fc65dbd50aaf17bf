"""Runs the service: one process, one event loop, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from adapters.queue import Worker, new_owner
from adapters.service.app import make_app
from adapters.service.connections import BoundedConnection
from adapters.service.counted import counted
from adapters.service.following import Following
from adapters.service.service import Service
from adapters.service.triggers import Triggers
from engine.execute.reconciler import reconcile
from engine.execute.store import Claim, FencedError, StoreUnavailableError

_log = logging.getLogger("promo.service")

GRACE = 10.0
"""Seconds that answers and passes have to end by themselves when the service stops."""

_REQUEST_LINE = 16 * 1024


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OSError: when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(1024)
    except OSError:
        opened.close()
        raise
    return opened


async def serve(service: Service, opened: socket.socket) -> None:
    """Answer requests and carry releases on until SIGTERM or SIGINT comes.

    Then nothing new is accepted, answers and passes come to their end, and claims are given back.

    Args:
        service: its parts.
        opened: the socket that requests come in at.

    Raises:
        adapters.store.errors.StoreError: when the store turns out to be unusable, or another process is its worker.
    """
    with _signals(service.stop):
        async with running(service, opened) as tasks:
            stopping = asyncio.create_task(service.stop.wait())
            done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
    for task in done - {stopping}:
        task.result()


@asynccontextmanager
async def running(service: Service, opened: socket.socket) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run a service for as long as a block lasts; yields its tasks, none of which ends before."""
    server = _Server(_configuration(service))
    tasks = [asyncio.create_task(work, name=name) for name, work in _works(service)]
    service.worker = tasks[0]
    answering = asyncio.create_task(server.serve([opened]), name="answers")
    host, port = opened.getsockname()[:2]
    _log.info("listening on %s port %d", host, port)
    if not len(service.callers):
        _log.warning("nobody may call the API: there is no valid token in `[service.tokens.NAME]` of promo.toml")
    try:
        yield [*tasks, answering]
    finally:
        _log.info("stopping")
        service.stop.set()
        service.pushed.set()
        server.should_exit = True
        await asyncio.gather(answering, *tasks, return_exceptions=True)
        _log.info("stopped")


def _configuration(service: Service) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(service),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        http=BoundedConnection,
        h11_max_incomplete_event_size=_REQUEST_LINE,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=int(GRACE),
        # Whom a request comes from is nowhere used, and nobody is believed about it.
        proxy_headers=False,
    )


def _works(service: Service) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
    worker = Worker(service.store, lambda claim: one_pass(service, claim), new_owner(), grace=GRACE)
    yield "worker", worker.run(service.stop)
    yield "workspace", service.current.watch(service.stop)
    yield "triggers", Triggers(service, service.poll).run()
    service.following = Following(service)
    yield "following", service.following.run()


async def one_pass(service: Service, claim: Claim) -> None:
    """Move a release on by what the workspace says now, and count it."""
    metrics, began = service.metrics, time.perf_counter()
    result = "fault"
    try:
        ports = counted(service.current.ports, metrics)
        await reconcile(claim, service.store, ports, service.current.rules)
        result = "done"
    except FencedError:
        result = "fenced"
        raise
    except StoreUnavailableError:
        result = "store away"
        metrics.outages.inc()
        raise
    except asyncio.CancelledError:
        result = "cancelled"
        raise
    finally:
        metrics.passes.labels(result).inc()
        metrics.pass_seconds.observe(time.perf_counter() - began)


class _Server(uvicorn.Server):
    """A server that leaves signals to `_signals`, rather than raise them again at its end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event at the first signal that asks to end; later ones change nothing, the end is bounded in time."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
