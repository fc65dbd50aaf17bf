"""Claims: who may change a release, until when.

A claim is one statement that takes what is due and free. A holder is guarded by the epoch, which grows with every
claim, and loses the release when it does not renew the lease in time. Source: execution, several machines.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Row, bindparam, case, func, or_, select, update

from adapters.store.clock import database_now
from adapters.store.errors import StoreFormatError
from adapters.store.kept import Kept
from adapters.store.reading import Specs, find_row, releases_of
from adapters.store.tables import RELEASE, REQUEST, STEP
from engine.execute.release import Release
from engine.execute.store import Claim

LEASE = 3_000_000
"""How long a claim holds without being renewed, in microseconds. Source: execution, several machines."""

UNREADABLE_PAUSE = 300_000_000
"""Microseconds until a release is looked at again whose rows cannot be read."""

_log = logging.getLogger("promo.store")

_FREE = or_(RELEASE.c.lease_until.is_(None), RELEASE.c.lease_until <= database_now())
_DUE = (
    select(RELEASE.c.number)
    .where(RELEASE.c.next_due <= database_now(), _FREE)
    .order_by(RELEASE.c.next_due)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(RELEASE)
    .where(RELEASE.c.number.in_(select(_DUE.c.number)))
    .values(owner=bindparam("by"), lease_until=database_now() + bindparam("lease"), epoch=RELEASE.c.epoch + 1)
    .returning(
        *(RELEASE.c[name] for name in ("number", "id", "epoch", "wake", "last_save", "next_due")),
        select(REQUEST.c.id).where(REQUEST.c.release == RELEASE.c.number).exists().label("asked"),
    )
)
_ROWS = select(RELEASE).where(RELEASE.c.number.in_(bindparam("numbers", expanding=True)))
_MINE = (
    select(RELEASE.c.number)
    .where(RELEASE.c.owner == bindparam("by"), RELEASE.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(RELEASE.c.number)
    .with_for_update()
    .cte("mine")
)
_RENEW = (
    update(RELEASE)
    .where(RELEASE.c.number.in_(select(_MINE.c.number)))
    .values(lease_until=database_now() + bindparam("lease"))
    .returning(RELEASE.c.id, RELEASE.c.epoch)
)
RESTING: dict[str, Any] = {
    "owner": None,
    "lease_until": None,
    # The heart of it: an event that came after the claim is not slept over.
    "next_due": case(
        (RELEASE.c.wake == bindparam("seen"), database_now() + bindparam("pause", type_=BigInteger)),
        else_=database_now(),
    ),
}
"""What gives a claim back. Its parameters are ``seen``, the claim's ``wake``, and ``pause``, in microseconds."""

_SLEEP = (
    update(RELEASE)
    .where(RELEASE.c.id == bindparam("of"), RELEASE.c.epoch == bindparam("under"), RELEASE.c.owner == bindparam("by"))
    .values(RESTING)
    .returning(RELEASE.c.number, RELEASE.c.wake)
)
# What was refused for now waits as long as it was asked to.
_LOOK_AGAIN = update(STEP).where(STEP.c.status == "running", STEP.c.tries == 0).values(look_at=None)
_LOOK_AGAIN_AT = _LOOK_AGAIN.where(STEP.c.release == bindparam("of"))
_SLEPT = _SLEEP.cte("slept")
_SLEEP_AND_LOOK_AGAIN = select(_SLEPT.c.number, _SLEPT.c.wake).add_cte(
    _LOOK_AGAIN.where(STEP.c.release == _SLEPT.c.number, _SLEPT.c.wake != bindparam("seen")).cte("again")
)
_NEXT = select(func.min(RELEASE.c.next_due) - database_now()).where(
    RELEASE.c.next_due.is_not(None), RELEASE.c.owner.is_(None)
)
_HELD = select(RELEASE.c.id, RELEASE.c.owner).where(RELEASE.c.owner.is_not(None))
_NOW = select(database_now())
_CLEAR = (
    update(RELEASE).where(RELEASE.c.owner.is_not(None)).values(owner=None, lease_until=None, next_due=database_now())
)


def claim_due(
    connection: Connection, owner: str, most: int, specs: Specs, kept: Kept, lease: int = LEASE
) -> list[Claim]:
    """Take releases that are due and that nobody holds, those due for longest first.

    One statement, and four more where releases are among them that are not kept as they stand.

    Args:
        connection: in a transaction that writes, or none: who takes them and does not come back loses his lease.
        owner: who takes them; unique for every start of a program.
        most: how many at most.
        specs: specs that were read before.
        kept: releases that were written or read before.
        lease: microseconds until others may take them.
    """
    rows = connection.execute(_CLAIM, {"by": owner, "most": most, "lease": lease}).all()
    found = {row.number: kept.find(row.id, row.last_save, row.wake) for row in rows}
    # A request that came while the statement took the row counted up its `wake`, and is not yet among the requests that
    # the statement sees. So whoever was woken is believed to be asked something.
    unknown = {row.number: row.wake for row in rows if found[row.number] is None}
    if unknown:
        found |= _read(connection, unknown, specs, kept)
    return [
        Claim(release, owner, row.epoch, row.wake, bool(row.asked) or row.number in unknown)
        for row in sorted(rows, key=attrgetter("next_due", "number"))
        if (release := found[row.number]) is not None
    ]


def _read(connection: Connection, wakes: Mapping[int, int], specs: Specs, kept: Kept) -> dict[int, Release]:
    """Return releases that were claimed at a ``wake``, and keep them; those that cannot be read are set aside."""
    rows = connection.execute(_ROWS, {"numbers": sorted(wakes)})
    readable = [row for row in rows if _is_readable(connection, row, specs)]
    found = releases_of(connection, readable, specs)
    for row, numbered in zip(readable, found, strict=True):
        # Who was woken since will have its steps looked at again when it is given back, which counts up nothing.
        if row.wake == wakes[row.number]:
            kept.keep(numbered.release, row.last_save, row.wake)
    return {numbered.number: numbered.release for numbered in found}


def _is_readable(connection: Connection, row: Row[Any], specs: Specs) -> bool:
    """Whether a claimed release can be read; one that cannot is set aside, so that it holds up no other."""
    try:
        specs.of(row)
    except StoreFormatError as problem:
        _log.error("%s", problem)
        claim = {"of": row.id, "under": row.epoch, "by": row.owner, "seen": row.wake, "pause": UNREADABLE_PAUSE}
        connection.execute(_SLEEP, claim)
        return False
    return True


def renew(connection: Connection, owner: str, claims: Sequence[Claim], lease: int = LEASE) -> tuple[Claim, ...]:
    """Extend the leases of claims and return those that are still held; the others must be given up."""
    if not claims:
        return ()
    held = connection.execute(
        _RENEW, {"by": owner, "lease": lease, "ids": [claim.release.id for claim in claims]}
    ).all()
    epochs = {row.id: row.epoch for row in held}
    return tuple(claim for claim in claims if epochs.get(claim.release.id) == claim.epoch)


def sleep(connection: Connection, claim: Claim, seconds: float | None) -> bool:
    """Give a claim back for a while by the database's clock, or until something happens.

    On PostgreSQL it is one statement, which needs no transaction around it.

    Returns:
        Whether the release is due at once, because something happened since the claim.
    """
    at_once = connection.dialect.name == "postgresql"
    row = connection.execute(
        _SLEEP_AND_LOOK_AGAIN if at_once else _SLEEP,
        {
            "of": claim.release.id,
            "under": claim.epoch,
            "by": claim.owner,
            "seen": claim.wake,
            "pause": None if seconds is None else int(seconds * 1_000_000),
        },
    ).one_or_none()
    if row is None or row.wake == claim.wake:
        return False
    if not at_once:
        look_again(connection, row.number)
    return True


def look_again(connection: Connection, number: int) -> None:
    """Have the steps of a release looked at at once, to which something happened after it was claimed.

    Nobody knows whether what was looked at before the event was looked at before the change that it tells of.
    """
    connection.execute(_LOOK_AGAIN_AT, {"of": number})


def until_due(connection: Connection) -> float | None:
    """Return in how many seconds the next unclaimed release is due; None when none ever is by itself."""
    micros = connection.execute(_NEXT).scalar()
    return None if micros is None else max(0.0, micros / 1_000_000)


def is_resting(connection: Connection, reference: str) -> bool:
    """Say whether nobody holds a release, and it is not due either.

    Raises:
        UnknownReleaseError, AmbiguousReleaseError: when the reference is not that of one release.
    """
    row = find_row(connection, reference)
    if row.owner is not None:
        return False
    return row.next_due is None or int(row.next_due) > int(connection.execute(_NOW).scalar_one())


def holders(connection: Connection) -> dict[str, str]:
    """Return who holds which release, by its identifier."""
    return {row.id: row.owner for row in connection.execute(_HELD)}


def clear_leases(connection: Connection) -> None:
    """Free every release; only for somebody who knows that no other worker is alive."""
    connection.execute(_CLEAR)
