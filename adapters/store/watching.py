"""Repositories that are watched for commits: when each is looked at next, by whom, and what was seen last.

A push only makes its repository due, so that duplicates, reordering and a crash change nothing: who looks compares what
is there with what was seen, and writes what was seen when everything it called for is in the store.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, bindparam, case, func, insert, or_, select, update

from adapters.store.clock import database_now
from adapters.store.product_lock import lock_product
from adapters.store.tables import SOURCE

LEASE = 30_000_000
"""Microseconds that a repository is held without being renewed."""

_FREE = or_(SOURCE.c.lease_until.is_(None), SOURCE.c.lease_until <= database_now())
_DUE = (
    select(SOURCE.c.repository)
    .where(SOURCE.c.next_due <= database_now(), _FREE)
    .order_by(SOURCE.c.next_due)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(SOURCE)
    .where(SOURCE.c.repository.in_(select(_DUE.c.repository)))
    .values(owner=bindparam("by"), lease_until=database_now() + LEASE, epoch=SOURCE.c.epoch + 1)
    .returning(SOURCE)
)
_MINE = (
    (SOURCE.c.repository == bindparam("of"))
    & (SOURCE.c.owner == bindparam("by"))
    & (SOURCE.c.epoch == bindparam("under"))
)
_RENEW = update(SOURCE).where(_MINE).values(lease_until=database_now() + LEASE)
_UNCHANGED = SOURCE.c.wake == bindparam("seen")
_FINISH = (
    update(SOURCE)
    .where(_MINE)
    .values(
        owner=None,
        lease_until=None,
        heads=bindparam("new_heads"),
        failures=bindparam("new_failures"),
        message=bindparam("new_message"),
        # A push that came after the claim is not slept over.
        next_due=case((_UNCHANGED, database_now() + bindparam("pause", type_=BigInteger)), else_=database_now()),
        asked_at=case((_UNCHANGED & bindparam("settled"), None), else_=SOURCE.c.asked_at),
    )
)
_PUSH = (
    update(SOURCE)
    .where(SOURCE.c.repository == bindparam("of"))
    .values(
        wake=SOURCE.c.wake + 1,
        next_due=database_now(),
        failures=0,
        asked_at=func.coalesce(SOURCE.c.asked_at, database_now()),
    )
)
_ADD = insert(SOURCE).values(
    heads="{}", next_due=database_now(), epoch=0, wake=0, failures=0, message="", asked_at=None
)
_CLEAR = update(SOURCE).where(SOURCE.c.owner.is_not(None)).values(owner=None, lease_until=None)
_ALL_DUE = update(SOURCE).values(next_due=database_now())
_KNOWN = select(SOURCE.c.repository)
_NOW = select(database_now())


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """The right to look at a repository, until somebody else has it.

    Attributes:
        repository: which, as `adapters.git.normalise` writes it.
        heads: the commits that were seen last, by branch.
        owner: who holds it.
        epoch: grows with every claim.
        wake: grows with every push.
        failures: how often in a row it could not be looked at.
        waited: seconds since the first push that nobody has looked at; None when nobody told of one.
    """

    repository: str
    heads: Mapping[str, str]
    owner: str
    epoch: int
    wake: int
    failures: int
    waited: float | None


def clear_source_leases(connection: Connection) -> None:
    """Free every repository; only for somebody who knows that no other worker is alive."""
    connection.execute(_CLEAR)


def watch(connection: Connection, repositories: Collection[str], *, at_once: bool) -> None:
    """Begin to watch repositories that are not watched yet, which are due at once.

    Args:
        connection: in a transaction that writes.
        repositories: all that are watched.
        at_once: whether those that were watched before are due at once as well: nobody may have looked for long.
    """
    if at_once:
        connection.execute(_ALL_DUE)
    there = set(connection.execute(_KNOWN).scalars())
    for repository in sorted(set(repositories) - there):
        lock_product(connection, f"source {repository}")
        if repository not in set(connection.execute(_KNOWN.where(SOURCE.c.repository == repository)).scalars()):
            connection.execute(_ADD, {"repository": repository})


def push(connection: Connection, repository: str) -> bool:
    """Make a repository due because something may have changed there; return whether it is watched."""
    return connection.execute(_PUSH, {"of": repository}).rowcount == 1


def claim_source(connection: Connection, owner: str) -> SourceClaim | None:
    """Take the repository that has been due for longest; None when none is due and free."""
    row = connection.execute(_CLAIM, {"by": owner}).one_or_none()
    if row is None:
        return None
    waited = None
    if row.asked_at is not None:
        waited = max(0.0, (int(connection.execute(_NOW).scalar_one()) - row.asked_at) / 1_000_000)
    return SourceClaim(row.repository, json.loads(row.heads), owner, row.epoch, row.wake, row.failures, waited)


def renew_source(connection: Connection, claim: SourceClaim) -> bool:
    """Hold a repository for longer; return whether it is still held."""
    return connection.execute(_RENEW, _names(claim)).rowcount == 1


def finish_source(
    connection: Connection, claim: SourceClaim, heads: Mapping[str, str], failures: int, message: str, pause: float
) -> bool:
    """Give a repository back with what was seen; return whether it was still held.

    Args:
        connection: in a transaction that writes.
        claim: under which it was looked at.
        heads: the commits up to which everything is done, by branch.
        failures: how often in a row it could not be looked at.
        message: why not.
        pause: seconds until it is due again, unless a push came meanwhile.
    """
    values = {
        "new_heads": json.dumps(heads, sort_keys=True),
        "new_failures": failures,
        "new_message": message[:4000],
        "pause": int(pause * 1_000_000),
        "seen": claim.wake,
        "settled": failures == 0 and pause > 0,
    }
    return connection.execute(_FINISH, _names(claim) | values).rowcount == 1


def _names(claim: SourceClaim) -> dict[str, object]:
    return {"of": claim.repository, "by": claim.owner, "under": claim.epoch}
