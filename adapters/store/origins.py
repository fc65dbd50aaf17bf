"""Why a release was started, as a key that is there once: the same reason never starts two.

A key is a commit with the flow it calls for, or what a caller of the API chose. Where nothing could be started for a
commit, the key keeps why, so that it is not tried for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select

from adapters.store.clock import database_now
from adapters.store.creating import create
from adapters.store.product_lock import lock_product
from adapters.store.reading import Specs
from adapters.store.tables import ORIGIN, RELEASE
from engine.execute.release import Release

_KNOWN = (
    select(RELEASE.c.id, ORIGIN.c.digest, ORIGIN.c.message)
    .select_from(ORIGIN.outerjoin(RELEASE, RELEASE.c.number == ORIGIN.c.release))
    .where(ORIGIN.c.key == bindparam("of"))
)
_NUMBER = select(RELEASE.c.number).where(RELEASE.c.id == bindparam("of"))
_ADD = insert(ORIGIN).values(at=database_now())


@dataclass(frozen=True, slots=True)
class Origin:
    """A reason to start a release.

    Attributes:
        key: there once in a store.
        digest: of everything else that was asked for under the key; tells a repetition from another request.
    """

    key: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What became of an origin.

    Attributes:
        release: the identifier of what was started; None when nothing was.
        digest: as it was given.
        message: why nothing was started; empty otherwise.
    """

    release: str | None
    digest: str
    message: str


def known(connection: Connection, key: str) -> Known | None:
    """Return what became of an origin; None when nobody came with its key."""
    row = connection.execute(_KNOWN, {"of": key}).one_or_none()
    return None if row is None else Known(row.id, row.digest, row.message)


def start(connection: Connection, origin: Origin, release: Release, plan: str, specs: Specs) -> Known | None:
    """Create a release unless its origin has been there; return what became of the origin then, None when created."""
    # The lock of another name, so that two who come with one key wait for each other.
    lock_product(connection, f"origin {origin.key}")
    there = known(connection, origin.key)
    if there is not None:
        return None if there.release == release.id else there
    create(connection, release, plan, specs)
    number = connection.execute(_NUMBER, {"of": release.id}).scalar_one()
    connection.execute(_ADD, {"key": origin.key, "digest": origin.digest, "release": number, "message": ""})
    return None


def refuse(connection: Connection, origin: Origin, message: str) -> None:
    """Record that nothing is started for an origin, and why; does nothing when it has been there."""
    lock_product(connection, f"origin {origin.key}")
    if known(connection, origin.key) is None:
        connection.execute(
            _ADD, {"key": origin.key, "digest": origin.digest, "release": None, "message": message[:4000]}
        )
