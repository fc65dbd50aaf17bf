"""SQLite is written statement by statement and PostgreSQL in one: both have to end up with the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.store.location import PostgresLocation, SqliteLocation
from adapters.store.store import ReleaseStore, open_store
from engine.execute.release import Approval, Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import Claim, Request, Rest, Wish
from engine.model.entities import Concurrency
from tests.support.postgres import PostgresCluster
from tests.support.releases import START, event, release, with_environment, with_step
from tests.support.stores import OWNER, run

NAMES = ("a", "b", "c", "d", "e")
NUMBERS = count()
texts = st.text(st.characters(exclude_categories=()), max_size=8)


@dataclass(frozen=True)
class Change:
    """What a save changes."""

    status: ReleaseStatus
    message: str
    steps: tuple[tuple[int, StepStatus, int, str], ...]
    environment: EnvironmentStatus | None
    approves: bool

    def of(self, before: Release) -> Release:
        after = replace(
            before, status=self.status, message=self.message, context={**before.context, "of": self.message}
        )
        for place, status, tries, text in self.steps:
            step = list(after.steps)[place % len(after.steps)]
            look_at = START + timedelta(seconds=place)
            after = with_step(after, step, status, tries=tries, look_at=look_at, outputs={"of": text})
        if self.environment is not None:
            after = with_environment(after, "qa", self.environment)
        if self.approves:
            after = replace(after, approvals=(*after.approvals, Approval("qa", self.message, ("sre",), START)))
        return after


statuses = st.sampled_from((StepStatus.RUNNING, StepStatus.RUNNING, StepStatus.SUCCEEDED))
changes = st.builds(
    Change,
    st.sampled_from(ReleaseStatus),
    texts,
    st.lists(st.tuples(st.integers(0, 3), statuses, st.integers(0, 1), texts), min_size=1, max_size=3).map(tuple),
    st.none() | st.sampled_from(EnvironmentStatus),
    st.booleans(),
)
names = st.sampled_from(NAMES)
rests = st.sampled_from((None, None, Rest(0.0), Rest(None)))
moves = st.lists(
    st.one_of(
        st.just(("claim",)),
        st.tuples(st.just("save"), names, changes, rests, st.booleans(), st.booleans()),
        st.tuples(st.just("ask"), names),
        st.tuples(st.just("sleep"), names),
    ),
    max_size=14,
)


class Side:
    """One store, and what was claimed there."""

    def __init__(self, store: ReleaseStore, prefix: str) -> None:
        self.store = store
        self.prefix = prefix
        self.claims: dict[str, Claim] = {}
        self.now: dict[str, Release] = {}

    async def create(self) -> None:
        for name in NAMES:
            how = Concurrency.TERMINATE if name in "de" else Concurrency.QUEUE
            product = f"{self.prefix}{'x' if name in 'ab' else 'y' if name == 'c' else 'z'}"
            await self.store.create(release(self.prefix + name, product, how), "{}")

    async def do(self, kind: str, *details: Any) -> object:
        """Do one thing and return what can be seen of it."""
        try:
            return await getattr(self, f"_{kind}")(*details)
        except Exception as failure:
            return type(failure)

    async def _claim(self) -> object:
        found = {claim.release.id[-1]: claim for claim in await self.store.claim(OWNER, 100)}
        for name, claim in found.items():
            assert claim.release == await self.store.load(claim.release.id)
            self.claims[name], self.now[name] = claim, claim.release
        return {name: (claim.epoch, claim.wake, claim.asked) for name, claim in sorted(found.items())}

    async def _save(self, name: str, change: Change, rest: Rest | None, asked: bool, twice: bool) -> None:
        claim, before = self.claims[name], self.now[name]
        after = change.of(before)
        if asked:
            await self._ask(name)
        taken = [request.id for request in await self.store.requests(claim)] if change.approves else []
        for _ in range(2 if twice else 1):
            await self.store.save(claim, before, after, [event("one", change.message), event("two")], taken, rest)
        self.now[name] = after

    async def _ask(self, name: str) -> None:
        await self.store.ask(self.prefix + name, Request(0, Wish.APPROVE, "bob", START, "qa"))

    async def _sleep(self, name: str) -> None:
        await self.store.sleep(self.claims[name], None)

    async def seen(self) -> list[object]:
        """Return everything that can be seen of the releases."""
        found: list[object] = []
        for name in NAMES:
            loaded = await self.store.load(self.prefix + name)
            events = [one.event for one in await self.store.events(self.prefix + name)]
            resting = await self.store.is_resting(self.prefix + name)
            asked = [request.actor for request in await self.store.requests(self.claims[name])]
            found.append((self._plain(loaded), events, resting, asked))
        held = sorted(name for name in await self.store.holders() if name.startswith(self.prefix))
        return [*found, held]

    def _plain(self, loaded: Release) -> Release:
        return replace(loaded, spec=replace(loaded.spec, product=loaded.spec.product.removeprefix(self.prefix)))


@pytest.fixture(scope="module")
def pair(cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[ReleaseStore]]:
    """A store of each kind, for all examples."""
    folder: Path = tmp_path_factory.mktemp("both")
    stores: list[ReleaseStore] = []

    async def begin() -> None:
        stores.append(open_store(SqliteLocation(folder / "releases.db"), lease=600))
        stores.append(open_store(PostgresLocation(cluster.new_store()), lease=600))

    run(begin())
    yield stores
    for store in stores:
        store.close_now()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=moves)
def test_the_same_moves_lead_to_the_same(pair: Sequence[ReleaseStore], moves: list[tuple[Any, ...]]) -> None:
    async def work() -> None:
        prefix = f"{next(NUMBERS)}-"
        sides = [Side(store, prefix) for store in pair]
        for side in sides:
            await side.create()
        for move in [("claim",), *moves]:
            first, second = [await side.do(*move) for side in sides]
            assert first == second
        first, second = [await side.seen() for side in sides]
        assert first == second
        # Whatever is left is put to rest, so that no other example claims it.
        for side in sides:
            await side.do("claim")
            await asyncio.gather(*(side.store.sleep(claim, None) for claim in side.claims.values()))

    run(work())
