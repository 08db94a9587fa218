"""Statements about runs that cannot go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from engine.store.dossiers import change_row, insert_row
from engine.store.tables import incidents, tasks


def insert_incident(connection: Connection, **values: Any) -> int:
    """Write a new incident; its number."""
    return insert_row(connection, incidents, **values)


def incident(connection: Connection, id: int) -> Row[Any] | None:
    """The incident of that number."""
    return connection.execute(select(incidents).where(incidents.c.id == id)).first()


def same(
    connection: Connection, dossier: int, run: str, element: str, input: Mapping[str, Any]
) -> Row[Any] | None:
    """The open incident of the same doing at the same place."""
    c = incidents.c
    here = (c.dossier == dossier, c.run == run, c.element == element, c.closed_at.is_(None))
    for row in connection.execute(select(incidents).where(*here).order_by(c.id)):
        if all(row.input.get(key) == input.get(key) for key in ("do", "task", "name")):
            return row
    return None


def change_incident(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the incident."""
    change_row(connection, incidents, id, values)


def close_incidents(connection: Connection, dossier: int, at: datetime, by: int | None) -> None:
    """Whatever was stuck in the dossier has to go on no more."""
    here = (incidents.c.dossier == dossier, incidents.c.closed_at.is_(None))
    connection.execute(update(incidents).where(*here).values(closed_at=at, closed_by=by))


def waiting_for(connection: Connection, role: str, unit: str) -> list[Row[Any]]:
    """Open incidents of steps that wait for somebody at that post."""
    there = and_(tasks.c.dossier == incidents.c.dossier, tasks.c.step == incidents.c.element)
    question = (
        select(incidents)
        .select_from(incidents.join(tasks, there))
        .where(tasks.c.state == "open", tasks.c.role == role, tasks.c.unit == unit)
        .where(incidents.c.closed_at.is_(None))
        .order_by(incidents.c.id)
    )
    return list(connection.execute(question).all())
