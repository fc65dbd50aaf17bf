"""The tables of a store, as the newest migration leaves them.

`release.number` is a release's place: of two releases of a product, the older has the smaller one. Moments are
microseconds, see `adapters.store.clock`; mappings and lists are JSON. `docs/store.md` describes every table.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
_NAME = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared byte by byte on both databases, so that a prefix is a range of an index."""

ACTIVE = "status IN ('running', 'suspended', 'terminating')"

RELEASE = Table(
    "release",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _NAME, nullable=False, unique=True),
    Column("product", _NAME, nullable=False),
    Column("flow", Text),
    Column("version", Text),
    Column("commit_sha", Text, nullable=False),
    Column("exclusive", Boolean, nullable=False),
    Column("initiator", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("spec", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", BigInteger),
    Column("deadline", BigInteger),
    Column("finished_at", BigInteger),
    Column("message", Text, nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("reported", Text, nullable=False),
    Column("report_at", BigInteger),
    Column("next_due", BigInteger),
    Column("owner", Text),
    Column("lease_until", BigInteger),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("wake", BigInteger, nullable=False, server_default=text("0")),
    Column("last_save", Text, nullable=False, server_default=text("''")),
    Index(
        "release_due",
        "next_due",
        sqlite_where=text("next_due IS NOT NULL"),
        postgresql_where=text("next_due IS NOT NULL"),
    ),
    Index(
        "release_one_active",
        "product",
        unique=True,
        sqlite_where=text(f"exclusive AND {ACTIVE}"),
        postgresql_where=text(f"exclusive AND {ACTIVE}"),
    ),
    Index("release_of_product", "product", "status", "number"),
    sqlite_autoincrement=True,
)

ENVIRONMENT = Table(
    "environment",
    METADATA,
    Column("release", _NUMBER, ForeignKey("release.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("healthy_since", BigInteger),
    Column("message", Text, nullable=False),
    sqlite_with_rowid=False,
)

STEP = Table(
    "step",
    METADATA,
    Column("release", _NUMBER, ForeignKey("release.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("environment", Text, nullable=False),
    Column("application", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("look_at", BigInteger),
    Column("looked_at", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("outputs", Text, nullable=False),
    sqlite_with_rowid=False,
)

APPROVAL = Table(
    "approval",
    METADATA,
    Column("release", _NUMBER, ForeignKey("release.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("environment", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

REQUEST = Table(
    "request",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("token", Text, nullable=False, unique=True),
    Column("release", _NUMBER, ForeignKey("release.number"), nullable=False, index=True),
    Column("wish", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("environment", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("release", _NUMBER, ForeignKey("release.number"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("application", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("message", Text, nullable=False),
    Index("event_of_release", "release", "id"),
    sqlite_autoincrement=True,
)

PLAN = Table(
    "plan",
    METADATA,
    Column("release", _NUMBER, ForeignKey("release.number"), primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),
)

OCCUPANCY = Table(
    "occupancy",
    METADATA,
    Column("product", _NAME, primary_key=True),
    Column("environment", _NAME, primary_key=True),
    Column("release", _NUMBER, ForeignKey("release.number"), nullable=False),
    Column("asked", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

SOURCE = Table(
    "source",
    METADATA,
    Column("repository", _NAME, primary_key=True),
    Column("heads", Text, nullable=False),
    Column("asked_at", BigInteger),
    Column("next_due", BigInteger, nullable=False),
    Column("owner", Text),
    Column("lease_until", BigInteger),
    Column("epoch", BigInteger, nullable=False),
    Column("wake", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("message", Text, nullable=False),
    sqlite_with_rowid=False,
)

ORIGIN = Table(
    "origin",
    METADATA,
    Column("key", _NAME, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("release", _NUMBER, ForeignKey("release.number")),
    Column("at", BigInteger, nullable=False),
    Column("message", Text, nullable=False),
    sqlite_with_rowid=False,
)
