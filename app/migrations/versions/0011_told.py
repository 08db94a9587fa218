"""Numbers in the ledgers, when a result was last said to be due, which slip a message is of."""

from __future__ import annotations

import re
from collections import Counter

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Servers' own words, which name the address they refuse, and keys of tracking pages in messages
# that will not be sent: both were kept before.
FORGET = """
UPDATE notices SET error = 'earlier' WHERE error IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("dossiers") as table:
        table.add_column(sa.Column("ledger_no", sa.Integer(), nullable=True))
        table.add_column(sa.Column("told_due", Instant(), nullable=True))
    with op.batch_alter_table("notices") as table:
        table.add_column(
            sa.Column("number", sa.String(length=40), server_default="", nullable=False)
        )
    op.execute(FORGET)
    _forget_keys()
    _number_the_ledgers()


def _forget_keys() -> None:
    notices = sa.table("notices", sa.column("id"), sa.column("state"), sa.column("body"))
    bind = op.get_bind()
    kept = sa.select(notices.c.id, notices.c.body).where(
        notices.c.state.in_(("sent", "off", "dead")), notices.c.body.like("%?s=%")
    )
    for id, body in bind.execute(kept).all():
        plain = re.sub(r"\?s=[0-9A-Za-z…-]+", "", body)
        bind.execute(sa.update(notices).where(notices.c.id == id).values(body=plain))


def _number_the_ledgers() -> None:
    """Each office's dossiers of a year, in the order in which they were received."""
    names = ("id", "receiving", "trial", "ledger_no")
    dossiers = sa.table("dossiers", *map(sa.column, names), sa.column("received_at", Instant()))
    numbers = sa.table("numbers", *map(sa.column, ("series", "period", "last")))
    bind, last = op.get_bind(), Counter[tuple[str, str]]()
    order = sa.select(dossiers).order_by(dossiers.c.received_at, dossiers.c.id)
    for row in bind.execute(order).all():
        book = f"{'trial:' if row.trial else ''}{row.receiving}:ledger"
        key = (book, f"{row.received_at:%Y}")
        last[key] += 1
        written = sa.update(dossiers).where(dossiers.c.id == row.id).values(ledger_no=last[key])
        bind.execute(written)
    for (series, period), number in last.items():
        bind.execute(sa.insert(numbers).values(series=series, period=period, last=number))


def downgrade() -> None:
    op.execute("DELETE FROM numbers WHERE series LIKE '%\\:ledger'")
    with op.batch_alter_table("notices") as table:
        table.drop_column("number")
    with op.batch_alter_table("dossiers") as table:
        table.drop_column("told_due")
        table.drop_column("ledger_no")
