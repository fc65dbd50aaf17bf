"""Where a store is: the environment before promo.toml, and no password in a file or a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.store.errors import StoreSettingError
from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation, locate, without_password

FOLDER = Path("/work/shop")
URL = "postgresql://promo:s3cret@db.example.com:5433/promo"


@pytest.mark.parametrize(
    ("setting", "environ", "expected"),
    [
        ("", {}, SqliteLocation(FOLDER / ".promo" / "releases.db")),
        ("data/r.db", {}, SqliteLocation(FOLDER / "data" / "r.db")),
        ("/var/lib/promo.db", {}, SqliteLocation(Path("/var/lib/promo.db"))),
        ("sqlite:///r.db", {}, SqliteLocation(FOLDER / "r.db")),
        ("sqlite:////var/r.db", {}, SqliteLocation(Path("/var/r.db"))),
        ("postgresql://promo@db/promo", {}, PostgresLocation("postgresql://promo@db/promo")),
        ("postgres:///promo?host=/run/pg", {}, PostgresLocation("postgresql:///promo?host=/run/pg")),
        ("env:DB", {"DB": URL}, PostgresLocation(URL)),
        ("env:DB", {"DB": "r.db"}, SqliteLocation(FOLDER / "r.db")),
        ("data/r.db", {"PROMO_STORE_URL": URL}, PostgresLocation(URL)),
        ("data/r.db", {"PROMO_STORE_URL": ""}, SqliteLocation(FOLDER / "data" / "r.db")),
    ],
)
def test_a_store_is_found(setting: str, environ: dict[str, str], expected: StoreLocation) -> None:
    assert locate(setting, environ, FOLDER) == expected


@pytest.mark.parametrize(
    ("setting", "environ", "reason"),
    [
        ("env:DB", {}, "promo.toml takes the store from the environment variable `DB`, which is not set"),
        ("env:DB", {"DB": "env:OTHER"}, "the environment variable `DB` names another one"),
        ("env:9", {}, "what follows `env:` is not the name of an environment variable"),
        ("mysql://db/x", {}, "`mysql` is no kind of store; there are `postgresql` and `sqlite`"),
        ("sqlite://r.db", {}, "a SQLite URL is `sqlite:///relative/path` or `sqlite:////absolute/path`"),
        (URL, {}, "a password does not belong into a file; say `env:NAME`"),
        ("postgresql://db/x?user=a&password=s3cret", {}, "a password does not belong into a file"),
        ("postgresql://db/x?%70assword=s3cret", {}, "a password does not belong into a file"),
        (" ", {}, "a store is a path, a URL"),
        ("a\0b", {}, "a store is a path, a URL"),
        ("x" * 5000, {}, "a store is a path, a URL"),
        ("postgresql://promo@db:port/x", {}, "the URL is not well formed"),
        ("", {"PROMO_STORE_URL": "postgresql://promo:s3cret@[db/x"}, "`PROMO_STORE_URL`: the URL is not well formed"),
        ("", {"PROMO_STORE_URL": "postgresql://promo:s3cret@db:s3cret/x"}, "the URL is not well formed"),
    ],
)
def test_what_makes_no_sense_is_refused_without_the_password(
    setting: str, environ: dict[str, str], reason: str
) -> None:
    with pytest.raises(StoreSettingError) as error:
        locate(setting, environ, FOLDER)
    assert reason in str(error.value)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (URL, "postgresql://promo@db.example.com:5433/promo"),
        ("postgresql://promo:a:b%40c@db/x", "postgresql://promo@db/x"),
        ("postgresql://db/x?password=s3cret&user=a", "postgresql://db/x?password=...&user=a"),
        ("cannot reach postgresql://a:b@db/x", "cannot reach postgresql://a@db/x"),
        ("postgresql://db/x", "postgresql://db/x"),
    ],
)
def test_a_password_is_never_shown(text: str, shown: str) -> None:
    assert without_password(text) == shown
    if text.startswith("postgresql"):
        assert PostgresLocation(text).shown == shown
        assert repr(PostgresLocation(text)) == f"PostgresLocation({shown!r})"
