"""Somebody acts in the place of somebody who is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PEOPLE = ("person", "substitute", "decided_by", "ended_by")


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person", BIG, nullable=False),
        sa.Column("substitute", BIG, nullable=False),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("ended_by", BIG, nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_absences_{name}"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_person"), "absences", ["person"])
    op.create_index(op.f("ix_absences_substitute"), "absences", ["substitute"])


def downgrade() -> None:
    op.drop_table("absences")
