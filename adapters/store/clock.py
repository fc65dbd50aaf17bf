"""The database's clock, which all processes that share a store agree on.

Leases and due times are compared by it alone, so that a machine whose clock is wrong can neither hold a claim too long
nor take one too early. Moments are whole microseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

SQLITE_FUNCTION = "promo_now"
"""What the clock is called in SQLite; every connection of ours registers it."""

MicrosecondClock = Callable[[], int]
"""Returns the present moment in microseconds; tests give SQLite one of their own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class database_now(FunctionElement[int]):  # noqa: N801  SQL functions are written in lower case
    """The present moment in SQL, in microseconds; grows even within a transaction."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _sqlite(element: database_now, compiler: Any, **options: Any) -> str:
    return f"{SQLITE_FUNCTION}()"


@compiles(database_now, "postgresql")
def _postgresql(element: database_now, compiler: Any, **options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"


def system_clock() -> int:
    """Return the present moment by this machine's clock, in microseconds."""
    return time_ns() // 1000


def to_micros(moment: datetime) -> int:
    """Return a moment in microseconds.

    Raises:
        ValueError: when it has no offset from UTC.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset cannot be stored")
    return (moment - _EPOCH) // _MICROSECOND


def to_micros_or_none(moment: datetime | None) -> int | None:
    """Return a moment in microseconds, or None."""
    return None if moment is None else to_micros(moment)


def from_micros(micros: int) -> datetime:
    """Return a moment, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def from_micros_or_none(micros: int | None) -> datetime | None:
    """Return a moment in UTC, or None."""
    return None if micros is None else from_micros(micros)
