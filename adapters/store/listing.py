"""Lists releases and what is recorded about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from adapters.store.clock import from_micros, from_micros_or_none
from adapters.store.reading import find_row
from adapters.store.rows import event_of
from adapters.store.tables import EVENT, PLAN, RELEASE
from engine.execute.release import Event
from engine.execute.status import ReleaseStatus

MOST = 1000
"""How many rows one call returns at most."""


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """What a list says of a release, which is little, and read without its spec."""

    id: str
    product: str
    flow: str | None
    version: str | None
    commit: str
    status: ReleaseStatus
    initiator: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    message: str


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event, with its number: later ones of a release have larger numbers."""

    id: int
    event: Event


_LINE = select(
    RELEASE.c.id,
    RELEASE.c.product,
    RELEASE.c.flow,
    RELEASE.c.version,
    RELEASE.c.commit_sha,
    RELEASE.c.status,
    RELEASE.c.initiator,
    RELEASE.c.created_at,
    RELEASE.c.started_at,
    RELEASE.c.finished_at,
    RELEASE.c.message,
).order_by(RELEASE.c.number.desc())


def list_releases(
    connection: Connection,
    *,
    product: str | None = None,
    statuses: Collection[ReleaseStatus] = (),
    limit: int = 50,
    before: str | None = None,
) -> list[ReleaseLine]:
    """Return releases, the newest first.

    Args:
        connection: in a transaction.
        product: only of this one.
        statuses: only in these; empty for all.
        limit: how many, at most `MOST`.
        before: only those older than the release with this identifier, or beginning of one.

    Raises:
        UnknownReleaseError, AmbiguousReleaseError: when ``before`` is not one release.
    """
    query = _LINE.limit(min(limit, MOST))
    if product is not None:
        query = query.where(RELEASE.c.product == product)
    if statuses:
        query = query.where(RELEASE.c.status.in_([status.value for status in statuses]))
    if before is not None:
        query = query.where(RELEASE.c.number < find_row(connection, before).number)
    return [_line(row) for row in connection.execute(query)]


def _line(row: Any) -> ReleaseLine:
    return ReleaseLine(
        id=row.id,
        product=row.product,
        flow=row.flow,
        version=row.version,
        commit=row.commit_sha,
        status=ReleaseStatus(row.status),
        initiator=row.initiator,
        created_at=from_micros(row.created_at),
        started_at=from_micros_or_none(row.started_at),
        finished_at=from_micros_or_none(row.finished_at),
        message=row.message,
    )


def events_of(connection: Connection, reference: str, after: int = 0, limit: int = MOST) -> list[RecordedEvent]:
    """Return what happened to a release after an event, oldest first, at most `MOST` at once.

    Raises:
        UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
    """
    number = find_row(connection, reference).number
    query = select(EVENT).where(EVENT.c.release == number, EVENT.c.id > after).order_by(EVENT.c.id)
    return [RecordedEvent(row.id, event_of(row)) for row in connection.execute(query.limit(min(limit, MOST)))]


def plan_of(connection: Connection, reference: str) -> str:
    """Return the plan a release was made from, as JSON.

    Raises:
        UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
    """
    number = find_row(connection, reference).number
    return str(connection.execute(select(PLAN.c.data).where(PLAN.c.release == number)).scalar_one())
