"""The calendar keeps what it said before; open dossiers are counted anew on demand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant, Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "pk_calendar_days"


def upgrade() -> None:
    with op.batch_alter_table("calendar_days") as table:
        table.drop_constraint(op.f(KEY), type_="primary")
        table.create_primary_key(op.f(KEY), ["day", "scope", "revision"])
    # The next change takes the next number of this series.
    op.execute(
        "INSERT INTO numbers (series, period, last)"
        " SELECT 'calendar', '', MAX(revision) FROM calendar_days HAVING MAX(revision) IS NOT NULL"
    )
    op.create_table(
        "recounts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["persons.id"], name=op.f("fk_recounts_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recounts")),
    )
    op.create_table(
        "recount_items",
        sa.Column("recount", BIG, nullable=False),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("said", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recount"], ["recounts.id"], name=op.f("fk_recount_items_recount")
        ),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossiers.id"], name=op.f("fk_recount_items_dossier")
        ),
        sa.PrimaryKeyConstraint("recount", "dossier", name=op.f("pk_recount_items")),
    )
    op.create_index(op.f("ix_recount_items_dossier"), "recount_items", ["dossier"])
    op.create_index(
        "ix_recount_items_waiting",
        "recount_items",
        ["recount", "dossier"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("recount_items")
    op.drop_table("recounts")
    op.execute("DELETE FROM numbers WHERE series = 'calendar'")
    # Only what is said last can be kept.
    op.execute(
        "DELETE FROM calendar_days WHERE revision < (SELECT MAX(later.revision) FROM calendar_days"
        " later WHERE later.day = calendar_days.day AND later.scope = calendar_days.scope)"
    )
    with op.batch_alter_table("calendar_days") as table:
        table.drop_constraint(op.f(KEY), type_="primary")
        table.create_primary_key(op.f(KEY), ["day", "scope"])
