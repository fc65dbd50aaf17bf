"""Writes what passes changed of many releases in one statement of PostgreSQL.

Every statement is a way over the network and back, so that their number is what a save costs there. This one is a
transaction by itself as long as no release begins, ends or changes its approvals. The rows come as JSON, one document
for each table. `adapters.store.saving` does the same on SQLite, and both are held to the same tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Table,
    Text,
    and_,
    any_,
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
from sqlalchemy.exc import IntegrityError

from adapters.store.change import ENVIRONMENT_VALUES, RELEASE_VALUES, STEP_VALUES, Save
from adapters.store.clock import database_now
from adapters.store.product_lock import lock_products, wake_first, wake_later
from adapters.store.rows import Values, to_json
from adapters.store.saving import is_second_active, write_approvals
from adapters.store.tables import ENVIRONMENT, EVENT, RELEASE, REQUEST, STEP
from engine.execute.store import FencedError, ProductBusyError

Outcome = bool | FencedError | ProductBusyError
"""Whether a release may be due now because of a save, or why nothing was written."""


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
# In the order in which leases are renewed, so that no two statements wait for each other.
_HELD = (
    select(RELEASE.c.number, *_SAVES.c)
    .join(
        _SAVES,
        and_(RELEASE.c.id == _SAVES.c.of, RELEASE.c.epoch == _SAVES.c.under, RELEASE.c.owner == _SAVES.c.by),
    )
    .order_by(RELEASE.c.number)
    .with_for_update(of=RELEASE)
    .cte("held")
)
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


def _if_rests(then: ColumnElement[Any] | None, otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((_HELD.c.rests, then), else_=otherwise)


_SAVED = (
    update(RELEASE)
    .where(
        RELEASE.c.number == _HELD.c.number,
        # Once more than when they were locked: a row may have been changed between its being found and being locked.
        RELEASE.c.epoch == _HELD.c.under,
        RELEASE.c.owner == _HELD.c.by,
        RELEASE.c.last_save != _HELD.c.digest,
        or_(~_HELD.c.begins, ~_AHEAD),
    )
    .values(
        {name: _HELD.c[name] for name in RELEASE_VALUES}
        | {
            "last_save": _HELD.c.digest,
            "owner": _if_rests(None, RELEASE.c.owner),
            "lease_until": _if_rests(None, RELEASE.c.lease_until),
            # As `adapters.store.claims.RESTING`.
            "next_due": _if_rests(
                case((RELEASE.c.wake == _HELD.c.seen, database_now() + _HELD.c.pause), else_=database_now()),
                RELEASE.c.next_due,
            ),
        }
    )
    .returning(_HELD.c.save, RELEASE.c.number, and_(_HELD.c.rests, RELEASE.c.wake != _HELD.c.seen).label("missed"))
    .cte("saved")
)


_ENVIRONMENTS = _given("environments", ENVIRONMENT, ENVIRONMENT_VALUES, save=Integer(), place=Integer())
_STEPS = _given("steps", STEP, STEP_VALUES, save=Integer(), place=Integer())


def _changed(table: Table, given: FromClause, values: dict[str, ColumnElement[Any]]) -> CTE:
    return (
        update(table)
        .where(_SAVED.c.save == given.c.save, table.c.release == _SAVED.c.number, table.c.position == given.c.place)
        .values(values)
        .cte(f"changed_{table.name}")
    )


def _changed_environments() -> CTE:
    return _changed(ENVIRONMENT, _ENVIRONMENTS, {name: _ENVIRONMENTS.c[name] for name in ENVIRONMENT_VALUES})


def _changed_steps() -> CTE:
    again = and_(_SAVED.c.missed, _STEPS.c.status == "running", _STEPS.c.tries == 0)
    values: dict[str, ColumnElement[Any]] = {name: _STEPS.c[name] for name in STEP_VALUES}
    return _changed(STEP, _STEPS, values | {"look_at": case((again, None), else_=_STEPS.c.look_at)})


def _looked_at_again() -> CTE:
    """As `adapters.store.claims.look_again`, for steps that do not change: none can be changed twice at once."""
    changes = and_(_STEPS.c.save == _SAVED.c.save, _STEPS.c.place == STEP.c.position)
    return (
        update(STEP)
        .where(
            _SAVED.c.missed,
            STEP.c.release == _SAVED.c.number,
            STEP.c.status == "running",
            STEP.c.tries == 0,
            ~select(_STEPS.c.save).where(changes).correlate(STEP, _SAVED).exists(),
        )
        .values(look_at=None)
        .cte("again")
    )


def _added() -> CTE:
    names = [each.name for each in EVENT.c if each.name not in ("id", "release")]
    given = _given("events", EVENT, names, save=Integer(), place=Integer())
    rows = (
        select(_SAVED.c.number, *(given.c[each] for each in names))
        .join(given, given.c.save == _SAVED.c.save)
        .order_by(given.c.save, given.c.place)
    )
    return insert(EVENT).from_select(["release", *names], rows).cte("added")


def _taken() -> CTE:
    given = _given("taken", REQUEST, ("id",), save=Integer())
    return (
        delete(REQUEST)
        .where(REQUEST.c.id == given.c.id, given.c.save == _SAVED.c.save, REQUEST.c.release == _SAVED.c.number)
        .cte("took")
    )


_WRITE = select(_SAVED.c.save, _SAVED.c.number, _SAVED.c.missed).add_cte(
    _changed_environments(),
    _changed_steps(),
    _looked_at_again(),
    _added(),
    _taken(),
)
_STAND = select(RELEASE.c.id, RELEASE.c.epoch, RELEASE.c.owner, RELEASE.c.last_save).where(
    RELEASE.c.id == any_(bindparam("ids", type_=ARRAY(Text)))
)


def is_one_statement(saves: Sequence[Save]) -> bool:
    """Whether saves need nothing but their one statement, so that no transaction has to be begun for them."""
    return not any(any(save.move) or save.change.approvals is not None for save in saves)


def save_together(connection: Connection, saves: Sequence[Save]) -> list[Outcome]:
    """Write changes of releases, each whole or not at all, and none twice.

    Args:
        connection: in a transaction, unless `is_one_statement`.
        saves: what is written; of two of one release at most one is.

    Returns:
        What became of each, in their order.

    Raises:
        ProductBusyError: when the database found a second active release of a product, and nothing was written.
    """
    lock_products(connection, [save.product for save in saves if any(save.move)])
    try:
        written = {row.save: row for row in connection.execute(_WRITE, _documents(saves))}
    except IntegrityError as problem:
        if not is_second_active(problem):
            raise
        raise ProductBusyError("another release of the product is active") from problem
    for place, row in written.items():
        approvals = saves[place].change.approvals
        if approvals is not None:
            write_approvals(connection, row.number, approvals)
    wake_first(connection, [saves[place].product for place in written if saves[place].move.ends])
    for place, row in written.items():
        if saves[place].move.leaves:
            wake_later(connection, saves[place].product, row.number)
    unwritten = [save for place, save in enumerate(saves) if place not in written]
    stand = {}
    if unwritten:
        ids = [save.release for save in unwritten]
        stand = {row.id: row for row in connection.execute(_STAND, {"ids": ids})}
    return [
        _why_not(save, stand.get(save.release))
        if place not in written
        else save.move.ends or save.move.leaves or written[place].missed
        for place, save in enumerate(saves)
    ]


def _why_not(save: Save, row: Row[*tuple[Any, ...]] | None) -> Outcome:
    """Return what became of a save that wrote nothing: it was written before, or may not be."""
    held = row is not None and (row.epoch, row.owner) == (save.epoch, save.owner)
    # Who gave the claim back with the save does not hold it any more when the save is repeated.
    if row is not None and row.last_save == save.digest and (held or save.rest is not None):
        return save.move.ends or save.move.leaves or save.rest is not None
    if held and save.move.begins:
        return ProductBusyError(f"another release of `{save.product}` comes first")
    return FencedError(f"the release `{save.release}` was claimed by somebody else")


def _documents(saves: Sequence[Save]) -> dict[str, str]:
    return {
        "saves": to_json([_release(place, save) for place, save in enumerate(saves)]),
        "environments": to_json(
            [row | {"save": place} for place, save in enumerate(saves) for row in save.change.environments]
        ),
        "steps": to_json([row | {"save": place} for place, save in enumerate(saves) for row in save.change.steps]),
        "events": to_json(list(_events(saves))),
        "taken": to_json(
            [{"save": place, "id": number} for place, save in enumerate(saves) for number in save.change.taken]
        ),
    }


def _release(place: int, save: Save) -> Values:
    return save.change.release | {
        "save": place,
        "of": save.release,
        "under": save.epoch,
        "by": save.owner,
        "digest": save.digest,
        "begins": save.move.begins,
        "rests": save.rest is not None,
        "seen": save.seen,
        "pause": save.pause,
    }


def _events(saves: Sequence[Save]) -> Iterator[Values]:
    for number, save in enumerate(saves):
        for place, row in enumerate(save.change.events):
            yield row | {"save": number, "place": place}
