"""Requests: what people ask of a release that somebody else holds."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from adapters.store.product_lock import wake
from adapters.store.reading import find_row
from adapters.store.rows import request_of, request_row
from adapters.store.saving import add_events
from adapters.store.tables import RELEASE, REQUEST
from engine.execute.release import Event
from engine.execute.store import Claim, FencedError, Request

_ASK = insert(REQUEST).returning(REQUEST.c.id)
_ASKED = select(REQUEST.c.id).where(REQUEST.c.token == bindparam("token"))
_OPEN = (
    select(REQUEST)
    .join(RELEASE, RELEASE.c.number == REQUEST.c.release)
    .where(RELEASE.c.id == bindparam("of"))
    .order_by(REQUEST.c.id)
)
_HELD = select(RELEASE.c.number).where(
    RELEASE.c.id == bindparam("of"), RELEASE.c.epoch == bindparam("under"), RELEASE.c.owner == bindparam("by")
)


def ask(connection: Connection, reference: str, request: Request, token: str) -> int:
    """Leave a request for whoever holds a release, record that it was asked, and make the release due.

    Args:
        connection: in a transaction that writes.
        reference: the release's identifier, or its beginning.
        request: what is asked.
        token: the same when the same request is left again because nobody knows whether it was committed.

    Returns:
        The request's number.

    Raises:
        UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
    """
    row = find_row(connection, reference)
    left = connection.execute(_ASKED, {"token": token}).scalar()
    return left if left is not None else leave(connection, row.number, request, token)


def leave(connection: Connection, number: int, request: Request, token: str) -> int:
    """Write a request, its event, and wake the release."""
    identifier = connection.execute(_ASK, request_row(number, token, request)).scalar_one()
    kind = f"asked.{request.wish.value}"
    event = Event(request.at, request.actor, kind, request.environment, message=request.reason)
    add_events(connection, number, [event])
    wake(connection, number)
    return int(identifier)


def open_requests(connection: Connection, claim: Claim) -> tuple[Request, ...]:
    """Return what is asked of a claimed release and not taken up, oldest first."""
    return tuple(request_of(row) for row in connection.execute(_OPEN, {"of": claim.release.id}))


def held_number(connection: Connection, claim: Claim, *, lock: bool = False) -> int:
    """Return the number of a claimed release.

    Args:
        connection: in a transaction.
        claim: which.
        lock: whether nobody else may take the release until the transaction ends.

    Raises:
        FencedError: when the claim is not valid any more.
    """
    statement = _HELD.with_for_update() if lock else _HELD
    number = connection.execute(statement, {"of": claim.release.id, "under": claim.epoch, "by": claim.owner}).scalar()
    if number is None:
        raise FencedError(f"the release `{claim.release.id}` was claimed by somebody else")
    return int(number)
