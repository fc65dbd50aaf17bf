"""Workers as real processes that are killed and frozen: nothing is missing, and no product runs twice at once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation
from adapters.store.store import ReleaseStore
from engine.execute.status import ReleaseStatus
from tests.support.postgres import PostgresCluster
from tests.support.releases import release
from tests.support.stores import opened, run

ROOT = Path(__file__).parents[3]
LEASE = 1.0
STEPS = 8


class Workers:
    """Worker processes on one store and one ledger."""

    def __init__(self, location: StoreLocation, ledger: Path) -> None:
        self._at = location.url if isinstance(location, PostgresLocation) else str(location.path)
        self._log = ledger.with_suffix(".log")
        self.ledger = ledger
        self.alive: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start one more."""
        with self._log.open("ab") as log:
            self.alive.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.support.work_ledger", self._at, str(self.ledger), str(LEASE)],
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                )
            )

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """End one as a power cut does."""
        worker.kill()
        worker.wait()
        self.alive.remove(worker)

    def end(self) -> None:
        """Tell all to stop, and see that they do."""
        for worker in self.alive:
            worker.send_signal(signal.SIGCONT)
            ready, deadline = Path(f"{self.ledger}.{worker.pid}"), time.monotonic() + 50
            while not ready.exists():
                assert worker.poll() is None, self._log.read_text()
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.02)
            worker.terminate()
        for worker in self.alive:
            assert worker.wait(timeout=30) == 0, self._log.read_text()

    def size(self) -> int:
        """Return how many lines the ledger has."""
        return self.ledger.read_bytes().count(b"\n") if self.ledger.exists() else 0

    def lines(self) -> list[tuple[int, int, str, str, str]]:
        """Return the ledger: when, who, what, the product, the effect's key."""
        found = [line.split() for line in self.ledger.read_text().splitlines()]
        return sorted((int(when), int(who), what, product, key) for when, who, what, product, key in found)


async def created(store: ReleaseStore, products: int, each: int, wave: int = 0) -> list[str]:
    names = [f"{wave}-{number}-{product}" for number in range(each) for product in range(products)]
    for name in names:
        await store.create(release(name, f"p{name.rpartition('-')[2]}"), "{}")
    return names


async def all_done(store: ReleaseStore, count: int) -> None:
    async with asyncio.timeout(50):
        while len(await store.list(statuses=[ReleaseStatus.SUCCEEDED], limit=1000)) < count:
            await asyncio.sleep(0.05)


async def check_complete(store: ReleaseStore, names: list[str]) -> None:
    """Every step of every release succeeded exactly once, whatever happened on the way."""
    for name in names:
        kinds = Counter((found.event.kind, found.event.message) for found in await store.events(name, limit=1000))
        assert set(kinds.values()) == {1}, kinds
        assert sum(kind == "step.succeeded" for kind, _ in kinds) == STEPS
        assert kinds["release.succeeded", ""] == 1


def overlaps(lines: list[tuple[int, int, str, str, str]], dead: dict[int, int]) -> list[str]:
    """Return products in which two processes were in the middle of an effect at the same time.

    Args:
        lines: of the ledger.
        dead: when a process was killed, in nanoseconds; what it had begun ended then.
    """
    spans = defaultdict(list)
    begun: dict[tuple[int, str], int] = {}
    for when, who, what, product, key in lines:
        if what == "begin":
            begun[who, key] = when
            spans[product].append([when, dead.get(who, sys.maxsize), who])
        else:
            next(span for span in spans[product] if span[2] == who and span[0] == begun[who, key])[1] = when
    return [
        product
        for product, found in spans.items()
        for earlier, later in zip(sorted(found), sorted(found)[1:], strict=False)
        if later[0] < earlier[1] and later[2] != earlier[2]
    ]


def killing(location: StoreLocation, ledger: Path, *, workers: int, each: int, kills: int) -> None:
    """Run releases of eight products by some workers, killing one of them again and again.

    A kill comes at a random point of a wave of releases, and not at a time: on a fast machine a wave may be over before
    any time that is long enough for a slow one.

    Args:
        each: releases of a product in a wave.
        kills: how many there are, and how many waves.
    """
    started = Workers(location, ledger)
    luck = random.Random(7)
    dead: dict[int, int] = {}

    async def disturb(lines: int) -> None:
        async with asyncio.timeout(50):
            while started.size() < lines:
                await asyncio.sleep(0.005)
        victim = luck.choice(started.alive)
        started.kill(victim)
        dead[victim.pid] = time.monotonic_ns()
        started.start()

    async def work() -> None:
        async with opened(location) as store:
            names: list[str] = []
            for _ in range(workers):
                started.start()
            for wave in range(kills):
                before = started.size()
                new = await created(store, products=8, each=each, wave=wave)
                names += new
                await disturb(before + luck.randint(1, len(new) * STEPS))
            await all_done(store, len(names))
            started.end()
            await check_complete(store, names)

    try:
        run(work())
    finally:
        for worker in started.alive:
            worker.kill()
            worker.wait()
    assert len(dead) == kills
    assert overlaps(started.lines(), dead) == []


def test_workers_are_killed_at_any_moment(cluster: PostgresCluster, tmp_path: Path) -> None:
    killing(PostgresLocation(cluster.new_store()), tmp_path / "ledger", workers=3, each=1, kills=4)


@pytest.mark.soak
@pytest.mark.parametrize("round_", range(10))
def test_workers_are_killed_many_times(cluster: PostgresCluster, tmp_path: Path, round_: int) -> None:
    killing(PostgresLocation(cluster.new_store()), tmp_path / "ledger", workers=3, each=1, kills=40)


def test_the_worker_of_a_sqlite_store_is_killed_and_the_next_goes_on(tmp_path: Path) -> None:
    killing(SqliteLocation(tmp_path / "releases.db"), tmp_path / "ledger", workers=1, each=1, kills=3)


def test_a_frozen_worker_is_fenced_off_when_it_thaws(cluster: PostgresCluster, tmp_path: Path) -> None:
    location = PostgresLocation(cluster.new_store())
    workers = Workers(location, tmp_path / "ledger")

    async def work() -> None:
        async with opened(location) as store:
            names = await created(store, products=4, each=3)
            workers.start()
            async with asyncio.timeout(50):
                while not workers.ledger.exists() or len(workers.lines()) < 10:
                    await asyncio.sleep(0.02)
            frozen = workers.alive[0]
            os.kill(frozen.pid, signal.SIGSTOP)
            workers.start()
            await all_done(store, len(names))
            os.kill(frozen.pid, signal.SIGCONT)
            await asyncio.sleep(0.5)
            assert frozen.poll() is None, "it goes on, with other releases"
            await check_complete(store, names)
            workers.end()

    try:
        run(work())
    finally:
        for worker in workers.alive:
            worker.kill()
            worker.wait()
