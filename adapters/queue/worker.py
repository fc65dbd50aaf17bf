"""The loop of a worker.

It claims what is due, has each release moved on by a task of its own, renews the leases of all of them together, and
cancels whatever it cannot be sure to hold. An outage of the store ends no loop: nothing is begun meanwhile, and what
runs is cancelled before somebody else can have it. Source: execution, several machines.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from adapters.queue.held import Held
from engine.execute.store import Claim, FencedError, StoreUnavailableError

_log = logging.getLogger("promo.queue")

RENEWALS = 4
"""How often a lease is renewed while it holds."""

LONGEST_BACKOFF = 2.0
"""Seconds between two tries to reach a store that is away."""

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds until a release is looked at again whose pass broke by a fault of this program."""


_SHORTEST_WAIT = 0.1
"""Seconds: what becomes due within this time by itself is claimed together. Events do not wait for it."""

_GATHERING = 0.005
"""Seconds in which passes that end at nearly the same time are taken together: one question for all of them."""


class WorkerStore(Protocol):
    """What a worker needs of a store; `adapters.store.store.ReleaseStore` has it."""

    lease: float

    async def begin_work(self) -> None:
        """Become a worker of the store."""

    async def claim(self, owner: str, limit: int) -> Sequence[Claim]:
        """Take releases that are due."""

    async def renew(self, held: Sequence[Claim]) -> Sequence[Claim]:
        """Extend leases and return the claims that are still held."""

    async def sleep(self, claim: Claim, seconds: float | None) -> None:
        """Give a claim back."""

    async def until_due(self) -> float | None:
        """Return in how many seconds the next release is due."""

    async def wait_for_wake(self, timeout: float) -> bool:
        """Wait until something may have become due."""


class Worker:
    """Moves releases on until it is told to stop."""

    def __init__(
        self,
        store: WorkerStore,
        reconcile: Callable[[Claim], Awaitable[None]],
        owner: str,
        *,
        slots: int = 64,
        poll: float = 1.0,
        longest_pass: float = 300.0,
        grace: float = 10.0,
    ) -> None:
        """Prepare a worker.

        Args:
            store: where the releases are.
            reconcile: moves a release on and gives its claim back; cancelled when the claim cannot be relied on.
            owner: in whose name; see `adapters.queue.owner.new_owner`.
            slots: how many releases are moved on at once.
            poll: seconds after which it looks for due releases at the latest.
            longest_pass: seconds a pass may take; then it is cancelled and the release looked at anew. More than one
                call of a port may take, or a slow call would never come to its end.
            grace: seconds that passes have to end by themselves when the worker stops.
        """
        self._store = store
        self._reconcile = reconcile
        self._owner = owner
        self._slots = slots
        self._poll = poll
        self._longest_pass = longest_pass
        self._grace = grace
        self._held: dict[str, Held] = {}
        self._faults: dict[str, int] = {}
        self._failures = 0
        self._ended = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set; then let passes end, and give back what is left.

        Raises:
            adapters.store.errors.WorkerLockedError: when another process is the worker of this store.
            adapters.store.errors.StoreError: when the store turns out to be unusable.
        """
        await self._store.begin_work()
        stopping = asyncio.create_task(stop.wait())
        renewing = asyncio.create_task(self._renew_for_ever())
        try:
            while not stop.is_set():
                full = await self._claim()
                await self._wait((stopping, renewing), full)
                if renewing.done():
                    renewing.result()
        finally:
            stopping.cancel()
            await self._end_passes()
            await _cancelled(renewing)

    # --- claiming

    async def _claim(self) -> bool:
        """Take what is due and begin with it; return whether every slot is taken."""
        free = self._slots - len(self._held)
        if free <= 0:
            return True
        asked_at = asyncio.get_running_loop().time()
        try:
            claims = await self._store.claim(self._owner, free)
        except StoreUnavailableError as away:
            await self._back_off(away)
            return False
        self._reached()
        for claim in claims:
            self._begin(claim, asked_at)
        return len(claims) >= free

    def _begin(self, claim: Claim, asked_at: float) -> None:
        earlier = self._held.get(claim.release.id)
        if earlier is not None:
            # It gave its claim back and has not noticed yet that this is done, or its lease ran out while it was being
            # cancelled. Two passes over one release must not run at once: this claim is given back when the pass ends.
            self._give_up(earlier, "its release was taken again", logging.INFO)
            earlier.newer = claim
            return
        held = Held(claim, self._expire)
        held.extend(asked_at, self._store.lease)
        self._held[claim.release.id] = held
        held.task = asyncio.create_task(self._pass(held), name=f"pass {claim.release.id}")

    async def _wait(self, others: Sequence[asyncio.Task[Any]], full: bool) -> None:
        """Wait for one of the tasks, for a slot if every one is taken, and else for something that is due."""
        if full:
            await asyncio.wait([*others, *self._tasks()], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(_GATHERING)
            return
        woken = asyncio.create_task(self._store.wait_for_wake(self._poll))
        try:
            # A pass that ended may have put its release to sleep for less than this waits.
            self._ended.set()
            while self._ended.is_set():
                self._ended.clear()
                timeout = await self._until_due()
                ended = asyncio.create_task(self._ended.wait())
                done, _ = await asyncio.wait(
                    [woken, ended, *others], timeout=timeout, return_when=asyncio.FIRST_COMPLETED
                )
                await _cancelled(ended)
                if done != {ended}:
                    return
                await asyncio.sleep(_GATHERING)
        finally:
            await _cancelled(woken)

    async def _until_due(self) -> float:
        try:
            due = await self._store.until_due()
        except StoreUnavailableError:
            return min(self._poll, LONGEST_BACKOFF)
        # What is due now and was not claimed is being claimed by somebody else.
        return self._poll if due is None else min(self._poll, max(due, _SHORTEST_WAIT))

    # --- a pass

    async def _pass(self, held: Held) -> None:
        try:
            await self._move_on(held)
        finally:
            del self._held[held.claim.release.id]
            self._ended.set()

    async def _move_on(self, held: Held) -> None:
        """Move a release on, and give back what was claimed of it meanwhile, to be taken again at once."""
        claim = held.claim
        try:
            async with asyncio.timeout(self._longest_pass):
                await self._reconcile(claim)
            self._faults.pop(claim.release.id, None)
        except FencedError:
            _log.info("the release %s was taken over by another worker", claim.release.id)
        except StoreUnavailableError as away:
            _log.warning("a pass over the release %s ended: %s", claim.release.id, away)
        except TimeoutError:
            _log.warning("a pass over the release %s took more than %.0f s", claim.release.id, self._longest_pass)
            await self._hand_back(claim, 0.0)
        except asyncio.CancelledError:
            if not held.lost:
                await self._hand_back(claim, 0.0)
        except Exception:
            _log.exception("a pass over the release %s broke; this is a fault of promo", claim.release.id)
            await self._hand_back(claim, self._pause(claim))
        finally:
            held.forget()
            while held.newer is not None:
                newer, held.newer = held.newer, None
                await self._hand_back(newer, 0.0)

    def _pause(self, claim: Claim) -> float:
        faults = self._faults.get(claim.release.id, 0)
        self._faults[claim.release.id] = faults + 1
        return min(FIRST_PAUSE * 2.0 ** min(faults, 16), LONGEST_PAUSE)

    async def _hand_back(self, claim: Claim, pause: float) -> None:
        """Give a claim back; where that fails, its lease runs out."""
        try:
            await self._store.sleep(claim, pause)
        except StoreUnavailableError as away:
            _log.warning("the release %s is free once its lease has run out: %s", claim.release.id, away)

    # --- leases

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._store.lease / RENEWALS)
            held = [one for one in self._held.values() if not one.lost]
            if not held:
                continue
            asked_at = asyncio.get_running_loop().time()
            try:
                kept = await self._store.renew([one.claim for one in held])
            except StoreUnavailableError as away:
                # The timers of the claims cancel what cannot be relied on any more.
                _log.warning("leases could not be renewed: %s", away)
                continue
            still = {(claim.release.id, claim.epoch) for claim in kept}
            for one in held:
                if (one.claim.release.id, one.claim.epoch) not in still:
                    # Most often it was given back just now, and the pass is about to end by itself.
                    self._give_up(one, "it was given back, or somebody else has it", logging.INFO)
                elif not one.lost and self._held.get(one.claim.release.id) is one:
                    one.extend(asked_at, self._store.lease)

    def _expire(self, held: Held) -> None:
        self._give_up(held, "its lease could not be renewed in time")

    def _give_up(self, held: Held, why: str, level: int = logging.WARNING) -> None:
        if held.lost or held.task is None or held.task.done():
            return
        _log.log(level, "a pass over the release %s is given up: %s", held.claim.release.id, why)
        held.lost = True
        held.task.cancel()

    # --- outages and the end

    async def _back_off(self, away: StoreUnavailableError) -> None:
        if self._failures == 0:
            _log.warning("waiting for the store: %s", away)
        self._failures += 1
        longest = min(0.1 * 2.0 ** min(self._failures, 8), LONGEST_BACKOFF)
        await asyncio.sleep(longest * random.uniform(0.5, 1.0))

    def _reached(self) -> None:
        if self._failures:
            _log.warning("the store is back")
            self._failures = 0

    async def _end_passes(self) -> None:
        tasks = self._tasks()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=self._grace)
            for task in left:
                task.cancel()
            if left:
                _, stuck = await asyncio.wait(left, timeout=self._grace + 1)
                for task in stuck:
                    _log.error("the %s does not end; what it writes later is refused", task.get_name())

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [held.task for held in self._held.values() if held.task is not None]


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, StoreUnavailableError):
        await task
