"""A release moved on by the holder of its claim, until there is nothing to do but wait.

Every state is saved before an effect is asked for, and every answer before the next: a crash at any instant leaves a
state from which the same calls follow, with the same keys. Source: execution, shape.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.execute.advance import Advanced, admit, advance
from engine.execute.commands import take_up
from engine.execute.effects import Effect, ReportEffect, Result
from engine.execute.performing import perform
from engine.execute.ports import Ports
from engine.execute.record import record
from engine.execute.release import Event, Release, StepId
from engine.execute.rules import Rules
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim, ClaimedReleases, ProductBusyError, Rest

QUEUE_LOOK = timedelta(seconds=60)
"""How often a queued release asks whether it is its turn, besides being woken."""

LONGEST_SLEEP = timedelta(minutes=10)
"""How long a release sleeps at most over a moment that is known: the clock that told it may have been wrong."""

_Asked = asyncio.Task[Result]


async def reconcile(claim: Claim, store: ClaimedReleases, ports: Ports, rules: Rules) -> None:
    """Move a release on as far as it goes, and give its claim back with the moment it is due again.

    Raises:
        FencedError: when the claim was taken over; nothing was written since, and nobody is called any more.
        StoreUnavailableError: when the store cannot be reached; the release is as it was last saved.
    """
    await _Pass(claim, store, ports, rules).run()


@dataclass(slots=True)
class _Pass:
    """One pass over a release.

    Attributes:
        release: as it stands.
        saved: as it is in the store.
        events: what is not in the store yet.
        taken: requests that were taken up and are not in the store as such yet.
        asked: effects that are being made.
    """

    claim: Claim
    store: ClaimedReleases
    ports: Ports
    rules: Rules
    release: Release = field(init=False)
    saved: Release = field(init=False)
    events: list[Event] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    asked: dict[_Asked, Effect] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what was claimed."""
        self.release = self.saved = self.claim.release

    async def run(self) -> None:
        """Move the release on until there is nothing to do but wait."""
        try:
            if self.claim.asked:
                await self._take_up()
            if self.release.status is ReleaseStatus.QUEUED:
                await self._admit()
            await self._work()
        finally:
            await _cancel(self.asked)

    async def _take_up(self) -> None:
        """Do what is asked of the release."""
        for request in await self.store.requests(self.claim):
            self._have(*take_up(self.release, request, self._now(), self.rules))
            self.taken.append(request.id)

    async def _admit(self) -> None:
        """Begin a queued release if it is its turn."""
        await self._save()
        release, events = admit(self.release, self._now(), self.rules)
        try:
            await self.store.save(self.claim, self.release, release, events, ())
        except ProductBusyError:
            return
        self.release = self.saved = release

    async def _work(self) -> None:
        while True:
            advanced = self._advance()
            if not advanced.effects and not self.asked:
                await self._rest(Rest(self._pause(advanced)))
                return
            await self._save()
            for effect in advanced.effects:
                self.asked[asyncio.create_task(perform(effect, self.claim, self.store, self.ports))] = effect
            await self._answers(advanced.wake)

    def _advance(self) -> Advanced:
        asked = self.asked.values()
        busy = frozenset(step for effect in asked if (step := _step_of(effect)) is not None)
        reporting = any(isinstance(effect, ReportEffect) for effect in asked)
        advanced = advance(self.release, self._now(), self.rules, busy, reporting=reporting)
        self._have(advanced.release, advanced.events)
        return advanced

    def _pause(self, advanced: Advanced) -> float | None:
        """Return in how many seconds the release is due again by itself; one that is queued asks for its turn."""
        looks = [advanced.wake - advanced.now, LONGEST_SLEEP] if advanced.wake else []
        if self.release.status is ReleaseStatus.QUEUED:
            looks.append(QUEUE_LOOK)
        return max(min(looks).total_seconds(), 0.0) if looks else None

    async def _answers(self, wake: datetime | None) -> None:
        """Wait for an answer, or for the moment something changes by itself, and record what has come."""
        timeout = max((wake - self._now()).total_seconds(), 0.05) if wake else None
        done, _ = await asyncio.wait(self.asked, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in [task for task in self.asked if task in done]:
            effect = self.asked.pop(task)
            self._have(*record(self.release, effect, task.result(), self._now(), self.rules))

    async def _save(self) -> None:
        if self._is_saved():
            return
        await self.store.save(self.claim, self.saved, self.release, self.events, self.taken)
        self.saved, self.events, self.taken = self.release, [], []

    async def _rest(self, rest: Rest) -> None:
        """Give the claim back; with what is not saved yet, in one transaction."""
        if self._is_saved():
            await self.store.sleep(self.claim, rest.seconds)
        else:
            await self.store.save(self.claim, self.saved, self.release, self.events, self.taken, rest)

    def _is_saved(self) -> bool:
        return self.release == self.saved and not self.events and not self.taken

    def _have(self, release: Release, events: Iterable[Event]) -> None:
        self.release = release
        self.events += events

    def _now(self) -> datetime:
        return self.ports.clock.now()


def _step_of(effect: Effect) -> StepId | None:
    return None if isinstance(effect, ReportEffect) else effect.step


async def _cancel(asked: Iterable[_Asked]) -> None:
    """End the calls that are under way; their effects, if they have any, are found again by their keys."""
    tasks = list(asked)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
