"""A release over real adapters, moved on by the real reconciler, in time that passes as quickly as servers answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.execute.ports import Ports
from engine.execute.reconciler import reconcile
from engine.execute.release import Release, new_release
from engine.execute.rules import Rules
from engine.execute.spec import ReleaseSpec
from engine.execute.status import StepStatus
from engine.execute.store import Request, Wish
from tests.fakes.argocd_server import MovableClock
from tests.fakes.faults import Journal
from tests.fakes.releases import MemoryReleases

LONGEST_PASS = 30.0
"""Seconds after which a pass over a release counts as hanging; calls have a deadline of less than a second here."""

MOST_PASSES = 200


@dataclass
class World:
    """What one release runs in.

    Attributes:
        clock: the time of the release and of the servers.
        ports: what the release acts through.
        spec: what it is to do.
        pass_time: lets so many seconds pass, and the servers work.
        effects: says what was made at the servers, by a name, and how often.
        after: what others do after a pass, perhaps.
        terminated_after: the pass after which somebody terminates the release; 0 for none.
        reports: whether the release shows its state on its commit.
    """

    clock: MovableClock
    ports: Ports
    spec: ReleaseSpec
    effects: Callable[[], Counter[str]]
    pass_time: Callable[[float], None]
    after: Callable[[], None] = lambda: None
    terminated_after: int = 0
    reports: bool = False


@dataclass(frozen=True)
class Ended:
    """How a release ended.

    Attributes:
        status: of the release.
        steps: how its steps ended, by name.
        reasons: of the steps that ended in an error, which are the adapters' own words.
        waits: why it had to wait, as the audit trail has it.
        effects: what was made at the servers.
        passes: how often it was looked at.
    """

    status: str
    steps: dict[str, str]
    reasons: tuple[str, ...]
    waits: tuple[str, ...]
    effects: Counter[str]
    passes: int


Run = Callable[[], Ended]
"""Runs something to its end."""


def run(world: World) -> Ended:
    """Run a release to its end.

    Raises:
        AssertionError: when it does not come to one.
    """
    return asyncio.run(_run(world))


async def _run(world: World) -> Ended:
    store = MemoryReleases(world.clock, Journal())
    made = new_release(world.spec, "rel-1", "ada@example.com", world.clock.now())
    await store.create(made, "{}")
    rules = Rules(ZoneInfo, reports=world.reports)
    for number in range(1, MOST_PASSES):
        due = await store.until_due()
        if due is None:
            return _ended(await store.load("rel-1"), store, world, number)
        if due > 0:
            world.pass_time(due)
        for claim in await store.claim("worker", 1):
            async with asyncio.timeout(LONGEST_PASS):
                await reconcile(claim, store, world.ports, rules)
        world.after()
        if number == world.terminated_after:
            wish = Request(0, Wish.TERMINATE, "ada@example.com", world.clock.now(), reason="changed my mind")
            await store.ask("rel-1", wish)
    raise AssertionError(f"the release does not end: {await store.load('rel-1')}")


def _ended(release: Release, store: MemoryReleases, world: World, passes: int) -> Ended:
    steps = release.steps.values()
    return Ended(
        release.status.value,
        {f"{step.id.environment} {step.id.role.value}": step.status.value for step in steps},
        tuple(step.message for step in steps if step.status is StepStatus.ERROR),
        tuple(event.message for event in store.rows[release.id].events if event.kind == "step.retrying"),
        world.effects(),
        passes,
    )


def seconds(clock: MovableClock, passed: float) -> None:
    """Let a clock go on."""
    clock.moment += timedelta(seconds=passed)
