"""In whose ledger (07) a dossier stands, wherever it is now."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    with op.batch_alter_table("dossiers") as table:
        table.drop_constraint(op.f("fk_dossiers_book"), type_="foreignkey")
        table.drop_column("book")
