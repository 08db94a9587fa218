"""Statements about ways round a stuck step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.store.dossiers import change_row, insert_row
from engine.store.tables import jumps


def insert_jump(connection: Connection, **values: Any) -> int:
    """Write a proposal; its number."""
    return insert_row(connection, jumps, **values)


def jump(connection: Connection, id: int) -> Row[Any] | None:
    """The proposal of that number."""
    return connection.execute(select(jumps).where(jumps.c.id == id)).first()


def change_jump(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the proposal."""
    change_row(connection, jumps, id, values)
