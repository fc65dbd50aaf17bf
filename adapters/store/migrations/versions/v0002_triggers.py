"""Repositories that are watched for commits, and what was started for which reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "source",
        sa.Column("repository", _NAME, primary_key=True),
        sa.Column("heads", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("next_due", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("wake", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "origin",
        sa.Column("key", _NAME, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("release", _NUMBER, sa.ForeignKey("release.number")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
