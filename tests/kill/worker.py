"""One worker of a kill test, as a process: ``python -m tests.kill.worker STORE WORLD SEED [blind]``.

A worker carries on the releases of a store until it is killed, and kills itself now and then around an effect. One that
is blind does so after the first commit, and whoever comes after it does not look before it acts.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.queue import Worker
from adapters.queue.owner import new_owner
from adapters.store.errors import WorkerLockedError
from adapters.store.location import locate
from adapters.store.store import ReleaseStore, open_store
from engine.execute.reconciler import reconcile
from engine.execute.rules import Rules
from engine.execute.store import StoreUnavailableError
from tests.kill.ports import JumpingClock, world_ports
from tests.kill.standby import stand_by
from tests.kill.world import Mortality, World

MORTALITY = Mortality(before=0.01, after=0.02)
BLIND = Mortality(at_first_commit=True)
JUMPS = 0.02


async def main(url: str, path: Path, seed: int, *, blind: bool) -> None:
    world = World(path, BLIND if blind else MORTALITY, seed)
    ports = world_ports(world, JumpingClock(seed, JUMPS), blind=blind)
    while True:
        try:
            store = open_store(locate("", {"PROMO_STORE_URL": url}, Path.cwd()))
            break
        except StoreUnavailableError:
            await asyncio.sleep(0.2)
    # A worker that was killed a moment ago may not have let go of the lock of a SQLite store yet.
    for _ in range(200):
        try:
            await _work(store, partial(reconcile, store=store, ports=ports, rules=Rules(zone=ZoneInfo)))
        except WorkerLockedError:
            await asyncio.sleep(0.05)


async def _work(store: ReleaseStore, step: partial) -> None:  # type: ignore[type-arg]
    await Worker(store, step, new_owner(), slots=16, poll=0.2).run(asyncio.Event())


if __name__ == "__main__":
    stand_by()
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), blind=sys.argv[4:] == ["blind"]))
