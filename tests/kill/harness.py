"""Kills and freezes workers at random instants until every release is over, and counts what was done."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.store.location import locate
from adapters.store.store import ReleaseStore, open_store
from engine.execute.release import Release, Role
from engine.execute.status import ReleaseStatus, StepStatus
from engine.model.values import Action
from tests.kill.standby import begin, bury, is_ready, prepare
from tests.kill.world import World
from tests.support.releases import release

ROOT = Path(__file__).parents[2]
FREEZE = (1.0, 5.0)
"""Seconds a worker is frozen, which may be longer than a lease."""

FREEZES = 0.2
"""The share of deeds that are freezes."""

AMBUSH = 5.0
"""Seconds that somebody lies in wait for a worker that holds a release, before any of them will do."""


@dataclass(slots=True)
class Figures:
    """What a kill test saw.

    Attributes:
        kills: how many workers were killed from outside, at whatever instant.
        suicides: how many killed themselves around an effect.
        freezes: how many were frozen and thawed.
        releases: how many there were.
        steps: effects that had to be made.
        missing: effects that were not made.
        doubled: effects that were made twice.
        overlaps: releases of a product whose effects mix.
        takeovers: seconds from the death of a worker until somebody else had claimed a release it held.
        seconds: how long it took.
    """

    kills: int = 0
    suicides: int = 0
    freezes: int = 0
    releases: int = 0
    steps: int = 0
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    overlaps: list[str] = field(default_factory=list)
    takeovers: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        ordered = sorted(self.takeovers)
        median = f"{ordered[len(ordered) // 2]:.1f}" if ordered else "-"
        longest = f"{ordered[-1]:.1f}" if ordered else "-"
        return (
            f"{self.kills} kills from outside, {self.suicides} around effects, {self.freezes} freezes; "
            f"{self.releases} releases, {self.steps} effects: {len(self.missing)} missing, "
            f"{len(self.doubled)} doubled, {len(self.overlaps)} overlaps; "
            f"takeover median {median} s, longest {longest} s; {self.seconds:.0f} s in all"
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """A kill test.

    Attributes:
        store: the URL of the store.
        folder: where the world is kept.
        workers: how many there are at once.
        products: how many products have releases.
        each: how many releases each has.
        kills: how many workers are killed from outside.
        seed: makes the choices of a run the same again.
        longest: seconds after which it is given up.
        options: further arguments of a worker.
        program: the module that is a worker.
        world: the file by which workers find the servers, in the folder.
        pause: seconds between two kills or freezes, the least and the most.
    """

    store: str
    folder: Path
    workers: int
    products: int
    each: int
    kills: int
    seed: int = 0
    longest: float = 600.0
    options: tuple[str, ...] = ()
    program: str = "tests.kill.worker"
    world: str = "world.db"
    pause: tuple[float, float] = (0.05, 0.8)


def reviewed(made: Release) -> Release:
    """Return the release with production changed by pull request."""
    *others, production = made.spec.environments
    spec = replace(made.spec, environments=(*others, replace(production, action=Action.PR)))
    return replace(made, spec=spec)


def patient(made: Release) -> Release:
    """Return the release with time enough for clocks that jump."""
    return replace(made, spec=replace(made.spec, timeout=30 * 86_400))


async def carry_out(trial: Trial) -> Figures:
    """Run a kill test to its end."""
    began = time.monotonic()
    store = open_store(locate("", {"PROMO_STORE_URL": trial.store}, trial.folder))
    figures = Figures()
    try:
        made = await _create(store, trial)
        figures.releases = len(made)
        await work(store, trial, figures, began)
        await _judge(store, trial, figures)
    finally:
        await store.close()
    figures.seconds = time.monotonic() - began
    return figures


async def _create(store: ReleaseStore, trial: Trial) -> list[str]:
    made = []
    for number in range(trial.each):
        for product in range(trial.products):
            one = patient(release(f"p{product}-{number:05}", f"p{product}"))
            one = reviewed(one) if product % 2 else one
            await store.create(one, "{}")
            made.append(one.id)
    return made


class Crowd:
    """The workers: whoever dies is replaced by somebody who stands by, whoever killed them."""

    def __init__(self, trial: Trial, figures: Figures) -> None:
        self._trial = trial
        self._figures = figures
        self._random = random.Random(trial.seed)
        self._started = 0
        self._frozen: dict[subprocess.Popen[bytes], float] = {}
        self._log = (trial.folder / "workers.log").open("ab")
        self._next = self._prepare()
        self.alive = [self._start() for _ in range(trial.workers)]

    def _start(self) -> subprocess.Popen[bytes]:
        started, self._next = self._next, self._prepare()
        begin(started)
        return started

    def _prepare(self) -> subprocess.Popen[bytes]:
        self._started += 1
        world = str(self._trial.folder / self._trial.world)
        arguments = [self._trial.program, self._trial.store, world, str(self._started), *self._trial.options]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return prepare([sys.executable, "-m", *arguments], ROOT, self._log, environment)

    @property
    def is_complete(self) -> bool:
        """Whether somebody stands by who could take a place at once."""
        return is_ready(self._next)

    def look_after(self) -> None:
        """Start anew who has died, and thaw who was frozen long enough."""
        for index, worker in enumerate(self.alive):
            if worker.poll() is not None:
                assert worker.returncode == -signal.SIGKILL, f"a worker ended by itself with {worker.returncode}"
                self._figures.suicides += 1
                self._frozen.pop(worker, None)
                bury(worker)
                self.alive[index] = self._start()
        for worker, until in list(self._frozen.items()):
            if time.monotonic() >= until:
                worker.send_signal(signal.SIGCONT)
                del self._frozen[worker]

    def holding(self, held: dict[str, str]) -> list[int]:
        """Return which of them hold a release.

        Args:
            held: who holds which.
        """
        owners = held.values()
        return [at for at, one in enumerate(self.alive) if any(f":{one.pid}:" in owner for owner in owners)]

    def kill(self, among: Sequence[int] = ()) -> int:
        """Kill one of them at this instant, start another, and return the process that was.

        Args:
            among: which of them may be; none for any.
        """
        index = self._random.choice(among or range(len(self.alive)))
        victim = self.alive[index]
        bury(victim)
        self._frozen.pop(victim, None)
        self.alive[index] = self._start()
        return victim.pid

    def freeze(self) -> None:
        """Stop one of them for a while, in the middle of whatever it does."""
        worker = self._random.choice(self.alive)
        if worker not in self._frozen and worker.poll() is None:
            worker.send_signal(signal.SIGSTOP)
            self._frozen[worker] = time.monotonic() + self._random.uniform(*FREEZE)
            self._figures.freezes += 1

    def end(self) -> None:
        """End all of them."""
        for worker in (*self.alive, self._next):
            bury(worker)
        self._log.close()


async def work(store: ReleaseStore, trial: Trial, figures: Figures, began: float) -> None:
    """Have a crowd of workers carry the releases of a store on, tormented, until all have come to their end."""
    crowd = Crowd(trial, figures)
    try:
        await torment(store, trial, crowd, figures, began)
    finally:
        crowd.end()


async def torment(store: ReleaseStore, trial: Trial, crowd: Crowd, figures: Figures, began: float) -> None:
    """Kill and freeze until all kills are spent, then let every release come to its end.

    Every second kill waits for a worker that holds a release: most of the time they wait for something themselves.
    """
    chance = random.Random(trial.seed + 1)
    watched: dict[str, tuple[int, float]] = {}
    due, freezes = time.monotonic() + 1.5, False
    while True:
        assert time.monotonic() - began < trial.longest, f"not over after {trial.longest} s: {figures}"
        crowd.look_after()
        now = time.monotonic()
        await _note_takeovers(store, watched, figures)
        if now >= due and crowd.is_complete and figures.kills < trial.kills:
            holding = crowd.holding(await store.holders()) if figures.kills % 2 else []
            if freezes:
                crowd.freeze()
            elif figures.kills % 2 == 0 or holding or now >= due + AMBUSH:
                await _kill(store, crowd, holding, watched)
                figures.kills += 1
            else:
                await asyncio.sleep(0.05)
                continue
            due, freezes = now + chance.uniform(*trial.pause), chance.random() < FREEZES
        if figures.kills >= trial.kills and not await _unfinished(store):
            return
        await asyncio.sleep(0.05)


async def _kill(store: ReleaseStore, crowd: Crowd, among: Sequence[int], watched: dict[str, tuple[int, float]]) -> None:
    """Kill a worker, and see which releases it leaves behind."""
    dead, at = crowd.kill(among), time.monotonic()
    watched |= {one: (dead, at) for one, owner in (await store.holders()).items() if f":{dead}:" in owner}


async def _note_takeovers(store: ReleaseStore, watched: dict[str, tuple[int, float]], figures: Figures) -> None:
    """See whether releases of dead workers have somebody else, or are over."""
    if not watched:
        return
    held = await store.holders()
    for one, (dead, since) in list(watched.items()):
        owner = held.get(one, "")
        if f":{dead}:" not in owner:
            figures.takeovers.append(time.monotonic() - since)
            del watched[one]


async def _unfinished(store: ReleaseStore) -> bool:
    active = [status for status in ReleaseStatus if not status.is_final]
    return bool(await store.list(statuses=active, limit=1))


async def _judge(store: ReleaseStore, trial: Trial, figures: Figures) -> None:
    """Compare what was done with what had to be done."""
    world = World(trial.folder / "world.db")
    done = [str(row[0]) for row in world.rows("SELECT step FROM effect")]
    for product in range(trial.products):
        for number in range(trial.each):
            found = await store.load(f"p{product}-{number:05}")
            assert found.status is ReleaseStatus.SUCCEEDED, f"{found.id} is {found.status.value}: {found.message}"
            for step in found.steps.values():
                if step.status is not StepStatus.SUCCEEDED or step.id.role in (Role.HEALTH, Role.SOAK):
                    continue
                name = found.key(step).rpartition("/")[0]
                figures.steps += 1
                # A pull request is opened and merged: two effects of one step.
                wanted = 2 if product % 2 and step.id.role is Role.ACTION and step.id.environment == "prod" else 1
                times = done.count(name)
                figures.missing += [name] * (times < wanted)
                figures.doubled += [name] * (times > wanted)
    figures.overlaps += overlapping(
        [(str(row[0]), str(row[1])) for row in world.rows("SELECT product, release FROM effect ORDER BY number")]
    )


def overlapping(effects: list[tuple[str, str]]) -> list[str]:
    """Return the releases that did something after a later one of their product had begun."""
    current: dict[str, str] = {}
    over: set[str] = set()
    found = []
    for product, one in effects:
        if one in over:
            found.append(one)
        elif current.get(product, one) != one:
            over.add(current[product])
            current[product] = one
        else:
            current[product] = one
    return found
