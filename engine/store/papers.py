"""Statements about what lies in a dossier's folder: papers, scans, slips; and about visits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from engine.store.dossiers import insert_row
from engine.store.tables import checklist, documents, slips, uploads, visits


def insert_upload(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a file that no form holds yet."""
    connection.execute(insert(uploads), dict(values))


def upload(connection: Connection, token: str, person: int | None) -> Row[Any] | None:
    """The file that this person put under the token."""
    mine = (uploads.c.token == token, uploads.c.person == person)
    return connection.execute(select(uploads).where(*mine)).first()


def delete_upload(connection: Connection, token: str) -> None:
    """The file is held by a form now."""
    connection.execute(delete(uploads).where(uploads.c.token == token))


def insert_document(connection: Connection, **values: Any) -> int:
    """Write a scan of the dossier; its number."""
    return insert_row(connection, documents, **values)


def document(connection: Connection, dossier: int | None, id: int) -> Row[Any] | None:
    """A scan of that dossier."""
    here = (documents.c.id == id, documents.c.dossier == dossier)
    return connection.execute(select(documents).where(*here)).first()


def insert_checked(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a paper that the counter ticked off."""
    connection.execute(insert(checklist), dict(values))


def checked(connection: Connection, dossier: int) -> list[Row[Any]]:
    """The papers that the counter ticked off."""
    question = select(checklist).where(checklist.c.dossier == dossier)
    return list(connection.execute(question).all())


def insert_slip(connection: Connection, **values: Any) -> int:
    """Write an issued slip; its number among all."""
    return insert_row(connection, slips, **values)


def slip(connection: Connection, dossier: int | None, id: int) -> Row[Any] | None:
    """An issued slip of that dossier."""
    here = (slips.c.id == id, slips.c.dossier == dossier)
    return connection.execute(select(slips).where(*here)).first()


def issued(connection: Connection, dossier: int, kind: str) -> int:
    """How many slips of the kind the dossier has got."""
    here = (slips.c.dossier == dossier, slips.c.kind == kind)
    return connection.scalar(select(func.count()).select_from(slips).where(*here)) or 0


def insert_visit(connection: Connection, **values: Any) -> int:
    """Write an outcome at the counter without a dossier; its number."""
    return insert_row(connection, visits, **values)


def visit(connection: Connection, id: int) -> Row[Any] | None:
    """The visit of that number."""
    return connection.execute(select(visits).where(visits.c.id == id)).first()


def visit_by_key(connection: Connection, key: str) -> Row[Any] | None:
    """What an earlier posting of the same form made."""
    return connection.execute(select(visits).where(visits.c.key == key)).first()
