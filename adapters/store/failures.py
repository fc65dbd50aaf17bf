"""What a database says when it cannot, as the errors of a store."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError

from adapters.store.errors import (
    StoreError,
    StoreFormatError,
    StoreFullError,
    StoreReadOnlyError,
    StoreSettingError,
)
from adapters.store.location import without_password
from engine.execute.store import StoreUnavailableError

_CONFLICTS = frozenset({"40001", "40P01"})
_SETTINGS = {
    "28000": "check the user in the URL, and who may log in",
    "28P01": "check the user and the password in the URL",
    "3D000": "create the database, or name another one in the URL",
    "42501": "give the user the right to create and change tables in the database's schema",
}
_REFUSALS = (
    (re.compile(r"authentication failed|no password supplied"), _SETTINGS["28P01"]),
    (re.compile(r'no pg_hba\.conf entry|role ".*" does not exist'), _SETTINGS["28000"]),
    (re.compile(r'database ".*" does not exist'), _SETTINGS["3D000"]),
)
"""What a server says that refuses a connection for good; one that is starting or stopping refuses for now."""

_FULL = "make room; nothing was lost, and what could not be written is tried again"
_READ_ONLY = "check who owns the file and its folder, and whether the disk may be written; nothing was lost"
_DAMAGED = "keep a copy of the file, then restore a backup, or try: sqlite3 FILE .recover"
_NETWORK = "keep a SQLite store on a disk of this machine, not on a network file system; or use PostgreSQL"


def is_conflict(failure: DBAPIError) -> bool:
    """Whether the database undid a transaction because of another one, so that it can be run again at once."""
    return _state(failure) in _CONFLICTS


def translated(failure: DBAPIError | sqlite3.Error, shown: str) -> StoreError | StoreUnavailableError | None:
    """Return the error that a failure means, or None when it is a fault of this program.

    Args:
        failure: what SQLAlchemy raised, or SQLite itself.
        shown: where the store is, for messages.
    """
    if isinstance(failure, sqlite3.Error):
        return _of_sqlite(failure, shown)
    if isinstance(failure.orig, sqlite3.Error):
        return _of_sqlite(failure.orig, shown)
    return _of_postgresql(failure, shown)


def _of_sqlite(failure: sqlite3.Error, shown: str) -> StoreError | StoreUnavailableError | None:
    name = getattr(failure, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or (name in ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE")):
        return StoreFullError(f"there is no room to write the store `{shown}`", _FULL)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreReadOnlyError(f"the store `{shown}` cannot be written", _READ_ONLY)
    if name == "SQLITE_NOTADB":
        return StoreFormatError(f"`{shown}` is no SQLite database", "name another file; nothing was changed")
    if name.startswith("SQLITE_CORRUPT"):
        return StoreFormatError(f"the store `{shown}` is damaged", _DAMAGED)
    if name.startswith(("SQLITE_IOERR_LOCK", "SQLITE_IOERR_SHM", "SQLITE_PROTOCOL")):
        return StoreError(f"the file system of the store `{shown}` has no working locks", _NETWORK)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_NOMEM")):
        return StoreUnavailableError(f"the store `{shown}` cannot be used for now: {failure}")
    return None


def _of_postgresql(failure: DBAPIError, shown: str) -> StoreError | StoreUnavailableError | None:
    state = _state(failure)
    said = without_password(str(failure.orig)).strip().partition("\n")[0]
    if state in ("53100", "54000"):
        return StoreFullError(f"there is no room to write the store `{shown}`", _FULL)
    if state == "25006":
        return StoreReadOnlyError(f"the store `{shown}` cannot be written: it is a replica, or set to read only")
    if state in _SETTINGS:
        return StoreSettingError(f"the store `{shown}` refuses: {said}", _SETTINGS[state])
    # A server that refuses a connection says why in words only.
    if state is None and (help_text := next((text for refusal, text in _REFUSALS if refusal.search(said)), "")):
        return StoreSettingError(f"the store `{shown}` refuses: {said}", help_text)
    unreachable = state is None and type(failure.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    if (
        failure.connection_invalidated
        or unreachable
        or (state or "").startswith(("08", "53", "57", "58", "40", "55P03"))
    ):
        return StoreUnavailableError(f"the store `{shown}` cannot be reached for now: {said}")
    return None


def _state(failure: DBAPIError) -> str | None:
    state = getattr(failure.orig, "sqlstate", None)
    return state if isinstance(state, str) else None
