"""What databases say when they cannot, and what that is called here."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from adapters.store.errors import StoreError, StoreFormatError, StoreFullError, StoreReadOnlyError, StoreSettingError
from adapters.store.failures import is_conflict, translated
from engine.execute.store import StoreUnavailableError


def of_sqlite(name: str) -> DBAPIError:
    original = sqlite3.OperationalError("what SQLite says")
    original.sqlite_errorname = name
    return DBAPIError("UPDATE", {}, original)


def of_postgresql(state: str | None, said: str = "what the server says", *, lost: bool = False) -> DBAPIError:
    original = psycopg.OperationalError(said)
    original.sqlstate = state  # type: ignore[misc]
    return DBAPIError("UPDATE", {}, original, connection_invalidated=lost)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_FULL", StoreFullError),
        ("SQLITE_IOERR_WRITE", StoreFullError),
        ("SQLITE_READONLY", StoreReadOnlyError),
        ("SQLITE_READONLY_DIRECTORY", StoreReadOnlyError),
        ("SQLITE_CANTOPEN", StoreReadOnlyError),
        ("SQLITE_NOTADB", StoreFormatError),
        ("SQLITE_CORRUPT", StoreFormatError),
        ("SQLITE_CORRUPT_INDEX", StoreFormatError),
        ("SQLITE_IOERR_LOCK", StoreError),
        ("SQLITE_PROTOCOL", StoreError),
        ("SQLITE_BUSY", StoreUnavailableError),
        ("SQLITE_IOERR_READ", StoreUnavailableError),
        ("SQLITE_ERROR", type(None)),
        ("SQLITE_CONSTRAINT_UNIQUE", type(None)),
    ],
)
def test_sqlite(name: str, kind: type[object]) -> None:
    assert type(translated(of_sqlite(name), "r.db")) is kind


def test_a_network_file_system_is_suspected_where_locks_fail() -> None:
    told = translated(of_sqlite("SQLITE_PROTOCOL"), "r.db")
    assert isinstance(told, StoreError)
    assert told.reason == "the file system of the store `r.db` has no working locks"
    assert told.help == (
        "keep a SQLite store on a disk of this machine, not on a network file system; or use PostgreSQL"
    )


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", StoreFullError),
        ("25006", StoreReadOnlyError),
        ("28P01", StoreSettingError),
        ("3D000", StoreSettingError),
        ("42501", StoreSettingError),
        ("08006", StoreUnavailableError),
        ("53300", StoreUnavailableError),
        ("57P01", StoreUnavailableError),
        ("57014", StoreUnavailableError),
        ("55P03", StoreUnavailableError),
        ("40001", StoreUnavailableError),
        (None, StoreUnavailableError),
        ("42P01", type(None)),
        ("23505", type(None)),
    ],
)
def test_postgresql(state: str | None, kind: type[object]) -> None:
    assert type(translated(of_postgresql(state), "the store")) is kind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('connection failed: FATAL:  password authentication failed for user "a"', StoreSettingError),
        ("connection failed: fe_sendauth: no password supplied", StoreSettingError),
        ('connection failed: FATAL:  no pg_hba.conf entry for host "10.0.0.1"', StoreSettingError),
        ('connection failed: FATAL:  role "a" does not exist', StoreSettingError),
        ('connection failed: FATAL:  database "x" does not exist', StoreSettingError),
        ("connection failed: FATAL:  the database system is starting up", StoreUnavailableError),
        ("connection failed: FATAL:  the database system is shutting down", StoreUnavailableError),
        ("connection failed: FATAL:  the database system is in recovery mode", StoreUnavailableError),
        ("connection failed: FATAL:  sorry, too many clients already", StoreUnavailableError),
        ("connection failed: Connection refused", StoreUnavailableError),
    ],
)
def test_a_refused_connection_says_why_in_words_only(said: str, kind: type[object]) -> None:
    assert type(translated(of_postgresql(None, said), "s")) is kind


def test_a_lost_connection_is_an_outage_whatever_is_said() -> None:
    assert type(translated(of_postgresql("XX000", lost=True), "s")) is StoreUnavailableError


def test_no_password_is_repeated() -> None:
    told = translated(of_postgresql(None, "cannot reach postgresql://a:s3cret@db/x\nHINT: s3cret"), "s")
    assert str(told) == "the store `s` cannot be reached for now: cannot reach postgresql://a@db/x"


@pytest.mark.parametrize(("state", "conflict"), [("40001", True), ("40P01", True), ("23505", False), (None, False)])
def test_only_conflicts_are_run_again_at_once(state: str | None, conflict: bool) -> None:
    assert is_conflict(of_postgresql(state)) is conflict
