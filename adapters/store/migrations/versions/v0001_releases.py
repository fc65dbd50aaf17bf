"""Releases, what they consist of, what is asked of them, and what happened to them.

A migration is never changed once it was released: it says what the tables were, not what they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

ACTIVE = "status IN ('running', 'suspended', 'terminating')"


def upgrade() -> None:
    """Create everything."""
    _release()
    _environment()
    _step()
    _approval()
    _request()
    _event()
    _plan()
    _occupancy()
    _append_only()


def _release() -> None:
    op.create_table(
        "release",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", _NAME, nullable=False, unique=True),
        sa.Column("product", _NAME, nullable=False),
        sa.Column("flow", sa.Text),
        sa.Column("version", sa.Text),
        sa.Column("commit_sha", sa.Text, nullable=False),
        sa.Column("exclusive", sa.Boolean, nullable=False),
        sa.Column("initiator", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("deadline", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("ended_by", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("reported", sa.Text, nullable=False),
        sa.Column("report_at", sa.BigInteger),
        sa.Column("next_due", sa.BigInteger),
        sa.Column("owner", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("epoch", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("wake", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("last_save", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Index(
            "release_due",
            "next_due",
            sqlite_where=sa.text("next_due IS NOT NULL"),
            postgresql_where=sa.text("next_due IS NOT NULL"),
        ),
        sa.Index(
            "release_one_active",
            "product",
            unique=True,
            sqlite_where=sa.text(f"exclusive AND {ACTIVE}"),
            postgresql_where=sa.text(f"exclusive AND {ACTIVE}"),
        ),
        sa.Index("release_of_product", "product", "status", "number"),
        sqlite_autoincrement=True,
    )


def _environment() -> None:
    op.create_table(
        "environment",
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("healthy_since", sa.BigInteger),
        sa.Column("message", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _step() -> None:
    op.create_table(
        "step",
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("application", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("look_at", sa.BigInteger),
        sa.Column("looked_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("outputs", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _request() -> None:
    op.create_table(
        "request",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), nullable=False, index=True),
        sa.Column("wish", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("application", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Index("event_of_release", "release", "id"),
        sqlite_autoincrement=True,
    )


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), primary_key=True, autoincrement=False),
        sa.Column("data", sa.Text, nullable=False),
    )


def _occupancy() -> None:
    op.create_table(
        "occupancy",
        sa.Column("product", _NAME, primary_key=True),
        sa.Column("environment", _NAME, primary_key=True),
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number"), nullable=False),
        sa.Column("asked", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )


def _append_only() -> None:
    """Let the database itself refuse to change what was recorded."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{change.lower()} BEFORE {change} ON event "
                "BEGIN SELECT RAISE(ABORT, 'events are only added, never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION promo_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only added, never changed'; END $$"
    )
    for change, level in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER event_no_{change.lower()} BEFORE {change} ON event "
            f"FOR EACH {level} EXECUTE FUNCTION promo_refuse_event_change()"
        )
