"""Statements about messages and signals between dossiers, and who waits for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select

from engine.store.dossiers import change_row
from engine.store.tables import dossiers, letters, waits


def listen(
    connection: Connection,
    dossier: int,
    centre: str,
    run: str,
    wanted: Collection[tuple[str, str]],
    correlation: Mapping[str, Any],
) -> None:
    """Let exactly these (kind, name) be what the run waits for."""
    connection.execute(delete(waits).where(waits.c.run == run))
    rows = [
        {
            "dossier": dossier,
            "centre": centre,
            "run": run,
            "kind": kind,
            "name": name,
            "correlation": dict(correlation),
        }
        for kind, name in sorted(wanted)
    ]
    if rows:
        connection.execute(insert(waits), rows)


def insert_letter(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write what a dossier has sent."""
    connection.execute(insert(letters), dict(values))


def pending_signals(connection: Connection, limit: int) -> list[Row[Any]]:
    """Signals that have not been told yet, the oldest first."""
    question = select(letters).where(letters.c.state == "pending", letters.c.kind == "signal")
    return list(connection.execute(question.order_by(letters.c.id).limit(limit)))


def asked_for(connection: Connection, limit: int) -> list[Row[Any]]:
    """Messages that somebody waits for, with whoever does: the oldest of both first."""
    meet = and_(waits.c.kind == letters.c.kind, waits.c.name == letters.c.name)
    question = (
        select(
            letters,
            waits.c.dossier.label("to"),
            waits.c.run.label("to_run"),
            waits.c.correlation.label("expects"),
        )
        .select_from(letters.join(waits, meet).join(dossiers, dossiers.c.id == waits.c.dossier))
        .where(letters.c.state == "pending", letters.c.kind == "message")
        .where(dossiers.c.suspended_at.is_(None))
        .order_by(letters.c.id, waits.c.id)
        .limit(limit)
    )
    return list(connection.execute(question))


def unclaimed(connection: Connection, names: Collection[str], limit: int) -> list[Row[Any]]:
    """Pending messages of these names, the oldest first."""
    mine = (letters.c.state == "pending", letters.c.kind == "message", letters.c.name.in_(names))
    question = select(letters).where(*mine).order_by(letters.c.id).limit(limit)
    return list(connection.execute(question))


def listeners(connection: Connection, kind: str, name: str) -> list[Row[Any]]:
    """(dossier, run) of those who wait for it; a suspended dossier hears nothing."""
    question = (
        select(waits.c.dossier, waits.c.run)
        .join(dossiers, dossiers.c.id == waits.c.dossier)
        .where(waits.c.kind == kind, waits.c.name == name, dossiers.c.suspended_at.is_(None))
    )
    return list(connection.execute(question.order_by(waits.c.id)))


def hold(connection: Connection, letter: int) -> bool:
    """Lock a letter that is still pending; False where somebody else has delivered it."""
    here = and_(letters.c.id == letter, letters.c.state == "pending")
    return (
        connection.execute(select(letters.c.id).where(here).with_for_update()).first() is not None
    )


def change_letter(connection: Connection, letter: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the letter."""
    change_row(connection, letters, letter, values)
