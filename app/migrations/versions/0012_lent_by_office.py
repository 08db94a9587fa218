"""Whoever is away lends the posts of one office: a row for each office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = (
    "person, substitute, valid_from, valid_until, basis, decided_by, decided_at, ended_by, unit"
)
# Until now all offices of the absent person were lent, and the substitute belonged to each.
SPREAD = f"""
INSERT INTO absences ({COLUMNS})
SELECT a.person, a.substitute, a.valid_from, a.valid_until, a.basis, a.decided_by, a.decided_at,
       a.ended_by, p.unit
FROM absences AS a JOIN posts AS p ON p.person = a.person
WHERE a.unit IS NULL AND EXISTS (
    SELECT 1 FROM posts AS q WHERE q.person = a.substitute AND q.unit = p.unit)
GROUP BY a.id, a.person, a.substitute, a.valid_from, a.valid_until, a.basis, a.decided_by,
         a.decided_at, a.ended_by, p.unit
"""
# On the way back a row lends all shared offices again. One that lent fewer would come back wider
# than anybody decided: whoever is away at some of them only has to be stood in for anew.
NARROW = """
DELETE FROM absences WHERE id IN (
    SELECT a.id FROM absences AS a
    JOIN posts AS p ON p.person = a.person
    JOIN posts AS q ON q.person = a.substitute AND q.unit = p.unit
    WHERE NOT EXISTS (
        SELECT 1 FROM absences AS b
        WHERE b.person = a.person AND b.substitute = a.substitute AND b.unit = p.unit
            AND b.valid_from <= a.valid_from AND b.valid_until >= a.valid_until))
"""
# What is left says the same for each of its offices: one row says it.
ALIKE = """
DELETE FROM absences WHERE id IN (
    SELECT a.id FROM absences AS a
    JOIN absences AS b ON b.person = a.person AND b.substitute = a.substitute
        AND b.valid_from = a.valid_from AND b.valid_until = a.valid_until AND b.id < a.id)
"""


def upgrade() -> None:
    with op.batch_alter_table("absences") as table:
        table.add_column(sa.Column("unit", sa.String(length=40), nullable=True))
    op.execute(SPREAD)
    op.execute("DELETE FROM absences WHERE unit IS NULL")
    with op.batch_alter_table("absences") as table:
        table.alter_column("unit", existing_type=sa.String(length=40), nullable=False)
        table.create_foreign_key(op.f("fk_absences_unit"), "units", ["unit"], ["code"])


def downgrade() -> None:
    op.execute(NARROW)
    op.execute(ALIKE)
    with op.batch_alter_table("absences") as table:
        table.drop_constraint(op.f("fk_absences_unit"), type_="foreignkey")
        table.drop_column("unit")
