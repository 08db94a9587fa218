"""Closed procedures, cut-overs, suspended dossiers, purged trials, and ways round a stuck step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant, Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG, autoincrement=True, nullable=False)


def _persons(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], ["persons.id"], name=op.f(f"fk_{table}_{column}"))
        for column in columns
    ]


def upgrade() -> None:
    with op.batch_alter_table("releases") as table:
        table.add_column(sa.Column("report", Json(), nullable=True))
    with op.batch_alter_table("dossiers") as table:
        table.add_column(sa.Column("suspended_at", Instant(), nullable=True))
        table.add_column(sa.Column("suspended_why", sa.String(length=300), nullable=True))
    op.create_table(
        "closures",
        _id(),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("successor", sa.String(length=60), nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("lifted_by", BIG, nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        *_persons("closures", "decided_by", "lifted_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index(op.f("ix_closures_procedure"), "closures", ["procedure"])
    op.create_table(
        "cutovers",
        _id(),
        sa.Column("from_model", sa.String(length=12), nullable=False),
        sa.Column("to_model", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        *_persons("cutovers", "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cutovers")),
    )
    op.create_table(
        "cutover_items",
        sa.Column("cutover", BIG, nullable=False),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("said", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cutover"], ["cutovers.id"], name=op.f("fk_cutover_items_cutover")
        ),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossiers.id"], name=op.f("fk_cutover_items_dossier")
        ),
        sa.PrimaryKeyConstraint("cutover", "dossier", name=op.f("pk_cutover_items")),
    )
    op.create_index(op.f("ix_cutover_items_dossier"), "cutover_items", ["dossier"])
    op.create_index(
        "ix_cutover_items_waiting",
        "cutover_items",
        ["cutover", "dossier"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )
    op.create_table(
        "purges",
        _id(),
        sa.Column("procedure", sa.String(length=60), nullable=True),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        *_persons("purges", "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purges")),
    )
    op.create_table(
        "jumps",
        _id(),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("from_step", sa.String(length=100), nullable=False),
        sa.Column("to_step", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", BIG, nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.id"], name=op.f("fk_jumps_dossier")),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_jumps_run")),
        *_persons("jumps", "proposed_by", "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jumps")),
    )
    op.create_index(op.f("ix_jumps_dossier"), "jumps", ["dossier"])


def downgrade() -> None:
    for name in ("jumps", "purges", "cutover_items", "cutovers", "closures"):
        op.drop_table(name)
    with op.batch_alter_table("dossiers") as table:
        table.drop_column("suspended_why")
        table.drop_column("suspended_at")
    with op.batch_alter_table("releases") as table:
        table.drop_column("report")
