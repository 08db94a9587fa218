"""Which dossiers go on with nothing to wait for: something is wrong with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Exists,
    Table,
    and_,
    exists,
    or_,
    select,
    true,
    update,
)

from engine.codes.statuses import ENDED
from engine.sides import OPINION
from engine.store.acting import kept_at
from engine.store.tables import dossiers, due, escalations, incidents, runs, tasks, waits

LEAST, MOST = timedelta(hours=1), 500  # no step is idle earlier; read in one go
LYING = ("untouched", "unmoved")  # the head was told of a step left lying; its holder was
Place = tuple[datetime, str]  # how far such a list was read: the instant and the task


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
    goes_on = and_(dossiers.c.status.not_in(ENDED), dossiers.c.suspended_at.is_(None))
    question = select(dossiers.c.id).where(goes_on)
    question = question.where(_any(runs, runs.c.finished_at.is_(None)))
    for table, condition in hanging:
        question = question.where(~_any(table, condition))
    if dossier is not None:
        question = question.where(dossiers.c.id == dossier)
    return list(connection.scalars(question.order_by(dossiers.c.id)))


def idle_tasks(
    connection: Connection, now: datetime, after: Place | None = None, task: str | None = None
) -> list[dict[str, Any]]:
    """Open steps of running dossiers, held or not, left lying without their head being told.

    The longest untouched MOST beyond a place, or that one ``task``.
    """
    return _untold(connection, "untouched", tasks.c.touched_at, _lying(now), after, task, now)


def held_tasks(
    connection: Connection, now: datetime, after: Place | None = None, task: str | None = None
) -> list[dict[str, Any]]:
    """The same for those that somebody holds, left lying without the holder being told."""
    here = and_(_lying(now), kept_at(now))
    return _untold(connection, "unmoved", tasks.c.touched_at, here, after, task, now)


def _lying(now: datetime) -> ColumnElement[bool]:
    running = and_(dossiers.c.paused.is_(False), dossiers.c.settled_at.is_(None))
    return and_(tasks.c.touched_at < now - LEAST, running)


def silent_tasks(
    connection: Connection, now: datetime, after: Place | None = None, task: str | None = None
) -> list[dict[str, Any]]:
    """Open steps for which an opinion is owed since before ``now``, and nobody was told of."""
    here = and_(tasks.c.step == OPINION, tasks.c.step_due < now)
    return _untold(connection, "unanswered", tasks.c.step_due, here, after, task, now)


def _untold(
    connection: Connection,
    duty: str,
    since: Column[datetime],
    here: ColumnElement[bool],
    after: Place | None,
    task: str | None,
    now: datetime,
) -> list[dict[str, Any]]:
    told = exists().where(escalations.c.task == tasks.c.id, escalations.c.duty == duty)
    if duty in LYING:  # what was told before somebody touched it is over
        told = told.where(escalations.c.at > tasks.c.touched_at)
    question = (
        select(tasks, dossiers.c.release, kept_at(now).label("kept"))
        .join(dossiers, dossiers.c.id == tasks.c.dossier)
        .where(tasks.c.state == "open", dossiers.c.suspended_at.is_(None), here, ~told)
        .order_by(since, tasks.c.id)
        .limit(MOST)
    )
    if after is not None:
        at, id = after
        question = question.where(or_(since > at, and_(since == at, tasks.c.id > id)))
    if task is not None:
        question = question.where(tasks.c.id == task)
    found = connection.execute(question)
    # Whoever no longer acts on its post holds nothing.
    return [{**row._mapping, "holder": row.holder if row.kept else None} for row in found]


def _in_vain() -> ColumnElement[bool]:
    e, t = escalations.c, tasks.c
    here = and_(t.id == e.task, t.state == "open")
    lying = exists().where(here, t.touched_at < e.at)
    unanswered = exists().where(here)
    over = or_(and_(e.duty.in_(LYING), ~lying), and_(e.duty == "unanswered", ~unanswered))
    return and_(e.closed_at.is_(None), over)


def roused_in_vain(connection: Connection) -> bool:
    """Whether somebody has touched a step, or given an opinion, that somebody was told of."""
    question = select(escalations.c.id).where(_in_vain()).limit(1)
    return connection.scalar(question) is not None


def close_roused(connection: Connection, at: datetime) -> None:
    """They need not look any more."""
    connection.execute(update(escalations).where(_in_vain()).values(closed_at=at))


def _any(table: Table, condition: ColumnElement[bool]) -> Exists:
    return exists().where(table.c.dossier == dossiers.c.id, condition)
