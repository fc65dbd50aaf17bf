"""Orders everything that concerns the queue of a product."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, Connection, Text, any_, bindparam, cast, func, select, update

from adapters.store.clock import database_now
from adapters.store.tables import RELEASE

_SEED = cast(0x70726D6F, BigInteger)
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("product"), _SEED)))
_PRODUCTS = func.unnest(bindparam("products", type_=ARRAY(Text))).table_valued("product").render_derived(name="given")
_TRY_LOCK = select(
    _PRODUCTS.c.product, func.pg_try_advisory_xact_lock(func.hashtextextended(_PRODUCTS.c.product, _SEED)).label("got")
)
_NOTIFY = select(func.pg_notify("promo_wake", ""))
_AWAKE = {"wake": RELEASE.c.wake + 1, "next_due": database_now()}
_WAKE = update(RELEASE).where(RELEASE.c.number == bindparam("this")).values(_AWAKE)
_FIRST = (
    select(RELEASE.c.number)
    .where(RELEASE.c.product == bindparam("product"), RELEASE.c.exclusive, RELEASE.c.status == "queued")
    .order_by(RELEASE.c.number)
    .limit(1)
)
_WAKE_FIRST = (
    update(RELEASE)
    .where(
        RELEASE.c.number.in_(
            select(func.min(RELEASE.c.number))
            .where(
                RELEASE.c.product == any_(bindparam("products", type_=ARRAY(Text))),
                RELEASE.c.exclusive,
                RELEASE.c.status == "queued",
            )
            .group_by(RELEASE.c.product)
        )
    )
    .values(_AWAKE)
)
_WAKE_LATER = (
    update(RELEASE)
    .where(
        RELEASE.c.product == bindparam("of"),
        RELEASE.c.status.in_(("running", "suspended")),
        ~RELEASE.c.exclusive,
        RELEASE.c.number > bindparam("than"),
    )
    .values(_AWAKE)
)


def lock_product(connection: Connection, product: str) -> None:
    """Wait until no other transaction holds the product, and hold it until this one ends.

    Without it a release could look whether its turn has come just before the one ahead of it ends, and be put to
    sleep just after that one looked for whom to wake. It is taken before any row is changed, so that no two
    transactions wait for each other. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"product": product})


def try_lock_products(connection: Connection, products: Collection[str]) -> set[str]:
    """Hold those of several products of a PostgreSQL store that nobody else holds, and return them."""
    if not products:
        return set()
    return {row.product for row in connection.execute(_TRY_LOCK, {"products": list(products)}) if row.got}


def wake(connection: Connection, number: int) -> None:
    """Make a release due now, whatever its holder decides at the end of the current pass."""
    connection.execute(_WAKE, {"this": number})
    notify(connection)


def wake_next(connection: Connection, product: str) -> None:
    """Wake the release that is first in the queue of a product, if there is one."""
    number = connection.execute(_FIRST, {"product": product}).scalar()
    if number is not None:
        wake(connection, number)


def wake_first(connection: Connection, products: Collection[str]) -> None:
    """Wake the release that is first in the queue of each of some products of a PostgreSQL store."""
    if products and connection.execute(_WAKE_FIRST, {"products": list(products)}).rowcount:
        notify(connection)


def wake_later(connection: Connection, product: str, number: int) -> None:
    """Wake the newer releases of a product that may wait for this one to leave an environment."""
    if connection.execute(_WAKE_LATER, {"of": product, "than": number}).rowcount:
        notify(connection)


def notify(connection: Connection) -> None:
    """Tell waiting workers, once the transaction is committed, that something may be due."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY)
