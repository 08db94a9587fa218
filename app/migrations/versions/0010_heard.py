"""Who has still to hear a signal; which step a head was told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What heads were told of before, as far as the instant says which step it was.
FILL = """
UPDATE escalations SET task = (
    SELECT min(tasks.id) FROM tasks
    WHERE tasks.dossier = escalations.dossier AND (
        (escalations.duty = 'untouched' AND tasks.opened_at = escalations.due)
        OR (escalations.duty = 'unanswered' AND tasks.step = 'side.opinion'
            AND tasks.step_due = escalations.due)))
WHERE duty IN ('untouched', 'unanswered')
"""


def upgrade() -> None:
    op.create_table(
        "hearings",
        sa.Column("letter", BIG, nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter"], ["letters.id"], name=op.f("fk_hearings_letter"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run"], ["runs.id"], name=op.f("fk_hearings_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter", "run", name=op.f("pk_hearings")),
    )
    with op.batch_alter_table("escalations") as table:
        table.add_column(sa.Column("task", sa.String(length=36), nullable=True))
        table.create_foreign_key(op.f("fk_escalations_task"), "tasks", ["task"], ["id"])
        table.create_index(op.f("ix_escalations_task"), ["task"])
    op.execute(FILL)


def downgrade() -> None:
    with op.batch_alter_table("escalations") as table:
        table.drop_index(op.f("ix_escalations_task"))
        table.drop_constraint(op.f("fk_escalations_task"), type_="foreignkey")
        table.drop_column("task")
    op.drop_table("hearings")
