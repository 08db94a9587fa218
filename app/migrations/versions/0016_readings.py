"""Who read what is in no single dossier's journal; the order in which a telephone sends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant, Json

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("fact", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_subject"), "readings", ["kind", "subject"])
    with op.batch_alter_table("uploads") as table:
        table.add_column(sa.Column("place", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("uploads") as table:
        table.drop_column("place")
    op.drop_index(op.f("ix_readings_subject"), table_name="readings")
    op.drop_table("readings")
