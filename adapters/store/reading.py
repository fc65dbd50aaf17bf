"""Reads releases: their rows, put together."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Row, Select, Table, bindparam, select

from adapters.store.errors import AmbiguousReleaseError, StoreFormatError, UnknownReleaseError
from adapters.store.rows import release_of
from adapters.store.tables import APPROVAL, ENVIRONMENT, RELEASE, STEP
from engine.execute.codec import SpecDataError, from_data
from engine.execute.release import Release
from engine.execute.spec import ReleaseSpec
from grammar.suggest import did_you_mean, distance

SPECS_KEPT = 256
"""How many specs are remembered, so that a pass over a release does not read its spec again."""


class Specs:
    """The specs that were read last. A spec never changes once its release is there."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, ReleaseSpec] = OrderedDict()
        self._lock = Lock()

    def of(self, row: Row[Any]) -> ReleaseSpec:
        """Return the spec of a row of releases.

        Raises:
            StoreFormatError: when this version cannot read it.
        """
        with self._lock:
            if row.id in self._kept:
                self._kept.move_to_end(row.id)
                return self._kept[row.id]
        try:
            spec = from_data(json.loads(row.spec))
        except (SpecDataError, json.JSONDecodeError) as problem:
            raise StoreFormatError(f"the release `{row.id}` cannot be read: {problem}", "restore a backup") from problem
        with self._lock:
            self._kept[row.id] = spec
            if len(self._kept) > SPECS_KEPT:
                self._kept.popitem(last=False)
        return spec


class Numbered(NamedTuple):
    """A release with its number in the store."""

    number: int
    release: Release


def _inner(table: Table) -> Select[Any]:
    numbers: BindParameter[int] = bindparam("numbers", expanding=True)
    return select(table).where(table.c.release.in_(numbers)).order_by(table.c.release, table.c.position)


_ENVIRONMENTS, _STEPS, _APPROVALS = _inner(ENVIRONMENT), _inner(STEP), _inner(APPROVAL)
_BY_NUMBER = select(RELEASE).where(RELEASE.c.number == bindparam("number"))
_BY_ID = select(RELEASE).where(RELEASE.c.id == bindparam("id"))
_BY_PREFIX = (
    select(RELEASE.c.id)
    .where(RELEASE.c.id >= bindparam("prefix"), RELEASE.c.id < bindparam("beyond"))
    .order_by(RELEASE.c.id)
    .limit(4)
)


def releases_of(connection: Connection, rows: Sequence[Row[Any]], specs: Specs) -> list[Numbered]:
    """Return the releases of rows, in their order; three statements, however many there are.

    Raises:
        StoreFormatError: when a spec cannot be read.
    """
    if not rows:
        return []
    numbers = {"numbers": [row.number for row in rows]}
    environments, steps, approvals = (
        _grouped(connection.execute(statement, numbers)) for statement in (_ENVIRONMENTS, _STEPS, _APPROVALS)
    )
    return [
        Numbered(
            row.number,
            release_of(
                row,
                specs.of(row),
                environments.get(row.number, ()),
                steps.get(row.number, ()),
                approvals.get(row.number, ()),
            ),
        )
        for row in rows
    ]


def _grouped(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    return {number: list(group) for number, group in groupby(rows, key=attrgetter("release"))}


def release_by_number(connection: Connection, number: int, specs: Specs) -> Release:
    """Return the release with a number, which must be there."""
    return releases_of(connection, [connection.execute(_BY_NUMBER, {"number": number}).one()], specs)[0].release


def find_row(connection: Connection, reference: str) -> Row[Any]:
    """Return the row of the release with an identifier, or of the only one whose identifier begins so.

    Raises:
        UnknownReleaseError: when there is none.
        AmbiguousReleaseError: when there are several.
    """
    if not reference or not reference.isascii() or not reference.isprintable():
        raise UnknownReleaseError("this is no identifier of a release", _LIST)
    row = connection.execute(_BY_ID, {"id": reference}).one_or_none()
    if row is not None:
        return row
    beyond = reference[:-1] + chr(ord(reference[-1]) + 1)
    found = list(connection.execute(_BY_PREFIX, {"prefix": reference, "beyond": beyond}).scalars())
    if not found:
        raise UnknownReleaseError(f"there is no release `{reference}`", _meant(connection, reference) or _LIST)
    if len(found) > 1:
        more = " and more" if len(found) > 3 else ""
        names = ", ".join(f"`{name}`" for name in found[:3])
        raise AmbiguousReleaseError(f"several releases begin with `{reference}`: {names}{more}", "say more of it")
    return connection.execute(_BY_ID, {"id": found[0]}).one()


def _meant(connection: Connection, reference: str) -> str:
    """Return ``did you mean `x`?`` for one of the latest releases; empty where none is only a typing mistake away."""
    latest = connection.execute(_LATEST).scalars()
    near = [one for one in latest if distance(reference.lower(), one, _TYPING_MISTAKES) <= _TYPING_MISTAKES]
    return did_you_mean(reference, near)


_LATEST = select(RELEASE.c.id).order_by(RELEASE.c.number.desc()).limit(200)
_TYPING_MISTAKES = 2
_LIST = "list them with: promo release list"
