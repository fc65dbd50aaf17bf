"""Creates releases, and keeps the queue of a product within its limit."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, insert, select, update

from adapters.store.clock import database_now, from_micros
from adapters.store.errors import StoreError
from adapters.store.product_lock import lock_product, notify, wake_next
from adapters.store.reading import Specs, release_by_number
from adapters.store.rows import created_row, environment_row, inner_rows, release_row, step_row
from adapters.store.saving import add_events
from adapters.store.tables import ENVIRONMENT, PLAN, RELEASE, STEP
from engine.execute.overflow import terminate_queued
from engine.execute.release import RULES, Event, Release
from engine.execute.store import QUEUE_LIMIT
from engine.model.entities import Concurrency

_CREATE = insert(RELEASE).values(next_due=database_now()).returning(RELEASE.c.number)
_THERE = select(RELEASE.c.spec).where(RELEASE.c.id == bindparam("of"))
_QUEUED = (RELEASE.c.product == bindparam("in_product")) & RELEASE.c.exclusive & (RELEASE.c.status == "queued")
_COUNT = select(func.count()).where(_QUEUED)
_OLDEST = select(RELEASE.c.number).where(_QUEUED).order_by(RELEASE.c.number).limit(1)
_NOW = select(database_now())


def create(connection: Connection, release: Release, plan: str, specs: Specs) -> tuple[str, ...]:
    """Add a release to the queue of its product, due at once, with the plan it was made from.

    Args:
        connection: in a transaction that writes.
        release: as `engine.execute.release.new_release` made it.
        plan: the plan as JSON.
        specs: specs that were read before.

    Returns:
        The identifiers of releases that had to leave the queue for it.

    Raises:
        StoreError: when another release has the identifier.
    """
    product = release.spec.product
    lock_product(connection, product)
    row = created_row(release)
    there = connection.execute(_THERE, {"of": release.id}).scalar()
    if there is not None:
        if there == row["spec"]:
            return ()  # the same call once more, after a commit of which nobody knew
        raise StoreError(f"there is another release `{release.id}`", "choose another identifier")
    number = connection.execute(_CREATE, row).scalar_one()
    environments, steps = inner_rows(number, release)
    if environments:
        connection.execute(insert(ENVIRONMENT), environments)
    if steps:
        connection.execute(insert(STEP), steps)
    connection.execute(insert(PLAN), {"release": number, "data": plan})
    add_events(connection, number, [Event(release.created_at, release.initiator, "release.created")])
    gone = _shorten_queue(connection, product, specs) if release.spec.concurrency is Concurrency.QUEUE else ()
    notify(connection)
    return gone


def _shorten_queue(connection: Connection, product: str, specs: Specs) -> tuple[str, ...]:
    """Terminate the oldest releases that wait until no more wait than may."""
    gone = []
    surplus = connection.execute(_COUNT, {"in_product": product}).scalar_one() - QUEUE_LIMIT
    for _ in range(surplus):
        number = connection.execute(_OLDEST, {"in_product": product}).scalar_one()
        gone.append(_terminate(connection, number, specs))
    if gone:
        wake_next(connection, product)
    return tuple(gone)


def _terminate(connection: Connection, number: int, specs: Specs) -> str:
    """End a release that waits; whoever holds its claim is fenced off."""
    before = release_by_number(connection, number, specs)
    reason = f"more than {QUEUE_LIMIT} releases of `{before.spec.product}` waited; this was the oldest"
    now = from_micros(connection.execute(_NOW).scalar_one())
    after, events = terminate_queued(before, RULES, reason, now)
    connection.execute(
        update(RELEASE)
        .where(RELEASE.c.number == number)
        .values(
            owner=None,
            lease_until=None,
            next_due=database_now(),  # the end has to be shown on the commit
            epoch=RELEASE.c.epoch + 1,
            wake=RELEASE.c.wake + 1,
            **release_row(after),
        )
    )
    for position, (old, state) in enumerate(
        zip(before.environments.values(), after.environments.values(), strict=True)
    ):
        if state != old:
            table, row = ENVIRONMENT, environment_row(state)
            connection.execute(update(table).where(table.c.release == number, table.c.position == position), row)
    for position, (step, ended) in enumerate(zip(before.steps.values(), after.steps.values(), strict=True)):
        if ended != step:
            connection.execute(
                update(STEP).where(STEP.c.release == number, STEP.c.position == position), step_row(ended)
            )
    add_events(connection, number, events)
    return after.id
