"""A worker as a process of its own, whose effects are lines of a ledger: what tests kill and freeze.

Run as ``python -m tests.support.work_ledger STORE LEDGER LEASE``. A release is moved on step by step as the reconciler
does: saved before and after the effect of each. An effect is two lines of the ledger, at its beginning and its end.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from adapters.queue import Worker
from adapters.queue.owner import new_owner
from adapters.store.location import PostgresLocation, SqliteLocation
from adapters.store.store import ReleaseStore, open_store
from engine.execute.release import Release, Step
from engine.execute.status import ReleaseStatus, StepStatus
from engine.execute.store import Claim, ProductBusyError
from tests.support.releases import ended, event, running, with_step


class Ledger:
    """Lines that processes add to one file: each is one write, so they never mix."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, what: str, release: Release, step: Step) -> None:
        """Add a line: when, who, what, the product, and the effect's key."""
        line = f"{time.monotonic_ns()} {os.getpid()} {what} {release.spec.product} {release.key(step)}\n"
        os.write(self._descriptor, line.encode())


async def move_on(store: ReleaseStore, ledger: Ledger, claim: Claim) -> None:
    """Move a release from where it stands to its end."""
    release = claim.release
    if release.status.is_final:
        await store.sleep(claim, None)
        return
    if release.status is ReleaseStatus.QUEUED:
        begun = running(release)
        try:
            await store.save(claim, release, begun, [event("release.running")], ())
        except ProductBusyError:
            await store.sleep(claim, None)
            return
        release = begun
    for step in list(release.steps.values()):
        if step.status is StepStatus.SUCCEEDED:
            continue
        if step.status is StepStatus.PENDING:
            started = with_step(release, step.id, StepStatus.RUNNING)
            await store.save(claim, release, started, [event("step.running", release.key(step))], ())
            release = started
        ledger.note("begin", release, step)
        await asyncio.sleep(random.uniform(0.0, 0.01))
        ledger.note("end", release, step)
        done = with_step(release, step.id, StepStatus.SUCCEEDED)
        await store.save(claim, release, done, [event("step.succeeded", release.key(step))], ())
        release = done
        if random.random() < 0.2:
            await store.sleep(claim, 0.0)
            return
    over = replace(ended(release), message="all done")
    await store.save(claim, release, over, [event("release.succeeded")], ())
    await store.sleep(claim, None)


async def main(store_at: str, ledger_at: str, lease: str) -> None:
    """Work until the process is told to stop."""
    location = PostgresLocation(store_at) if "://" in store_at else SqliteLocation(Path(store_at))
    store = open_store(location, lease=float(lease))
    ledger = Ledger(Path(ledger_at))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    Path(f"{ledger_at}.{os.getpid()}").touch()  # from here on it can be told to stop
    await Worker(store, lambda claim: move_on(store, ledger, claim), new_owner(), slots=8, poll=0.2).run(stop)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
