"""Statements about messages and signals between dossiers, and who waits for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, literal, select

from engine.store.dossiers import change_row
from engine.store.tables import dossiers, hearings, letters, runs, waits


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


def call_out(connection: Connection, letter: Row[Any]) -> None:
    """Write down who listens to the signal now; its sender and suspended dossiers do not."""
    listening = (
        select(literal(letter.id, letters.c.id.type), waits.c.run)
        .join(dossiers, dossiers.c.id == waits.c.dossier)
        .where(waits.c.kind == "signal", waits.c.name == letter.name)
        .where(waits.c.dossier != letter.dossier, dossiers.c.suspended_at.is_(None))
        .distinct()
    )
    connection.execute(insert(hearings).from_select(["letter", "run"], listening))


def to_hear(connection: Connection, limit: int) -> list[Row[Any]]:
    """(letter, run) that have still to meet, the oldest first; the suspended hear it later."""
    question = (
        select(hearings.c.letter, hearings.c.run)
        .join(runs, runs.c.id == hearings.c.run)
        .join(dossiers, dossiers.c.id == runs.c.dossier)
        .where(dossiers.c.suspended_at.is_(None))
        .order_by(hearings.c.letter, hearings.c.run)
    )
    return list(connection.execute(question.limit(limit)))


def hearing(connection: Connection, letter: int, run: str) -> Row[Any] | None:
    """The letter with whom it goes ``to``, unless it was heard or another worker has it in hand."""
    question = (
        select(letters, runs.c.dossier.label("to"))
        .join(hearings, hearings.c.letter == letters.c.id)
        .join(runs, runs.c.id == hearings.c.run)
        .where(hearings.c.letter == letter, hearings.c.run == run)
    )
    locked = question.with_for_update(of=hearings, skip_locked=True)
    return connection.execute(locked).first()


def heard(connection: Connection, letter: int, run: str) -> None:
    """That run need not hear it any more."""
    mine = (hearings.c.letter == letter, hearings.c.run == run)
    connection.execute(delete(hearings).where(*mine))


def listens(connection: Connection, run: str, kind: str, name: str) -> bool:
    """Whether the run still waits for it."""
    here = (waits.c.run == run, waits.c.kind == kind, waits.c.name == name)
    return connection.scalar(select(waits.c.id).where(*here).limit(1)) is not None


def hold(connection: Connection, letter: int) -> Row[Any] | None:
    """Lock a letter that is still pending; None where somebody else has delivered it."""
    here = and_(letters.c.id == letter, letters.c.state == "pending")
    return connection.execute(select(letters).where(here).with_for_update()).first()


def change_letter(connection: Connection, letter: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the letter."""
    change_row(connection, letters, letter, values)
