"""How results are returned, what dossiers cost, where folders lie, files from a telephone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.columns import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("taken_at IS NULL")


def _foreign(table: str, name: str, to: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.{key}"], name=op.f(f"fk_{table}_{name}"))


def upgrade() -> None:
    with op.batch_alter_table("dossiers") as table:
        table.add_column(
            sa.Column("return_by", sa.String(length=12), nullable=False, server_default="counter")
        )
        table.add_column(sa.Column("return_at", sa.String(length=40), nullable=True))
        table.add_column(
            sa.Column("handover", sa.String(length=14), nullable=False, server_default="none")
        )
        table.add_column(sa.Column("folder_at", sa.String(length=40), nullable=True))
        for name in ("return_at", "folder_at"):
            table.create_foreign_key(op.f(f"fk_dossiers_{name}"), "units", [name], ["code"])
    op.execute("UPDATE dossiers SET handover = 'handed' WHERE status = 10")
    op.execute("UPDATE dossiers SET handover = 'waiting' WHERE status = 9")
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("source", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_documents_source"), "documents", ["source"], ["id"])
    op.create_table(
        "upload_links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("person", BIG, nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        _foreign("upload_links", "person", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_links")),
        sa.UniqueConstraint("secret", name=op.f("uq_upload_links_secret")),
    )
    op.create_index("ix_upload_links_form", "upload_links", ["person", "form"])
    with op.batch_alter_table("uploads") as table:
        table.add_column(sa.Column("link", BIG, nullable=True))
        table.add_column(sa.Column("document", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_uploads_link"), "upload_links", ["link"], ["id"])
        table.create_foreign_key(op.f("fk_uploads_document"), "documents", ["document"], ["id"])
        table.create_index(op.f("ix_uploads_link"), ["link"])
    op.create_table(
        "folders",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("from_unit", sa.String(length=40), nullable=False),
        sa.Column("to_unit", sa.String(length=40), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("sent_by", BIG, nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("taken_by", BIG, nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False, server_default=""),
        _foreign("folders", "dossier", "dossiers"),
        _foreign("folders", "from_unit", "units", "code"),
        _foreign("folders", "to_unit", "units", "code"),
        _foreign("folders", "sent_by", "persons"),
        _foreign("folders", "taken_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
    )
    op.create_index(op.f("ix_folders_dossier"), "folders", ["dossier"])
    op.create_index(
        "ix_folders_waiting",
        "folders",
        ["to_unit"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )
    op.create_table(
        "payments",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("dossier", BIG, nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=False),
        sa.Column("fee", sa.String(length=60), nullable=False),
        sa.Column("title_vi", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("how", sa.String(length=8), nullable=True),
        sa.Column("receipt", sa.String(length=60), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", BIG, nullable=True),
        _foreign("payments", "dossier", "dossiers"),
        _foreign("payments", "settled_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("dossier", "fee", name=op.f("uq_payments_dossier_fee")),
        sa.UniqueConstraint("reference", name=op.f("uq_payments_reference")),
    )
    op.create_index(op.f("ix_payments_dossier"), "payments", ["dossier"])


def downgrade() -> None:
    op.drop_table("payments")
    op.drop_table("folders")
    with op.batch_alter_table("uploads") as table:
        table.drop_index(op.f("ix_uploads_link"))
        table.drop_constraint(op.f("fk_uploads_link"), type_="foreignkey")
        table.drop_constraint(op.f("fk_uploads_document"), type_="foreignkey")
        table.drop_column("link")
        table.drop_column("document")
    op.drop_table("upload_links")
    with op.batch_alter_table("documents") as table:
        table.drop_constraint(op.f("fk_documents_source"), type_="foreignkey")
        table.drop_column("source")
    with op.batch_alter_table("dossiers") as table:
        for name in ("return_at", "folder_at"):
            table.drop_constraint(op.f(f"fk_dossiers_{name}"), type_="foreignkey")
            table.drop_column(name)
        table.drop_column("handover")
        table.drop_column("return_by")
