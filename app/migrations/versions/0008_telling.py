"""Messages that leave the house, what is said about a dossier, and how content people are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state IN ('pending', 'sending')")
OWED = sa.text("owed_at IS NOT NULL AND answered_at IS NULL")


def _foreign(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))


def upgrade() -> None:
    with op.batch_alter_table("persons") as table:
        table.add_column(sa.Column("email", sa.String(length=200), nullable=True))
        table.add_column(
            sa.Column("language", sa.String(length=2), nullable=False, server_default="vi")
        )
    with op.batch_alter_table("documents") as table:
        table.alter_column("added_by", existing_type=BIG, nullable=True)
    op.create_table(
        "notices",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("dossier", BIG, nullable=True),
        sa.Column("centre", sa.String(length=40), nullable=True),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        _foreign("notices", "dossier", "dossiers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    op.create_index(op.f("ix_notices_dossier"), "notices", ["dossier"])
    op.create_index("ix_notices_centre_at", "notices", ["centre", "at"])
    op.create_index(
        "ix_notices_waiting", "notices", ["at"], postgresql_where=WAITING, sqlite_where=WAITING
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("author", BIG, nullable=True),
        sa.Column("owed_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", BIG, nullable=True),
        _foreign("messages", "dossier", "dossiers"),
        _foreign("messages", "author", "persons"),
        _foreign("messages", "answered_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    op.create_index(op.f("ix_messages_dossier"), "messages", ["dossier"])
    op.create_index(
        "ix_messages_owed", "messages", ["dossier"], postgresql_where=OWED, sqlite_where=OWED
    )
    op.create_table(
        "ratings",
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        _foreign("ratings", "dossier", "dossiers"),
        sa.PrimaryKeyConstraint("dossier", name=op.f("pk_ratings")),
    )


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_table("messages")
    op.drop_table("notices")
    # A paper that a citizen sent from outside has nobody of the house who added it.
    op.execute("DELETE FROM documents WHERE added_by IS NULL")
    with op.batch_alter_table("documents") as table:
        table.alter_column("added_by", existing_type=BIG, nullable=False)
    with op.batch_alter_table("persons") as table:
        table.drop_column("language")
        table.drop_column("email")
