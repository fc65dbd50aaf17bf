"""Carrying releases on in this process, and following one of them meanwhile."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from adapters.cli.exit_codes import ExitCode
from adapters.cli.release_follow import Enough, follow
from adapters.cli.release_views.words import next_steps
from adapters.queue import Worker
from adapters.queue.owner import new_owner
from adapters.store.errors import WorkerLockedError
from engine.execute.ports import Ports
from engine.execute.reconciler import reconcile
from engine.execute.release import Release
from engine.execute.rules import Rules
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.store.store import ReleaseStore

_LOOK_FOR_LOCK = 1.0
"""Seconds between two tries to become the worker of a store that has one."""


def worker_of(store: ReleaseStore, ports: Ports, rules: Rules) -> Worker:
    """Return a worker that carries on the releases of a store."""
    return Worker(store, partial(reconcile, store=store, ports=ports, rules=rules), new_owner())


async def carry_out(store: ReleaseStore, ports: Ports, rules: Rules, release: str, enough: Enough, after: int) -> int:
    """Carry on the releases of a store until one of them has come far enough; return what to exit with.

    Args:
        store: where they are.
        ports: what they act through.
        rules: how time and addresses are told.
        release: the one that is followed.
        enough: when to stop.
        after: the number of the last of its events that needs not be told.

    Where another process does that already, the release is only followed, until that process ends. An interrupt leaves
    everything as it is saved, and says how to go on.
    """
    stop = asyncio.Event()
    working = asyncio.create_task(_work(store, ports, rules, stop))
    following = asyncio.create_task(follow(store, release, enough=enough, after=after))
    with _interrupts() as interrupted:
        interrupt = asyncio.create_task(interrupted.wait())
        try:
            code = await _first(working, following, interrupt)
        finally:
            stop.set()
            for task in (following, interrupt):
                task.cancel()
            await asyncio.gather(working, following, interrupt, return_exceptions=True)
    found = await store.load(release)
    _farewell(found, interrupted=code is None)
    return ExitCode.INTERRUPTED if code is None else code


async def _work(store: ReleaseStore, ports: Ports, rules: Rules, stop: asyncio.Event) -> None:
    """Be the worker of a store until told to stop, as soon as nobody else is."""
    told = False
    while not stop.is_set():
        try:
            return await worker_of(store, ports, rules).run(stop)
        except WorkerLockedError as busy:
            if not told:
                click.echo(f"note: {busy.reason}; it carries this release on", err=True)
            told = True
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_FOR_LOCK)


async def _first(
    working: asyncio.Task[None], following: asyncio.Task[int], interrupt: asyncio.Task[bool]
) -> int | None:
    """Return what following ended with; None for an interrupt."""
    done, _ = await asyncio.wait({working, following, interrupt}, return_when=asyncio.FIRST_COMPLETED)
    if interrupt in done:
        return None
    if following in done:
        return following.result()
    working.result()
    raise AssertionError("a worker works until it is told to stop")


@contextmanager
def _interrupts() -> Iterator[asyncio.Event]:
    """Turn the first interrupt into an event; a second one is an interrupt as ever."""
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()

    def first() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        interrupted.set()

    loop.add_signal_handler(signal.SIGINT, first)
    loop.add_signal_handler(signal.SIGTERM, first)
    try:
        yield interrupted
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)


def _farewell(release: Release, *, interrupted: bool) -> None:
    """Say how a release goes on that is not over."""
    if release.status.is_final:
        return
    if interrupted:
        click.echo(f"\nrelease {release.id} is saved as it stands; nothing is lost or done twice", err=True)
    else:
        click.echo(f"release {release.id} waits: {printable(release.message)}", err=True)
    for command in [*next_steps(release), f"promo run --resume {release.id}"]:
        click.echo(f"  = help: {command}", err=True)
