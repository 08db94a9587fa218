"""Statements about paper folders on their way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.store.dossiers import insert_row
from engine.store.tables import folders


def insert_folder(connection: Connection, **values: Any) -> int:
    """Write that a folder was given; its number."""
    return insert_row(connection, folders, **values)


def folder(connection: Connection, id: int) -> Row[Any] | None:
    """That hand-over."""
    return connection.execute(select(folders).where(folders.c.id == id)).first()


def on_its_way(connection: Connection, dossier: int) -> bool:
    """Whether the folder was given and nobody has confirmed it yet."""
    here = (folders.c.dossier == dossier, folders.c.taken_at.is_(None))
    return connection.scalar(select(folders.c.id).where(*here).limit(1)) is not None


def change_folder(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write that it arrived."""
    connection.execute(update(folders).where(folders.c.id == id).values(dict(values)))
