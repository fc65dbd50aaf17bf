"""Kills and freezes workers at random instants until every release is over, and counts what was done."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.store.location import locate
from adapters.store.store import ReleaseStore, open_store
from engine.execute.release import Release, Role
from engine.execute.status import ReleaseStatus, StepStatus
from engine.model.values import Action
from tests.kill.world import World
from tests.support.releases import release

ROOT = Path(__file__).parents[2]
FREEZE = (1.0, 5.0)
"""Seconds a worker is frozen, which may be longer than a lease."""


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
        takeovers: seconds until somebody else had a release of a worker that was killed.
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
        blind: whether workers die after a commit and then do not look whether it was made, to see that this is noticed.
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
    blind: bool = False
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
        crowd = Crowd(trial, figures)
        try:
            await torment(store, trial, crowd, figures, began)
        finally:
            crowd.end()
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
    """The workers: started again when they die, whoever killed them."""

    def __init__(self, trial: Trial, figures: Figures) -> None:
        self._trial = trial
        self._figures = figures
        self._random = random.Random(trial.seed)
        self._started = 0
        self._frozen: dict[subprocess.Popen[bytes], float] = {}
        self._log = (trial.folder / "workers.log").open("ab")
        self.alive = [self._start() for _ in range(trial.workers)]

    def _start(self) -> subprocess.Popen[bytes]:
        self._started += 1
        return subprocess.Popen(
            [
                *(sys.executable, "-m", self._trial.program, self._trial.store, self.world, str(self._started)),
                *(["blind"] if self._trial.blind else []),
            ],
            cwd=ROOT,
            stderr=self._log,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    @property
    def world(self) -> str:
        return str(self._trial.folder / self._trial.world)

    def look_after(self) -> None:
        """Start anew who has died, and thaw who was frozen long enough."""
        for index, worker in enumerate(self.alive):
            if worker.poll() is not None:
                assert worker.returncode == -signal.SIGKILL, f"a worker ended by itself with {worker.returncode}"
                self._figures.suicides += 1
                self._frozen.pop(worker, None)
                self.alive[index] = self._start()
        for worker, until in list(self._frozen.items()):
            if time.monotonic() >= until:
                worker.send_signal(signal.SIGCONT)
                del self._frozen[worker]

    def kill(self) -> int:
        """Kill one of them at this instant, start another, and return the process that was."""
        index = self._random.randrange(len(self.alive))
        victim = self.alive[index]
        victim.kill()
        victim.wait()
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
        for worker in self.alive:
            worker.kill()
            worker.wait()
        self._log.close()


async def torment(store: ReleaseStore, trial: Trial, crowd: Crowd, figures: Figures, began: float) -> None:
    """Kill and freeze until all kills are spent, then let every release come to its end."""
    chance = random.Random(trial.seed + 1)
    watched: dict[str, tuple[int, float]] = {}
    next_deed = time.monotonic() + 1.5
    while True:
        assert time.monotonic() - began < trial.longest, f"not over after {trial.longest} s: {figures}"
        crowd.look_after()
        now = time.monotonic()
        await _note_takeovers(store, watched, figures)
        if now >= next_deed and figures.kills < trial.kills:
            if trial.workers > 1 and chance.random() < 0.2:
                crowd.freeze()
            else:
                held = await _held(store)
                dead = crowd.kill()
                figures.kills += 1
                watched |= {one: (dead, now) for one, owner in held.items() if f":{dead}:" in owner}
            next_deed = now + chance.uniform(*trial.pause)
        if figures.kills >= trial.kills and not await _unfinished(store):
            return
        await asyncio.sleep(0.05)


async def _held(store: ReleaseStore) -> dict[str, str]:
    """Return who holds which release."""
    return await store.holders()


async def _note_takeovers(store: ReleaseStore, watched: dict[str, tuple[int, float]], figures: Figures) -> None:
    """See whether releases of dead workers have somebody else, or are over."""
    if not watched:
        return
    held = await _held(store)
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
