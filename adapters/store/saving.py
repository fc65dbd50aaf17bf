"""Writes what a pass changed of a release, statement by statement: for the holder of its claim only, and once.

So it is done on SQLite, where a statement costs little; `adapters.store.saving_together` does the same on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from adapters.store.change import ENVIRONMENT_VALUES, RELEASE_VALUES, STEP_VALUES, Change, Save
from adapters.store.claims import RESTING, look_again
from adapters.store.product_lock import wake_later, wake_next
from adapters.store.rows import Values, event_row
from adapters.store.tables import APPROVAL, ENVIRONMENT, EVENT, RELEASE, REQUEST, STEP
from engine.execute.release import Event
from engine.execute.store import FencedError, ProductBusyError

_UNDER = (
    RELEASE.c.id == bindparam("of"),
    RELEASE.c.epoch == bindparam("under"),
    RELEASE.c.owner == bindparam("by"),
)
_KEEPING: dict[str, Any] = {name: bindparam(name) for name in RELEASE_VALUES} | {"last_save": bindparam("digest")}
_SAVE, _SAVE_AND_REST = (
    update(RELEASE)
    .where(*_UNDER, RELEASE.c.last_save != bindparam("digest"))
    .values(values)
    .returning(RELEASE.c.number, RELEASE.c.wake)
    for values in (_KEEPING, _KEEPING | RESTING)
)
_SAME = select(RELEASE.c.number).where(RELEASE.c.id == bindparam("of"), RELEASE.c.last_save == bindparam("digest"))
_SAME_AND_HELD = _SAME.where(*_UNDER)
_ENVIRONMENT = (
    update(ENVIRONMENT)
    .where(ENVIRONMENT.c.release == bindparam("of"), ENVIRONMENT.c.position == bindparam("place"))
    .values({name: bindparam(name) for name in ENVIRONMENT_VALUES})
)
_STEP = (
    update(STEP)
    .where(STEP.c.release == bindparam("of"), STEP.c.position == bindparam("place"))
    .values({name: bindparam(name) for name in STEP_VALUES})
)
_EVENT = insert(EVENT)
_APPROVAL = insert(APPROVAL)
_NO_APPROVALS = delete(APPROVAL).where(APPROVAL.c.release == bindparam("of"))
_TAKEN = delete(REQUEST).where(
    REQUEST.c.release == bindparam("of"), REQUEST.c.id.in_(bindparam("taken", expanding=True))
)
_AHEAD = (
    select(RELEASE.c.number)
    .where(
        RELEASE.c.product == bindparam("product"),
        RELEASE.c.exclusive,
        RELEASE.c.id != bindparam("of"),
        or_(
            RELEASE.c.status.in_(("running", "suspended", "terminating")),
            (RELEASE.c.status == "queued")
            & (
                RELEASE.c.number
                < select(RELEASE.c.number).where(RELEASE.c.id == bindparam("of")).scalar_subquery().correlate(None)
            ),
        ),
    )
    .limit(1)
)


def save(connection: Connection, save: Save) -> bool:
    """Write a change of a release, its events, and which requests it takes up.

    The same save once more changes nothing: its digest is kept in the row and compared there. So it can be repeated
    when nobody knows whether the first one was committed.

    Returns:
        Whether a release may be due now because of it.

    Raises:
        FencedError: when the claim is not valid any more.
        ProductBusyError: when the release begins and it is not its turn.
    """
    number, wake = _update(connection, save)
    moved = save.move.ends or save.move.leaves
    if number is None:
        return moved or save.rest is not None
    if save.move.begins and connection.execute(_AHEAD, {"product": save.product, "of": save.release}).first():
        raise ProductBusyError(f"another release of `{save.product}` comes first")
    _write_inner(connection, number, save.change)
    if save.move.ends:
        wake_next(connection, save.product)
    if save.move.leaves:
        wake_later(connection, save.product, number)
    if save.rest is None or wake == save.seen:
        return moved
    look_again(connection, number)
    return True


def _update(connection: Connection, save: Save) -> tuple[int, int] | tuple[None, None]:
    """Write the release's own row and return its number and ``wake``; None when exactly this was saved before."""
    values = save.change.release | {
        "of": save.release,
        "under": save.epoch,
        "by": save.owner,
        "digest": save.digest,
    }
    statement = _SAVE
    if save.rest is not None:
        statement = _SAVE_AND_REST
        values |= {"seen": save.seen, "pause": save.pause}
    try:
        row = connection.execute(statement, values).first()
    except IntegrityError as problem:
        if not is_second_active(problem):
            raise
        raise ProductBusyError(f"another release of `{save.product}` is active") from problem
    if row is not None:
        return row.number, row.wake
    # Who gave the claim back with the save does not hold it any more when the save is repeated.
    same = _SAME_AND_HELD if save.rest is None else _SAME
    if connection.execute(same, values).first() is None:
        raise FencedError(f"the release `{save.release}` was claimed by somebody else")
    return None, None


def is_second_active(problem: IntegrityError) -> bool:
    """Whether the index that allows one active release per product refused."""
    constraint = getattr(getattr(problem.orig, "diag", None), "constraint_name", None)
    return constraint == "release_one_active" or str(problem.orig) == "UNIQUE constraint failed: release.product"


def _write_inner(connection: Connection, number: int, change: Change) -> None:
    of = {"of": number}
    if change.environments:
        each(connection, _ENVIRONMENT, [row | of for row in change.environments])
    if change.steps:
        each(connection, _STEP, [row | of for row in change.steps])
    if change.approvals is not None:
        write_approvals(connection, number, change.approvals)
    if change.events:
        each(connection, _EVENT, [row | {"release": number} for row in change.events])
    if change.taken:
        connection.execute(_TAKEN, of | {"taken": change.taken})


def write_approvals(connection: Connection, number: int, approvals: Sequence[Values]) -> None:
    """Replace the approvals of a release."""
    connection.execute(_NO_APPROVALS, {"of": number})
    if approvals:
        each(connection, _APPROVAL, [row | {"release": number} for row in approvals])


def add_events(connection: Connection, number: int, events: Sequence[Event]) -> None:
    """Add to the audit trail of a release, in order."""
    each(connection, _EVENT, [event_row(event) | {"release": number} for event in events])


def each(connection: Connection, statement: Executable, rows: list[Values]) -> None:
    """Execute a statement for every row; a single one without what many cost."""
    connection.execute(statement, rows[0] if len(rows) == 1 else rows)
