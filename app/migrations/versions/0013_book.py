"""In whose ledger (07) a dossier stands, wherever it is now, and under which number."""

from __future__ import annotations

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

HANDED = sa.text(
    "SELECT dossier, fact FROM journal WHERE kind = 'handed_over' ORDER BY dossier, seq DESC"
)
KEEP = sa.text("UPDATE dossiers SET book = :book WHERE id = :dossier")


def upgrade() -> None:
    with op.batch_alter_table("dossiers") as table:
        table.add_column(sa.Column("book", sa.String(length=40), nullable=True))
        table.create_foreign_key(op.f("fk_dossiers_book"), "units", ["book"], ["code"])
    op.execute("UPDATE dossiers SET book = receiving")
    # Who has changed offices was received by the one it left first, as the journal says.
    connection = op.get_bind()
    for dossier, fact in connection.execute(HANDED).all():
        said = json.loads(fact) if isinstance(fact, str) else fact
        connection.execute(KEEP, {"dossier": dossier, "book": said["receiving"][0]})
    with op.batch_alter_table("dossiers") as table:
        table.alter_column("book", existing_type=sa.String(length=40), nullable=False)
    _number_the_ledgers()


def _number_the_ledgers() -> None:
    """Each book's dossiers of a year, in the order in which they were received.

    Numbers that are there already, on receipts, stay: the others follow after the highest.
    """
    names = ("id", "book", "trial", "ledger_no")
    dossiers = sa.table("dossiers", *map(sa.column, names), sa.column("received_at", Instant()))
    numbers = sa.table("numbers", *map(sa.column, ("series", "period", "last")))
    bind, last = op.get_bind(), Counter[tuple[str, str]]()
    order = sa.select(dossiers).order_by(dossiers.c.received_at, dossiers.c.id)
    unnumbered = []
    for row in bind.execute(order).all():
        series = f"{'trial:' if row.trial else ''}{row.book}:ledger"
        key = (series, f"{row.received_at:%Y}")
        if row.ledger_no is None:
            unnumbered.append((row.id, key))
        last[key] = max(last[key], row.ledger_no or 0)
    for id, key in unnumbered:
        last[key] += 1
        bind.execute(sa.update(dossiers).where(dossiers.c.id == id).values(ledger_no=last[key]))
    for (series, period), number in last.items():
        bind.execute(sa.insert(numbers).values(series=series, period=period, last=number))


def downgrade() -> None:
    op.execute("DELETE FROM numbers WHERE series LIKE '%\\:ledger'")
    with op.batch_alter_table("dossiers") as table:
        table.drop_constraint(op.f("fk_dossiers_book"), type_="foreignkey")
        table.drop_column("book")
