"""Who was told that a dossier is due soon or late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "escalations",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("dossier", big, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("duty", sa.String(length=12), nullable=False),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.id"], name=op.f("fk_escalations_dossier")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_escalations_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalations_dossier"), ["dossier"], unique=False)
        batch_op.create_index(
            "ix_escalations_open",
            ["role", "unit", "dossier"],
            unique=False,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        )
    # Plain ALTER on both: a batch would copy the table of all dossiers on SQLite.
    op.add_column("dossiers", sa.Column("escalated", sa.String(length=12), nullable=True))
    op.add_column("dossiers", sa.Column("escalated_due", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("dossiers", "escalated_due")
    op.drop_column("dossiers", "escalated")
    op.drop_table("escalations")
