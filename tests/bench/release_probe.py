"""Measures one store in a fresh process: ``python -m tests.bench.release_probe STORE COUNT (run | wait)``.

Prints what it found as JSON. Adapters answer at once, so that the figures are those of the store and the engine.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.queue import Worker
from adapters.queue.owner import new_owner
from adapters.store.location import PostgresLocation, SqliteLocation
from adapters.store.store import ReleaseStore, open_store
from engine.execute.reconciler import reconcile
from engine.execute.release import Release, new_release
from engine.execute.rules import Rules
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim
from tests.support.instant_ports import InstantApplications, instant_ports
from tests.support.releases import spec

LOOK = 60.0
"""Seconds between two looks at a release that waits, as for one that has waited for ten minutes."""

WATCHED = 60.0
"""Seconds for which waiting releases are watched: each is looked at once in them."""


class Measured:
    """A worker with the real reconciler, and what its work has cost."""

    def __init__(self, store: ReleaseStore, applications: InstantApplications, count: int) -> None:
        self.store = store
        self.count = count
        self.saves = 0
        self._ports = instant_ports(applications)
        self._rules = Rules(ZoneInfo)
        self._save = store.save
        store.save = self._counted  # type: ignore[method-assign]

    async def _counted(self, *arguments: object) -> None:
        self.saves += 1
        await self._save(*arguments)  # type: ignore[arg-type]

    async def _pass(self, claim: Claim) -> None:
        await reconcile(claim, self.store, self._ports, self._rules)

    async def create(self) -> None:
        """Create the releases, each of a product of its own."""
        for number in range(self.count):
            await self.store.create(_release(number), "{}")

    async def work(self, stop: asyncio.Event) -> None:
        """Move the releases on until told to stop."""
        await Worker(self.store, self._pass, new_owner(), slots=64).run(stop)

    async def number_in(self, status: ReleaseStatus) -> int:
        """Return how many are in a status, up to all of them."""
        found = 0
        last = None
        while lines := await self.store.list(statuses=[status], limit=1000, before=last):
            found += len(lines)
            last = lines[-1].id
        return found


def _release(number: int) -> Release:
    # Names of people's own, so that no two specs are one text in memory.
    return new_release(spec(f"product-{number}"), f"{number:06}", "ann", datetime.now(UTC))


async def run(store: ReleaseStore, count: int) -> dict[str, float]:
    """Run releases from beginning to end, as many at once as a worker has slots."""
    measured = Measured(store, InstantApplications(), count)
    await measured.create()
    stop = asyncio.Event()
    wall, cpu = time.perf_counter(), time.process_time()
    worker = asyncio.create_task(measured.work(stop))
    while await measured.number_in(ReleaseStatus.SUCCEEDED) < count:
        await asyncio.sleep(0.1)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    stop.set()
    await worker
    return {"per_second": count / wall, "per_cpu_second": count / cpu, "saves": measured.saves / count}


async def wait(store: ReleaseStore, count: int) -> dict[str, float]:
    """Let releases wait for an application, each looked at once a minute."""
    before = _resident()
    applications = InstantApplications(healthy=False, look_after=LOOK)
    measured = Measured(store, applications, count)
    await measured.create()
    stop = asyncio.Event()
    worker = asyncio.create_task(measured.work(stop))
    while applications.looks < count:
        await asyncio.sleep(0.1)
    looks, cpu = applications.looks, time.process_time()
    await asyncio.sleep(WATCHED)
    cpu, looks = time.process_time() - cpu, applications.looks - looks
    stop.set()
    await worker
    return {"megabytes": (_resident() - before) / 1e6, "core": cpu / WATCHED, "looks": looks / WATCHED}


def _resident() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("the system does not say how much memory is used")


async def main(at: str, count: str, what: str) -> None:
    """Measure, and print the figures."""
    store = open_store(PostgresLocation(at) if "://" in at else SqliteLocation(Path(at)))
    found = await (run if what == "run" else wait)(store, int(count))
    await store.close()
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
