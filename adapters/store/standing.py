"""How many releases stand where, for who watches a store."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from adapters.store.clock import database_now
from adapters.store.tables import RELEASE

_UNFINISHED = ("queued", "running", "suspended", "terminating")
_COUNTS = select(RELEASE.c.status, func.count()).where(RELEASE.c.status.in_(_UNFINISHED)).group_by(RELEASE.c.status)
_DUE = select(func.count()).where(
    RELEASE.c.next_due <= database_now(), or_(RELEASE.c.lease_until.is_(None), RELEASE.c.lease_until <= database_now())
)


@dataclass(frozen=True, slots=True)
class StoreStanding:
    """How many releases stand where.

    Attributes:
        by_status: those that are not over, by status; every such status is there.
        due: those that could be moved on now and that nobody has taken.
    """

    by_status: dict[str, int]
    due: int


def standing(connection: Connection) -> StoreStanding:
    """Count releases. Cost: grows with the releases of the store that are not over."""
    counts = dict.fromkeys(_UNFINISHED, 0)
    for status, count in connection.execute(_COUNTS):
        counts[status] = count
    return StoreStanding(counts, int(connection.execute(_DUE).scalar_one()))
