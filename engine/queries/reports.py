"""The daily board: how many dossiers came, went, wait, stand and are late; live ones only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from engine.authority import require
from engine.calendar import local
from engine.package import Text
from engine.queries.visibility import seen_by
from engine.store.calendar import calendar
from engine.store.organisation import Actor
from engine.store.tables import dossiers, incidents, releases


@dataclass(frozen=True)
class Figures:
    """Numbers of live dossiers at one instant. ``settled`` is of today, by outcome beside it."""

    received_today: int = 0
    settled_today: int = 0
    early_today: int = 0
    on_time_today: int = 0
    late_today: int = 0
    returned_today: int = 0
    in_progress: int = 0
    late: int = 0
    due_today: int = 0
    due_next_day: int = 0
    paused: int = 0
    to_collect: int = 0


@dataclass(frozen=True)
class ProcedureFigures:
    """The same for one procedure."""

    name: str
    title: Text
    figures: Figures


@dataclass(frozen=True)
class Board:
    """What the actor's offices have on their hands now."""

    at: datetime
    total: Figures
    procedures: tuple[ProcedureFigures, ...]
    incidents: int


def board(connection: Connection, actor: Actor, now: datetime, centre: str | None = None) -> Board:
    """The board of everything the actor may see, or of one receiving centre."""
    require(actor, "report")
    wanted = and_(dossiers.c.trial.is_(False), seen_by(actor, dossiers.c.id))
    if centre is not None:
        wanted = and_(wanted, dossiers.c.receiving == centre)
    conditions = _conditions(now, _next_day(connection, now))
    rows = connection.execute(
        select(
            dossiers.c.procedure,
            func.min(releases.c.title_vi).label("title_vi"),
            func.min(releases.c.title_en).label("title_en"),
            *(_number(condition).label(name) for name, condition in conditions.items()),
        )
        .join(releases, releases.c.digest == dossiers.c.release)
        .where(wanted, or_(dossiers.c.status < 10, dossiers.c.returned_at >= _midnight(now)))
        .group_by(dossiers.c.procedure)
        .order_by(func.min(releases.c.title_vi))
    ).all()
    lines = tuple(
        ProcedureFigures(
            row.procedure,
            Text(row.title_vi, row.title_en),
            Figures(**{name: int(row._mapping[name]) for name in conditions}),
        )
        for row in rows
    )
    total = Figures(
        **{name: sum(getattr(line.figures, name) for line in lines) for name in conditions}
    )
    open_incidents = select(func.count()).where(
        incidents.c.closed_at.is_(None), seen_by(actor, incidents.c.dossier)
    )
    return Board(now, total, lines, connection.scalar(open_incidents) or 0)


def _next_day(connection: Connection, now: datetime) -> datetime:
    """The end of the next day of work after today; on a Saturday that is Monday."""
    return calendar(connection).end_of_day(local(now).date() + timedelta(days=1))


def _conditions(now: datetime, next_day: datetime) -> dict[str, ColumnElement[bool]]:
    c = dossiers.c
    today, tomorrow = _midnight(now), _midnight(now) + timedelta(days=1)
    settled = c.settled_at >= today
    running = and_(c.status < 7, c.settled_at.is_(None), c.paused.is_(False))
    return {
        "received_today": c.received_at >= today,
        "settled_today": settled,
        "early_today": and_(settled, c.outcome == "early"),
        "on_time_today": and_(settled, c.outcome == "on time"),
        "late_today": and_(settled, c.outcome == "late"),
        "returned_today": c.returned_at >= today,
        "in_progress": and_(c.status < 7, c.settled_at.is_(None)),
        "late": and_(running, c.due_at < now),
        "due_today": and_(running, c.due_at >= now, c.due_at < tomorrow),
        "due_next_day": and_(running, c.due_at >= tomorrow, c.due_at <= next_day),
        "paused": and_(c.paused.is_(True), c.status < 7),
        "to_collect": c.status == 9,
    }


def _number(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _midnight(now: datetime) -> datetime:
    return datetime.combine(local(now).date(), time(), local(now).tzinfo)
