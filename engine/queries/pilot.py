"""What the pilot asks of its own database: every dossier in a line, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.cutovers import CUTOVERS
from engine.store.tables import dossiers


@dataclass(frozen=True)
class DossierInBrief:
    """A dossier's end: its status, whether in time, and what is owed."""

    id: int
    code: str
    status: int
    outcome: str | None
    due_at: datetime | None
    trial: bool
    model: str


def dossiers_of(connection: Connection) -> tuple[DossierInBrief, ...]:
    """Every dossier in the order it came."""
    c = dossiers.c
    question = select(c.id, c.code, c.status, c.outcome, c.due_at, c.trial, c.model)
    return tuple(DossierInBrief(*row) for row in connection.execute(question.order_by(c.id)))


def results(connection: Connection, cutover: int) -> dict[str, int]:
    """How many dossiers a cut-over has handed over, and how many stayed."""
    return {"handed": 0, "stays": 0, **CUTOVERS.counts(connection, cutover)}
