"""Numbers in the ledgers, what due date was told last, which slip a message is of."""

from __future__ import annotations

import re

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
# What runs was told its date before; the next telling is for the next date.
TELL = """
UPDATE dossiers SET told_due = due_at
WHERE settled_at IS NULL AND status NOT IN (3, 8, 10) AND due_at IS NOT NULL
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
    op.execute(TELL)
    _forget_keys()


def _forget_keys() -> None:
    notices = sa.table("notices", sa.column("id"), sa.column("state"), sa.column("body"))
    bind = op.get_bind()
    kept = sa.select(notices.c.id, notices.c.body).where(
        notices.c.state.in_(("sent", "off", "dead")), notices.c.body.like("%?s=%")
    )
    for id, body in bind.execute(kept).all():
        plain = re.sub(r"\?s=[0-9A-Za-z…-]+", "", body)
        bind.execute(sa.update(notices).where(notices.c.id == id).values(body=plain))


def downgrade() -> None:
    with op.batch_alter_table("notices") as table:
        table.drop_column("number")
    with op.batch_alter_table("dossiers") as table:
        table.drop_column("told_due")
        table.drop_column("ledger_no")
