"""Statements about what dossiers cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.store.dossiers import insert_row
from engine.store.tables import payments


def insert_payment(connection: Connection, **values: Any) -> int:
    """Write a fee that is owed; its number."""
    return insert_row(connection, payments, **values)


def payment(connection: Connection, id: int) -> Row[Any] | None:
    """That payment."""
    return connection.execute(select(payments).where(payments.c.id == id)).first()


def of_fee(connection: Connection, dossier: int, fee: str) -> Row[Any] | None:
    """What the dossier was charged for that fee."""
    here = (payments.c.dossier == dossier, payments.c.fee == fee)
    return connection.execute(select(payments).where(*here)).first()


def of_dossier(connection: Connection, dossier: int) -> list[Row[Any]]:
    """Everything the dossier was charged, in order."""
    question = select(payments).where(payments.c.dossier == dossier).order_by(payments.c.id)
    return list(connection.execute(question).all())


def change_payment(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write what became of it."""
    connection.execute(update(payments).where(payments.c.id == id).values(dict(values)))
