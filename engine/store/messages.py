"""What is said about a dossier, inside the house and with the citizen; and how content they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.store.dossiers import insert_row
from engine.store.tables import messages, ratings


def insert_message(connection: Connection, **values: Any) -> int:
    """Write what was said; its number."""
    return insert_row(connection, messages, **values)


def message(connection: Connection, id: int) -> Row[Any] | None:
    """What was said under that number."""
    return connection.execute(select(messages).where(messages.c.id == id)).first()


def message_by_key(connection: Connection, key: str) -> Row[Any] | None:
    """What an earlier posting of the same form said."""
    return connection.execute(select(messages).where(messages.c.key == key)).first()


def owed(connection: Connection, dossier: int, kind: str) -> list[Row[Any]]:
    """What the citizen said of that kind and nobody has answered."""
    here = (messages.c.dossier == dossier, messages.c.kind == kind)
    waits = (messages.c.owed_at.is_not(None), messages.c.answered_at.is_(None))
    return list(connection.execute(select(messages).where(*here, *waits).order_by(messages.c.id)))


def change_message(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write the answer."""
    connection.execute(update(messages).where(messages.c.id == id).values(dict(values)))


def rate(connection: Connection, dossier: int, centre: str, marks: int, at: datetime) -> None:
    """How content the citizen is; the last word counts."""
    connection.execute(delete(ratings).where(ratings.c.dossier == dossier))
    told = {"dossier": dossier, "centre": centre, "marks": marks, "at": at}
    connection.execute(insert(ratings), told)
