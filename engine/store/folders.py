"""Statements about paper folders on their way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from engine.store.dossiers import insert_row
from engine.store.tables import folders


def insert_folder(connection: Connection, **values: Any) -> int:
    """Write that a folder was given; its number."""
    return insert_row(connection, folders, **values)


def folder(connection: Connection, id: int) -> Row[Any] | None:
    """That hand-over."""
    return connection.execute(select(folders).where(folders.c.id == id)).first()


def on_its_way(connection: Connection, dossier: int) -> Row[Any] | None:
    """The hand-over that nobody has confirmed yet; None while the folder lies somewhere."""
    here = (folders.c.dossier == dossier, folders.c.taken_at.is_(None))
    return connection.execute(select(folders).where(*here)).first()


def delete_folder(connection: Connection, id: int) -> None:
    """It was not given after all; the journal keeps that it was said."""
    connection.execute(delete(folders).where(folders.c.id == id))


def change_folder(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write that it arrived, or goes elsewhere."""
    connection.execute(update(folders).where(folders.c.id == id).values(dict(values)))
