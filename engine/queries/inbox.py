"""The inbox: what waits for a person, sorted by the legal time left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from engine.calendar import Calendar, History, TimeLeft, read_clock, working_time_left
from engine.codes import mask_citizen_id
from engine.package import Text
from engine.queries.inbox_views import ANSWERED, OWED, conditions_of, soon_until
from engine.queries.specs import step_number
from engine.queries.visibility import found_by, seen_by
from engine.store.acting import kept_at
from engine.store.calendar import calendar
from engine.store.organisation import Actor
from engine.store.tables import dossiers, persons, releases, tasks, units

VIEWS = ("mine", "office", "all", "escalated", "late", "soon", "untouched", "paused")


@dataclass(frozen=True)
class InboxRow:
    """One task that waits. ``remaining``: (amount, unit of the limit) while the clock stands."""

    task: str
    dossier: int
    code: str
    trial: bool
    status: int
    procedure: Text
    step: str
    name: str
    step_no: int
    steps: int
    step_due: datetime | None
    step_late: bool
    applicant: str
    citizen_id: str
    due: datetime | None
    time_left: TimeLeft | None
    late: bool
    soon: bool
    paused: bool
    pause_reason: str
    remaining: tuple[int | Fraction, str] | None
    settled: bool
    received_at: datetime
    opened_at: datetime
    holder: str | None
    mine: bool
    my_post: bool
    receiving: Text
    elsewhere: bool
    answered: bool  # an opinion has come since anybody last had a hand in it
    owed: str  # what the citizen has said and waits for: reply, withdrawal, feedback


@dataclass(frozen=True)
class InboxPage:
    """One page of a view; ``procedures`` and ``steps`` are what the view can be narrowed to."""

    rows: tuple[InboxRow, ...]
    total: int
    page: int
    pages: int
    view: str
    counts: Mapping[str, int]
    procedures: tuple[tuple[str, Text], ...]
    steps: tuple[str, ...]


def page(
    connection: Connection,
    actor: Actor,
    now: datetime,
    *,
    view: str = "mine",
    search: str = "",
    procedure: str = "",
    step: str = "",
    page: int = 1,
    size: int = 20,
) -> InboxPage:
    """One page of a view (an unknown one is ``mine``), narrowed; three statements at most."""
    view = view if view in VIEWS else "mine"
    days = calendar(connection)
    conditions = conditions_of(actor, now, days)
    narrowed = _narrowed(search, procedure, step)
    seen = and_(tasks.c.state == "open", seen_by(actor, tasks.c.dossier))
    groups = _groups(connection, seen, conditions, and_(conditions[view], narrowed))
    total = sum(group.total for group in groups)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    wanted = and_(seen, conditions[view], narrowed)
    rows = _rows(connection, wanted, now, (page - 1) * size, size)
    return InboxPage(
        rows=tuple(_row(connection, row, actor, now, days) for row in rows) if total else (),
        total=total,
        page=page,
        pages=pages,
        view=view,
        counts={name: sum(getattr(group, name) for group in groups) for name in VIEWS},
        procedures=_procedures(groups, view),
        steps=tuple(sorted({group.step_name for group in groups if getattr(group, view)})),
    )


def _narrowed(search: str, procedure: str, step: str) -> ColumnElement[bool]:
    condition = found_by(search)
    if procedure:
        condition = and_(condition, dossiers.c.procedure == procedure)
    return and_(condition, tasks.c.name == step) if step else condition


def _groups(
    connection: Connection,
    seen: ColumnElement[bool],
    conditions: Mapping[str, ColumnElement[bool]],
    wanted: ColumnElement[bool],
) -> list[Row[*tuple[Any, ...]]]:
    """How many open tasks each view has, by procedure and step: counts and filters in one go."""

    def number(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    title = [func.min(column) for column in (releases.c.title_vi, releases.c.title_en)]
    question = (
        select(
            dossiers.c.procedure,
            title[0].label("title_vi"),
            title[1].label("title_en"),
            tasks.c.name.label("step_name"),
            number(wanted).label("total"),
            *(number(condition).label(name) for name, condition in conditions.items()),
        )
        .select_from(
            tasks.join(dossiers, dossiers.c.id == tasks.c.dossier).join(
                releases, releases.c.digest == dossiers.c.release
            )
        )
        .where(seen)
        .group_by(dossiers.c.procedure, tasks.c.name)
    )
    return list(connection.execute(question).all())


def _procedures(groups: list[Row[*tuple[Any, ...]]], view: str) -> tuple[tuple[str, Text], ...]:
    found = {g.procedure: Text(g.title_vi, g.title_en) for g in groups if getattr(g, view)}
    return tuple(sorted(found.items(), key=lambda item: item[1].vi))


_receiving = units.alias("receiving_unit")
_deciding = units.alias("deciding_unit")


def _rows(
    connection: Connection, condition: ColumnElement[bool], now: datetime, offset: int, size: int
) -> list[Row[*tuple[Any, ...]]]:
    question = (
        select(
            tasks.c.id.label("task"),
            tasks.c.step,
            tasks.c.name,
            tasks.c.step_due,
            tasks.c.opened_at,
            tasks.c.holder,
            tasks.c.role,
            tasks.c.unit,
            persons.c.login,
            dossiers.c.id,
            dossiers.c.code,
            dossiers.c.trial,
            dossiers.c.status,
            dossiers.c.release,
            dossiers.c.applicant_name,
            dossiers.c.applicant_id,
            dossiers.c.due_at,
            dossiers.c.paused,
            dossiers.c.history,
            dossiers.c.settled_at,
            dossiers.c.received_at,
            dossiers.c.receiving,
            releases.c.title_vi,
            releases.c.title_en,
            _receiving.c.name_vi,
            _receiving.c.name_en,
            _receiving.c.territory.label("receiving_territory"),
            _deciding.c.territory.label("deciding_territory"),
            OWED.label("owed"),
            kept_at(now).label("kept"),
            ANSWERED.label("answered"),
        )
        .select_from(
            tasks.join(dossiers, dossiers.c.id == tasks.c.dossier)
            .join(releases, releases.c.digest == dossiers.c.release)
            .join(_receiving, _receiving.c.code == dossiers.c.receiving)
            .join(_deciding, _deciding.c.code == dossiers.c.deciding)
            .outerjoin(persons, persons.c.id == tasks.c.holder)
        )
        .where(condition)
        .order_by(
            case(
                (dossiers.c.paused.is_(True), 2), (dossiers.c.settled_at.is_not(None), 1), else_=0
            ),
            dossiers.c.due_at,
            tasks.c.opened_at,
            tasks.c.id,
        )
        .limit(size)
        .offset(offset)
    )
    return list(connection.execute(question).all())


def _row(
    connection: Connection, row: Row[*tuple[Any, ...]], actor: Actor, now: datetime, days: Calendar
) -> InboxRow:
    step_no, steps = step_number(connection, row.release, row.step)
    local_days = days.for_scope("province", row.receiving)
    running = row.due_at is not None and not row.paused and row.settled_at is None
    reason, remaining = "", None
    if row.paused:
        history = History.from_json(row.history)
        clock = read_clock(history, local_days, now)
        reason, remaining = "; ".join(clock.reasons), (clock.remaining, history.in_force.unit)
    served = set((row.deciding_territory or "").split())
    return InboxRow(
        task=row.task,
        dossier=row.id,
        code=row.code,
        trial=row.trial,
        status=row.status,
        procedure=Text(row.title_vi, row.title_en),
        step=row.step,
        name=row.name,
        step_no=step_no,
        steps=steps,
        step_due=row.step_due,
        step_late=row.step_due is not None and row.step_due < now,
        applicant=row.applicant_name,
        citizen_id=mask_citizen_id(row.applicant_id),
        due=row.due_at,
        time_left=working_time_left(row.due_at, now, local_days) if running else None,
        late=running and row.due_at < now,
        soon=running and now <= row.due_at <= soon_until(now, days),
        paused=row.paused,
        pause_reason=reason,
        remaining=remaining,
        settled=row.settled_at is not None,
        received_at=row.received_at,
        opened_at=row.opened_at,
        holder=row.login if row.kept else None,
        mine=bool(row.kept) and row.holder == actor.person,
        my_post=actor.holds(row.role, row.unit),
        receiving=Text(row.name_vi, row.name_en),
        owed=row.owed or "",
        answered=bool(row.answered),
        elsewhere=bool(served) and served.isdisjoint((row.receiving_territory or "").split()),
    )
