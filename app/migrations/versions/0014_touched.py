"""When anybody last had a hand in a step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FILL = """
UPDATE tasks SET touched_at = CASE
    WHEN draft_at IS NOT NULL AND draft_at >= opened_at
        AND (claimed_at IS NULL OR draft_at >= claimed_at) THEN draft_at
    WHEN claimed_at IS NOT NULL AND claimed_at >= opened_at THEN claimed_at
    ELSE opened_at END
"""


def upgrade() -> None:
    op.add_column("tasks", sa.Column("touched_at", Instant(), nullable=True))
    op.execute(FILL)
    with op.batch_alter_table("tasks") as table:
        table.alter_column("touched_at", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("tasks") as table:
        table.drop_column("touched_at")
