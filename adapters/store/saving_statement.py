"""The one statement of PostgreSQL by which what passes changed of many releases is written.

The rows come as JSON, one document for each table: `saves`, `environments`, `steps`, `events`, `taken`. In each of them
``save`` says to which save a row belongs, and ``place`` its position in the release, or its place among the events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from adapters.store.change import ENVIRONMENT_VALUES, RELEASE_VALUES, STEP_VALUES
from adapters.store.clock import database_now
from adapters.store.tables import ENVIRONMENT, EVENT, RELEASE, REQUEST, STEP


def _given(name: str, table: Table, names: Sequence[str], **more: Any) -> FromClause:
    """Return the rows of a JSON document, which is a parameter, with some columns of a table."""
    columns = [column(each, type_) for each, type_ in more.items()] + [
        column(each, table.c[each].type) for each in names
    ]
    document = cast(bindparam(name, type_=Text), JSON)
    return func.json_to_recordset(document).table_valued(*columns).render_derived(name=f"given_{name}", with_types=True)


_SAVES = _given(
    "saves",
    RELEASE,
    RELEASE_VALUES,
    save=Integer(),
    of=Text(),
    under=BigInteger(),
    by=Text(),
    digest=Text(),
    begins=Boolean(),
    rests=Boolean(),
    seen=BigInteger(),
    pause=BigInteger(),
)
_ENVIRONMENTS = _given("environments", ENVIRONMENT, ENVIRONMENT_VALUES, save=Integer(), place=Integer())
_STEPS = _given("steps", STEP, STEP_VALUES, save=Integer(), place=Integer())
_OTHER = RELEASE.alias("other")
_AHEAD = (
    select(_OTHER.c.number)
    .where(
        _OTHER.c.product == RELEASE.c.product,
        _OTHER.c.exclusive,
        _OTHER.c.number != RELEASE.c.number,
        or_(
            _OTHER.c.status.in_(("running", "suspended", "terminating")),
            and_(_OTHER.c.status == "queued", _OTHER.c.number < RELEASE.c.number),
        ),
    )
    .correlate(RELEASE)
    .exists()
)


def _held(waits: bool) -> CTE:
    """Lock the rows of the releases, as their claims are valid."""
    return (
        select(RELEASE.c.number, *_SAVES.c)
        .join(
            _SAVES,
            and_(RELEASE.c.id == _SAVES.c.of, RELEASE.c.epoch == _SAVES.c.under, RELEASE.c.owner == _SAVES.c.by),
        )
        # In the order in which leases are renewed, so that no two statements wait for each other.
        .order_by(RELEASE.c.number)
        .with_for_update(of=RELEASE, skip_locked=not waits)
        .cte("held")
    )


def _saved(held: CTE) -> CTE:
    """Write the releases' own rows; everything else follows those that were written."""
    rests = held.c.rests

    def if_rests(then: ColumnElement[Any] | None, otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
        return case((rests, then), else_=otherwise)

    return (
        update(RELEASE)
        .where(
            RELEASE.c.number == held.c.number,
            # Once more than when they were locked: a row may have changed between being found and being locked.
            RELEASE.c.epoch == held.c.under,
            RELEASE.c.owner == held.c.by,
            RELEASE.c.last_save != held.c.digest,
            or_(~held.c.begins, ~_AHEAD),
        )
        .values(
            {name: held.c[name] for name in RELEASE_VALUES}
            | {
                "last_save": held.c.digest,
                "owner": if_rests(None, RELEASE.c.owner),
                "lease_until": if_rests(None, RELEASE.c.lease_until),
                # As `adapters.store.claims.RESTING`.
                "next_due": if_rests(
                    case((RELEASE.c.wake == held.c.seen, database_now() + held.c.pause), else_=database_now()),
                    RELEASE.c.next_due,
                ),
            }
        )
        .returning(held.c.save, RELEASE.c.number, and_(rests, RELEASE.c.wake != held.c.seen).label("missed"))
        .cte("saved")
    )


def _changed(saved: CTE, table: Table, given: FromClause, values: dict[str, ColumnElement[Any]]) -> CTE:
    return (
        update(table)
        .where(saved.c.save == given.c.save, table.c.release == saved.c.number, table.c.position == given.c.place)
        .values(values)
        .cte(f"changed_{table.name}")
    )


def _changed_environments(saved: CTE) -> CTE:
    return _changed(saved, ENVIRONMENT, _ENVIRONMENTS, {name: _ENVIRONMENTS.c[name] for name in ENVIRONMENT_VALUES})


def _changed_steps(saved: CTE) -> CTE:
    again = and_(saved.c.missed, _STEPS.c.status == "running", _STEPS.c.tries == 0)
    values: dict[str, ColumnElement[Any]] = {name: _STEPS.c[name] for name in STEP_VALUES}
    return _changed(saved, STEP, _STEPS, values | {"look_at": case((again, None), else_=_STEPS.c.look_at)})


def _looked_at_again(saved: CTE) -> CTE:
    """As `adapters.store.claims.look_again`, for steps that do not change: none can be changed twice at once."""
    changes = and_(_STEPS.c.save == saved.c.save, _STEPS.c.place == STEP.c.position)
    return (
        update(STEP)
        .where(
            saved.c.missed,
            STEP.c.release == saved.c.number,
            STEP.c.status == "running",
            STEP.c.tries == 0,
            ~select(_STEPS.c.save).where(changes).correlate(STEP, saved).exists(),
        )
        .values(look_at=None)
        .cte("again")
    )


def _added(saved: CTE) -> CTE:
    names = [each.name for each in EVENT.c if each.name not in ("id", "release")]
    given = _given("events", EVENT, names, save=Integer(), place=Integer())
    rows = (
        select(saved.c.number, *(given.c[each] for each in names))
        .join(given, given.c.save == saved.c.save)
        .order_by(given.c.save, given.c.place)
    )
    return insert(EVENT).from_select(["release", *names], rows).cte("added")


def _taken(saved: CTE) -> CTE:
    given = _given("taken", REQUEST, ("id",), save=Integer())
    return (
        delete(REQUEST)
        .where(REQUEST.c.id == given.c.id, given.c.save == saved.c.save, REQUEST.c.release == saved.c.number)
        .cte("took")
    )


def _write(waits: bool) -> Select[Any]:
    saved = _saved(_held(waits))
    return select(saved.c.save, saved.c.number, saved.c.missed).add_cte(
        _changed_environments(saved), _changed_steps(saved), _looked_at_again(saved), _added(saved), _taken(saved)
    )


WRITE = _write(waits=True)
"""Returns a row for every save that was written; waits for rows that somebody else has locked."""

WRITE_UNLOCKED = _write(waits=False)
"""As `WRITE`, but leaves out what somebody else has locked."""
