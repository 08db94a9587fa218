"""Languages beside the house's two have codes of three letters: tyz, hmn, khm."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("persons", "notices")


def _width(old: int, new: int) -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.alter_column(
                "language",
                existing_type=sa.String(length=old),
                type_=sa.String(length=new),
                existing_nullable=False,
            )


def upgrade() -> None:
    _width(2, 8)


def downgrade() -> None:
    for name in TABLES:
        op.execute(f"UPDATE {name} SET language = 'vi' WHERE length(language) > 2")
    _width(8, 2)
