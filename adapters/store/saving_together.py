"""Writes what passes changed of many releases in one statement of PostgreSQL.

Every statement is a way over the network and back, so that their number is what a save costs there. This one is a
transaction by itself as long as no release begins, ends or changes its approvals. `adapters.store.saving` does the same
on SQLite, and both are held to the same tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Row, Text, any_, bindparam, select
from sqlalchemy.exc import IntegrityError

from adapters.store.change import Save
from adapters.store.product_lock import lock_product, try_lock_products, wake_first, wake_later
from adapters.store.rows import Values, to_json
from adapters.store.saving import is_second_active, write_approvals
from adapters.store.saving_statement import WRITE, WRITE_UNLOCKED
from adapters.store.tables import RELEASE
from engine.execute.store import FencedError, ProductBusyError

_STAND = select(RELEASE.c.id, RELEASE.c.epoch, RELEASE.c.owner, RELEASE.c.last_save).where(
    RELEASE.c.id == any_(bindparam("ids", type_=ARRAY(Text)))
)


class LockedError(Exception):
    """Somebody else has locked what a save needs: it has to be written alone, where it holds up no others."""


Outcome = bool | FencedError | ProductBusyError | LockedError
"""Whether a release may be due now because of a save, or why nothing was written."""


def is_one_statement(saves: Sequence[Save]) -> bool:
    """Whether saves need nothing but their one statement, so that no transaction has to be begun for them."""
    return not any(any(save.move) or save.change.approvals is not None for save in saves)


def save_alone(connection: Connection, save: Save) -> bool:
    """Write a change of one release, and wait for whoever has locked it; as `adapters.store.saving.save`.

    Args:
        connection: in a transaction.
        save: what is written.

    Returns:
        Whether a release may be due now because of it.

    Raises:
        FencedError: when the claim is not valid any more.
        ProductBusyError: when the release begins and it is not its turn.
    """
    if any(save.move):
        lock_product(connection, save.product)
    (outcome,) = _save(connection, [save], waits=True)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def save_together(connection: Connection, saves: Sequence[Save]) -> list[Outcome]:
    """Write changes of releases, each whole or not at all, and none twice; wait for no lock on any of them.

    Args:
        connection: in a transaction, unless `is_one_statement`.
        saves: what is written; of two of one release at most one is.

    Returns:
        What became of each, in their order.
    """
    moving = {save.product for save in saves if any(save.move)}
    locked = moving - try_lock_products(connection, moving)
    free = [save for save in saves if save.product not in locked or not any(save.move)]
    outcomes = iter(_save(connection, free, waits=False))
    return [LockedError() if save.product in locked and any(save.move) else next(outcomes) for save in saves]


def _save(connection: Connection, saves: Sequence[Save], *, waits: bool) -> list[Outcome]:
    written = _written(connection, saves, waits)
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
        _why_not(save, stand.get(save.release), waits)
        if place not in written
        else save.move.ends or save.move.leaves or written[place].missed
        for place, save in enumerate(saves)
    ]


def _written(connection: Connection, saves: Sequence[Save], waits: bool) -> dict[int, Row[*tuple[Any, ...]]]:
    """Write saves, and return the rows of those that were written, by their place."""
    try:
        rows = connection.execute(WRITE if waits else WRITE_UNLOCKED, _documents(saves))
    except IntegrityError as problem:
        if not is_second_active(problem):
            raise
        raise ProductBusyError(f"another release of `{saves[0].product}` is active") from problem
    return {row.save: row for row in rows}


def _why_not(save: Save, row: Row[*tuple[Any, ...]] | None, waits: bool) -> Outcome:
    """Return what became of a save that wrote nothing: it was written before, or may not be."""
    held = row is not None and (row.epoch, row.owner) == (save.epoch, save.owner)
    # Who gave the claim back with the save does not hold it any more when the save is repeated.
    if row is not None and row.last_save == save.digest and (held or save.rest is not None):
        return save.move.ends or save.move.leaves or save.rest is not None
    if not held:
        return FencedError(f"the release `{save.release}` was claimed by somebody else")
    return ProductBusyError(f"another release of `{save.product}` comes first") if waits else LockedError()


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
