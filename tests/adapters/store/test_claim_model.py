"""Claiming, sleeping and waking in any order, compared with a model that is too simple to be wrong."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.store import asking, claims, creating
from adapters.store.location import SqliteLocation
from adapters.store.store import ReleaseStore, open_store
from engine.execute.store import Claim, Request, Wish
from tests.support.releases import START, release

OWNERS = ("ann", "bob")
SECOND = 1_000_000


@dataclass
class Modelled:
    """What is known of a release: when it is due, and who holds it until when."""

    due: int | None
    owner: str | None = None
    lease_until: int = 0
    epoch: int = 0
    wake: int = 0


class Claiming(RuleBasedStateMachine):
    """A store and the model beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.now = 1_000 * SECOND
        self.store: ReleaseStore = open_store(
            SqliteLocation(Path(self._folder.name) / "releases.db"), clock=lambda: self.now
        )
        with self.store._database.writing.begin() as connection:
            # Nothing here is to survive a power cut.
            connection.connection.driver_connection.execute("COMMIT")  # type: ignore[union-attr]
            connection.connection.driver_connection.execute("PRAGMA synchronous = OFF")  # type: ignore[union-attr]
            connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
        self.known: dict[str, Modelled] = {}
        self.given: list[Claim] = []

    def teardown(self) -> None:
        self.store.close_now()
        self._folder.cleanup()

    @precondition(lambda self: len(self.known) < 4)
    @rule()
    def create(self) -> None:
        name = f"r{len(self.known)}"
        made = release(name, name)
        self.store._transactions.write(lambda it: creating.create(it, made, "{}", self.store._specs))
        self.known[name] = Modelled(self.now)

    @rule(seconds=st.integers(0, 4))
    def time_goes_by(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(owner=st.sampled_from(OWNERS), most=st.integers(1, 3))
    def claim(self, owner: str, most: int) -> None:
        free = [
            (found.due, name)
            for name, found in self.known.items()
            if found.due is not None and found.due <= self.now and found.lease_until <= self.now
        ]
        expected = [name for _, name in sorted(free)][:most]
        got = self.store._transactions.write(
            lambda it: claims.claim_due(it, owner, most, self.store._specs, self.store._kept)
        )
        assert sorted(claim.release.id for claim in got) == sorted(expected) or self._equally_due(free, got, most)
        for claim in got:
            found = self.known[claim.release.id]
            found.owner, found.lease_until, found.epoch = owner, self.now + claims.LEASE, found.epoch + 1
            assert (claim.epoch, claim.wake, claim.owner) == (found.epoch, found.wake, owner)
            self.given.append(claim)

    def _equally_due(self, free: list[tuple[int, str]], got: list[Claim], most: int) -> bool:
        """Whether releases that were due at the same moment were taken in another order."""
        dues = sorted(due for due, _ in free)[:most]
        return sorted(dict((name, due) for due, name in free)[claim.release.id] for claim in got) == dues

    def _is_valid(self, claim: Claim) -> bool:
        found = self.known[claim.release.id]
        return (found.owner, found.epoch) == (claim.owner, claim.epoch)

    @precondition(lambda self: self.given)
    @rule(data=st.data(), seconds=st.none() | st.integers(0, 5))
    def sleep(self, data: st.DataObject, seconds: int | None) -> None:
        claim = data.draw(st.sampled_from(self.given))
        due_at_once = self.store._transactions.write(lambda it: claims.sleep(it, claim, seconds))
        if not self._is_valid(claim):
            assert not due_at_once
            return
        found = self.known[claim.release.id]
        missed = found.wake != claim.wake
        assert due_at_once == missed
        found.owner, found.lease_until = None, 0
        found.due = self.now if missed else None if seconds is None else self.now + seconds * SECOND

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        owner = data.draw(st.sampled_from(OWNERS))
        mine = [claim for claim in self.given if claim.owner == owner]
        held = self.store._transactions.write(lambda it: claims.renew(it, owner, mine))
        assert list(held) == [claim for claim in mine if self._is_valid(claim)]
        for claim in mine:
            if self.known[claim.release.id].owner == owner:
                self.known[claim.release.id].lease_until = self.now + claims.LEASE

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.known)))
        request = Request(0, Wish.APPROVE, "cleo", START)
        token = str(len(self.given)) + str(data.draw(st.uuids()))
        self.store._transactions.write(lambda it: asking.ask(it, name, request, token))
        self.known[name].wake += 1
        self.known[name].due = self.now

    @invariant()
    def the_store_knows_when_the_next_is_due(self) -> None:
        waiting = [found.due for found in self.known.values() if found.owner is None and found.due is not None]
        expected = max(0.0, (min(waiting) - self.now) / SECOND) if waiting else None
        assert self.store._transactions.read(claims.until_due) == expected


TestClaiming = Claiming.TestCase
TestClaiming.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
