"""Which dossiers go on with nothing to wait for: something is wrong with them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Exists, Table, and_, exists, select, true

from engine.store.dossiers import OVER
from engine.store.tables import dossiers, due, incidents, runs, tasks, waits


def idle(connection: Connection, dossier: int | None = None) -> list[int]:
    """Dossiers (or that one) whose run goes on with nothing to wait for.

    That is no person, no instant, no message and no incident; a suspended one waits for its resume.
    """
    held = due.c.state.in_(("pending", "held"))
    hanging = (
        (tasks, tasks.c.state == "open"),
        (due, and_(held, due.c.kind == "timer")),
        (waits, true()),
        (incidents, incidents.c.closed_at.is_(None)),
    )
    goes_on = and_(dossiers.c.status.not_in(OVER), dossiers.c.suspended_at.is_(None))
    question = select(dossiers.c.id).where(goes_on)
    question = question.where(_any(runs, runs.c.finished_at.is_(None)))
    for table, condition in hanging:
        question = question.where(~_any(table, condition))
    if dossier is not None:
        question = question.where(dossiers.c.id == dossier)
    return list(connection.scalars(question.order_by(dossiers.c.id)))


def _any(table: Table, condition: ColumnElement[bool]) -> Exists:
    return exists().where(table.c.dossier == dossiers.c.id, condition)
