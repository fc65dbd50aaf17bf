"""Taking an environment over from older releases of a product, which end in favour of the newer one.

The row of `occupancy` says which release was the last to enter. Source: domain, concurrency; execution.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from adapters.store.asking import held_number, leave
from adapters.store.clock import database_now, from_micros
from adapters.store.product_lock import lock_product
from adapters.store.tables import ENVIRONMENT, OCCUPANCY, RELEASE
from engine.execute.release import RULES
from engine.execute.status import EnvironmentStatus, ReleaseStatus
from engine.execute.store import Claim, Request, Standing, Wish

_PLACE = and_(OCCUPANCY.c.product == bindparam("in_product"), OCCUPANCY.c.environment == bindparam("in_environment"))
_HOLDER = (
    select(OCCUPANCY.c.release, OCCUPANCY.c.asked, RELEASE.c.status, ENVIRONMENT.c.status.label("environment_status"))
    .join(RELEASE, RELEASE.c.number == OCCUPANCY.c.release)
    .outerjoin(
        ENVIRONMENT,
        and_(ENVIRONMENT.c.release == OCCUPANCY.c.release, ENVIRONMENT.c.name == OCCUPANCY.c.environment),
    )
    .where(_PLACE)
    .with_for_update(of=OCCUPANCY)
)
_ENTER = insert(OCCUPANCY)
_TAKE_OVER = update(OCCUPANCY).where(_PLACE).values(release=bindparam("by_release"), asked=False)
_MARK_ASKED = update(OCCUPANCY).where(_PLACE).values(asked=True)
_NOW = select(database_now())


def supersede(connection: Connection, claim: Claim, environment: str) -> Standing:
    """Enter an environment, or ask the older release that is there to end, or learn that a newer one was there.

    Raises:
        FencedError: when the claim is not valid any more.
    """
    product = claim.release.spec.product
    lock_product(connection, product)
    number = held_number(connection, claim, lock=True)
    place = {"in_product": product, "in_environment": environment}
    holder = connection.execute(_HOLDER, place).one_or_none()
    if holder is None:
        connection.execute(_ENTER, {"product": product, "environment": environment, "release": number, "asked": False})
        return Standing.CLEAR
    if holder.release == number:
        return Standing.CLEAR
    if holder.release > number:
        return Standing.OUTDATED
    if _is_over(holder.status, holder.environment_status):
        connection.execute(_TAKE_OVER, place | {"by_release": number})
        return Standing.CLEAR
    if not holder.asked and holder.status != ReleaseStatus.TERMINATING.value:
        _ask_to_end(connection, claim, environment, holder.release)
        connection.execute(_MARK_ASKED, place)
    return Standing.WAIT


def _ask_to_end(connection: Connection, claim: Claim, environment: str, older: int) -> None:
    at = from_micros(connection.execute(_NOW).scalar_one())
    reason = f"superseded in {environment} by the newer release {claim.release.id}"
    leave(connection, older, Request(0, Wish.TERMINATE, RULES, at, reason=reason), str(uuid4()))


def _is_over(status: str, environment: str | None) -> bool:
    """Whether the older release does nothing in the environment any more."""
    return ReleaseStatus(status).is_final or environment is None or EnvironmentStatus(environment).is_final
