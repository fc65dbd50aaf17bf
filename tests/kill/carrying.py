"""What every worker of a kill test does, whatever its ports are: it carries releases on until it is killed."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from adapters.queue import Worker
from adapters.queue.owner import new_owner
from adapters.store.errors import WorkerLockedError
from adapters.store.location import locate
from adapters.store.store import open_store
from engine.execute.ports import Ports
from engine.execute.reconciler import reconcile
from engine.execute.rules import Rules
from engine.execute.store import StoreUnavailableError


async def carry_on(url: str, ports: Ports, rules: Rules) -> None:
    """Carry on the releases of a store, as soon as it is there, until the process is killed.

    Args:
        url: of the store.
        ports: by which effects are made.
        rules: of the reconciler.
    """
    while True:
        try:
            store = open_store(locate("", {"PROMO_STORE_URL": url}, Path.cwd()))
            break
        except StoreUnavailableError:
            await asyncio.sleep(0.2)
    step = partial(reconcile, store=store, ports=ports, rules=rules)
    # A worker that was killed a moment ago may not have let go of the lock of a SQLite store yet.
    for _ in range(200):
        try:
            await Worker(store, step, new_owner(), slots=16, poll=0.2).run(asyncio.Event())
        except WorkerLockedError:
            await asyncio.sleep(0.05)
