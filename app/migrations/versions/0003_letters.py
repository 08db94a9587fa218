"""Messages and signals between dossiers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "waits",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("dossier", big, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation", Json(), nullable=False),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.id"], name=op.f("fk_waits_dossier")),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_waits_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
    )
    op.create_index(op.f("ix_waits_run"), "waits", ["run"])
    op.create_index("ix_waits_kind_name", "waits", ["kind", "name"])
    op.create_table(
        "letters",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("dossier", big, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation", Json(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("delivered_to", big, nullable=True),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.id"], name=op.f("fk_letters_dossier")),
        sa.ForeignKeyConstraint(
            ["delivered_to"], ["dossiers.id"], name=op.f("fk_letters_delivered_to")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_dossier"), "letters", ["dossier"])
    op.create_index(
        "ix_letters_pending",
        "letters",
        ["kind", "name"],
        postgresql_where=PENDING,
        sqlite_where=PENDING,
    )
    listening: sa.Column[bool] = sa.Column(
        "listening", sa.Boolean(), server_default=sa.text("false"), nullable=False
    )
    op.add_column("runs", listening)


def downgrade() -> None:
    op.drop_column("runs", "listening")
    op.drop_table("letters")
    op.drop_table("waits")
