"""Effective dates and notes of releases, ends of rollouts, and open dossiers that move."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant, Json

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("releases") as table:
        table.add_column(sa.Column("effective_from", Instant(), nullable=True))
        table.add_column(
            sa.Column("notes", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
        table.add_column(sa.Column("withdrawn_at", Instant(), nullable=True))
        table.add_column(sa.Column("withdrawn_by", BIG, nullable=True))
        table.add_column(sa.Column("withdrawn_why", sa.String(length=300), nullable=True))
        table.create_foreign_key(
            op.f("fk_releases_withdrawn_by"), "persons", ["withdrawn_by"], ["id"]
        )
    with op.batch_alter_table("rollouts") as table:
        table.add_column(sa.Column("ended_by", BIG, nullable=True))
        table.add_column(sa.Column("ended_at", Instant(), nullable=True))
        table.add_column(sa.Column("ended_why", sa.String(length=300), nullable=True))
        table.add_column(sa.Column("stop_share", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_rollouts_ended_by"), "persons", ["ended_by"], ["id"])
    op.create_table(
        "moves",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=True),
        sa.Column("mapping", Json(), nullable=False),
        sa.Column("recompute", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["releases.digest"], name=op.f("fk_moves_digest")),
        sa.ForeignKeyConstraint(["centre"], ["units.code"], name=op.f("fk_moves_centre")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_moves_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(op.f("ix_moves_procedure"), "moves", ["procedure"])
    op.create_table(
        "move_items",
        sa.Column("move", BIG, nullable=False),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("said", Json(), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["move"], ["moves.id"], name=op.f("fk_move_items_move")),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.id"], name=op.f("fk_move_items_dossier")),
        sa.PrimaryKeyConstraint("move", "dossier", name=op.f("pk_move_items")),
    )
    op.create_index(op.f("ix_move_items_dossier"), "move_items", ["dossier"])
    op.create_index(
        "ix_move_items_waiting",
        "move_items",
        ["move", "dossier"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("move_items")
    op.drop_table("moves")
    with op.batch_alter_table("rollouts") as table:
        table.drop_constraint(op.f("fk_rollouts_ended_by"), type_="foreignkey")
        table.drop_column("stop_share")
        table.drop_column("ended_why")
        table.drop_column("ended_at")
        table.drop_column("ended_by")
    with op.batch_alter_table("releases") as table:
        table.drop_constraint(op.f("fk_releases_withdrawn_by"), type_="foreignkey")
        table.drop_column("withdrawn_why")
        table.drop_column("withdrawn_by")
        table.drop_column("withdrawn_at")
        table.drop_column("notes")
        table.drop_column("effective_from")
