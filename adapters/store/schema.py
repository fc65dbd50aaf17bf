"""Which version the tables of a store have, and bringing them to the newest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from adapters.store.database import APPLICATION_ID
from adapters.store.errors import NewerStoreError, StoreFormatError
from adapters.store.transactions import Transactions

HEAD = "0002"
"""The newest version. Migrations are numbered, so that an older program can tell a newer store."""

_ADVISORY_LOCK = 0x70726D6F
"""The number under which programs that upgrade one PostgreSQL store wait for each other."""

_PATIENCE = (
    "SELECT set_config('lock_timeout', '60s', true), set_config('statement_timeout', '600s', true), "
    "set_config('idle_in_transaction_session_timeout', '30s', true)"
)
"""An upgrade may take as long as large tables need, and nobody has anything to do before it is over."""


def prepare_schema(transactions: Transactions) -> None:
    """Make sure that the tables are those this program knows: older ones, or none, are brought to the newest version.

    Programs that do this at the same moment do it once, and an upgrade that fails changes nothing.

    Args:
        transactions: of the store.

    Raises:
        NewerStoreError: when the store is ahead of this program.
        StoreFormatError: when the database is something else.
        StoreError: when it cannot be used as it is.
        StoreUnavailableError: when it cannot be reached for now.
    """
    shown = transactions.shown
    if transactions.read(lambda connection: current_version(connection, shown)) == HEAD:
        return
    # Nothing is loaded while others wait for the transaction.
    upgrade = migrations()
    if transactions.database.writing.dialect.name == "sqlite":
        transactions.use_write_ahead_log()

    def bring_up(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_PATIENCE)
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        # Another program may have done it in the meantime.
        if current_version(connection, shown) != HEAD:
            upgrade(connection, "head")

    transactions.write(bring_up)


def current_version(connection: Connection, shown: str) -> str | None:
    """Return the version of the tables; None for an empty database.

    Raises:
        NewerStoreError: when it is ahead of this program.
        StoreFormatError: when it is no store of promo.
    """
    if connection.dialect.name == "sqlite":
        mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        empty = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
        if empty and mark in (0, APPLICATION_ID):
            return None
        if mark != APPLICATION_ID:
            raise _foreign(shown)
    elif not inspect(connection).has_table("alembic_version"):
        # Other programs' tables in the same schema would be mixed up with ours.
        if inspect(connection).has_table("release") or inspect(connection).has_table("event"):
            raise _foreign(shown)
        return None
    versions = list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    if len(versions) != 1 or not str(versions[0]).isdecimal():
        raise _foreign(shown)
    version = str(versions[0])
    if int(version) > int(HEAD):
        raise NewerStoreError(
            f"the store `{shown}` has tables of version {version}; this promo knows {HEAD}",
            "use the newer promo for this store everywhere; nothing was changed",
        )
    return version


def migrations() -> Callable[[Connection, str], None]:
    """Return what runs the migrations up to a version in the transaction of a connection, with all it needs loaded."""
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))

    def upgrade(connection: Connection, revision: str) -> None:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")

    return upgrade


def _foreign(shown: str) -> StoreFormatError:
    return StoreFormatError(
        f"`{shown}` is a database of something else than promo", "name another file or database; nothing was changed"
    )
