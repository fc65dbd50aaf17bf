"""The real store of releases in a SQLite file, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from adapters.store.location import SqliteLocation
from adapters.store.store import open_store
from engine.execute.release import Event
from engine.execute.store import Claim
from tests.fakes.machine import Machine

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteReleases:
    """A `ReleaseStore` whose clock is a machine's, with the audit trail as the fakes give it."""

    def __init__(self, machine: Machine, path: Path) -> None:
        def microseconds() -> int:
            return (machine.clock.now() - _EPOCH) // timedelta(microseconds=1)

        self._store = open_store(SqliteLocation(path), clock=microseconds)
        self._loop = machine.loop
        self.lease = self._store.lease
        self.create = self._in_no_time(self._store.create)
        self.ask = self._in_no_time(self._store.ask)
        self.load = self._in_no_time(self._store.load)
        self.claim = self._in_no_time(self._claim)
        self.until_due = self._in_no_time(self._store.until_due)
        self.save = self._in_no_time(self._store.save)
        self.requests = self._in_no_time(self._store.requests)
        self.supersede = self._in_no_time(self._store.supersede)
        self.sleep = self._in_no_time(self._store.sleep)
        self._events = self._in_no_time(self._store.events)

    def _in_no_time(
        self, method: Callable[Arguments, Coroutine[Any, Any, Result]]
    ) -> Callable[Arguments, Coroutine[Any, Any, Result]]:
        """Let what the store's threads do take none of the virtual time."""

        async def called(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            with self._loop.standing_still():
                return await method(*args, **kwargs)

        return called

    async def _claim(self, owner: str, limit: int) -> tuple[Claim, ...]:
        """Claim what is due; what the store has kept of it is what its rows say."""
        claims = await self._store.claim(owner, limit)
        for claim in claims:
            assert claim.release == await self._store.load(claim.release.id)
        return claims

    async def trail(self, reference: str) -> Sequence[Event]:
        """Return the audit trail of a release."""
        return [recorded.event for recorded in await self._events(reference)]

    def close(self) -> None:
        """Close the file."""
        self._store.close_now()
