"""Writes what a pass changed of a release: in one transaction, for the holder of its claim only, and once."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, Executable, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from adapters.store.product_lock import lock_product, wake_later, wake_next
from adapters.store.rows import Values, approval_row, environment_row, event_row, release_row, step_row
from adapters.store.tables import APPROVAL, ENVIRONMENT, EVENT, RELEASE, REQUEST, STEP
from engine.execute.release import Event, Release
from engine.execute.status import ReleaseStatus
from engine.execute.store import Claim, FencedError, ProductBusyError
from engine.model.entities import Concurrency


class Change(NamedTuple):
    """What a save writes.

    Attributes:
        release: the release's own values.
        environments: changed ones, with their position.
        steps: changed ones, with their position.
        approvals: positions and approvals; None when they are as before.
    """

    release: Values
    environments: list[Values]
    steps: list[Values]
    approvals: list[Values] | None


_MUTABLE = (
    "status",
    "started_at",
    "deadline",
    "finished_at",
    "message",
    "ended_by",
    "context",
    "reported",
    "report_at",
)
_SAVE = (
    update(RELEASE)
    .where(
        RELEASE.c.id == bindparam("of"),
        RELEASE.c.epoch == bindparam("under"),
        RELEASE.c.owner == bindparam("by"),
        RELEASE.c.last_save != bindparam("digest"),
    )
    .values({name: bindparam(name) for name in _MUTABLE} | {"last_save": bindparam("digest")})
    .returning(RELEASE.c.number)
)
_SAVED = select(RELEASE.c.number).where(
    RELEASE.c.id == bindparam("of"),
    RELEASE.c.epoch == bindparam("under"),
    RELEASE.c.owner == bindparam("by"),
    RELEASE.c.last_save == bindparam("digest"),
)
_ENVIRONMENT = (
    update(ENVIRONMENT)
    .where(ENVIRONMENT.c.release == bindparam("of"), ENVIRONMENT.c.position == bindparam("place"))
    .values({name: bindparam(name) for name in ("status", "started_at", "finished_at", "healthy_since", "message")})
)
_STEP = (
    update(STEP)
    .where(STEP.c.release == bindparam("of"), STEP.c.position == bindparam("place"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "status",
                "attempt",
                "started_at",
                "finished_at",
                "look_at",
                "looked_at",
                "tries",
                "message",
                "outputs",
            )
        }
    )
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


def save(
    connection: Connection, claim: Claim, before: Release, after: Release, events: Sequence[Event], taken: Sequence[int]
) -> bool:
    """Write a change of a release, its events, and which requests it takes up.

    The same save once more changes nothing: its digest is kept in the row and compared there. So it can be repeated
    when nobody knows whether the first one was committed.

    Returns:
        Whether it may have woken another release.

    Raises:
        FencedError: when the claim is not valid any more.
        ProductBusyError: when the release begins and it is not its turn.
        ValueError: when the change adds or removes steps or environments.
    """
    change = changes(before, after)
    guard = {
        "of": after.id,
        "under": claim.epoch,
        "by": claim.owner,
        "digest": digest(change, claim.epoch, events, taken),
    }
    product = after.spec.product
    move = _move(before, after)
    if any(move):
        lock_product(connection, product)
    number = _update(connection, guard, change, product)
    if number is None:
        return move.ends or move.leaves
    if move.begins and connection.execute(_AHEAD, {"product": product, "of": after.id}).first():
        raise ProductBusyError(f"another release of `{product}` comes first")
    _write_inner(connection, number, change, events, taken)
    if move.ends:
        wake_next(connection, product)
    if move.leaves:
        wake_later(connection, product, number)
    return move.ends or move.leaves


class _Move(NamedTuple):
    """What a change means to other releases of the product."""

    queues: bool
    begins: bool
    ends: bool
    leaves: bool


def _move(before: Release, after: Release) -> _Move:
    was, now = before.status, after.status
    ended = now.is_final and not was.is_final
    if after.spec.concurrency is not Concurrency.QUEUE:
        return _Move(False, False, False, ended or _leaves_environment(before, after))
    # A release that fails as soon as it begins may be saved once for both.
    ran_through = was is ReleaseStatus.QUEUED and now in (ReleaseStatus.SUCCEEDED, ReleaseStatus.FAILED)
    return _Move(
        queues=now is ReleaseStatus.QUEUED and was is not now,
        begins=(now.is_active and not was.is_active) or ran_through,
        ends=ended,
        leaves=False,
    )


def _leaves_environment(before: Release, after: Release) -> bool:
    return any(
        state.status.is_final and not before.environments[name].status.is_final
        for name, state in after.environments.items()
        if state is not before.environments[name]
    )


def changes(before: Release, after: Release) -> Change:
    """Return what differs between two states of a release, as rows.

    Raises:
        ValueError: when they do not have the same steps and environments.
    """
    if before.steps.keys() != after.steps.keys() or before.environments.keys() != after.environments.keys():
        raise ValueError("a release never gets or loses steps or environments")
    environments = [
        environment_row(state) | {"place": place}
        for place, (old, state) in enumerate(
            zip(before.environments.values(), after.environments.values(), strict=True)
        )
        if state is not old and state != old
    ]
    steps = [
        step_row(step) | {"place": place}
        for place, (old, step) in enumerate(zip(before.steps.values(), after.steps.values(), strict=True))
        if step is not old and step != old
    ]
    approvals = None
    if after.approvals != before.approvals:
        approvals = [approval_row(0, place, approval) for place, approval in enumerate(after.approvals)]
    return Change(release_row(after), environments, steps, approvals)


def digest(change: Change, epoch: int, events: Sequence[Event], taken: Sequence[int]) -> str:
    """Return what tells one save of a release from the one before it."""
    return blake2b(repr((change, epoch, events, taken)).encode(), digest_size=12).hexdigest()


def _update(connection: Connection, guard: Values, change: Change, product: str) -> int | None:
    """Write the release's own row and return its number, or None when exactly this was saved before."""
    try:
        number = connection.execute(_SAVE, guard | change.release).scalar()
    except IntegrityError as problem:
        if not _is_second_active(problem):
            raise
        raise ProductBusyError(f"another release of `{product}` is active") from problem
    if number is None and connection.execute(_SAVED, guard).first() is None:
        raise FencedError(f"the release `{guard['of']}` was claimed by somebody else")
    return number


def _is_second_active(problem: IntegrityError) -> bool:
    """Whether the index that allows one active release per product refused."""
    constraint = getattr(getattr(problem.orig, "diag", None), "constraint_name", None)
    return constraint == "release_one_active" or str(problem.orig) == "UNIQUE constraint failed: release.product"


def _write_inner(
    connection: Connection, number: int, change: Change, events: Sequence[Event], taken: Sequence[int]
) -> None:
    of = {"of": number}
    if change.environments:
        each(connection, _ENVIRONMENT, [row | of for row in change.environments])
    if change.steps:
        each(connection, _STEP, [row | of for row in change.steps])
    if change.approvals is not None:
        connection.execute(_NO_APPROVALS, of)
        if change.approvals:
            each(connection, _APPROVAL, [row | {"release": number} for row in change.approvals])
    if events:
        add_events(connection, number, events)
    if taken:
        connection.execute(_TAKEN, of | {"taken": list(taken)})


def add_events(connection: Connection, number: int, events: Sequence[Event]) -> None:
    """Add to the audit trail of a release, in order."""
    each(connection, _EVENT, [event_row(number, event) for event in events])


def each(connection: Connection, statement: Executable, rows: list[Values]) -> None:
    """Execute a statement for every row; a single one without what many cost."""
    connection.execute(statement, rows[0] if len(rows) == 1 else rows)
