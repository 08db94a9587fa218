"""The calendar as a page shows it, and which open dossiers a change of it would touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from engine.calendar import Calendar, CalendarDay, History, read_clock
from engine.package import Text
from engine.store.calendar import calendar, newest
from engine.store.organisation import units
from engine.store.recounts import RECOUNTS, behind
from engine.store.tables import dossiers, persons, recounts

MOST_TOLD = 200


@dataclass(frozen=True)
class DayLine:
    """A day that differs from the usual week, at the nation, the province or one office."""

    day: date
    off: bool
    hours: str
    scope: str
    office: Text | None
    source: str
    provisional: bool


@dataclass(frozen=True)
class Touched:
    """An open dossier whose due date would be another one."""

    code: str
    was: datetime
    due: datetime


@dataclass(frozen=True)
class Preview:
    """The open dossiers counted with an earlier calendar: how many, and those that would move.

    ``standing``: codes of those whose clock stands: they owe no date now, another one later.
    """

    behind: int
    moved: tuple[Touched, ...]
    standing: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecountLine:
    """An earlier decision to count anew."""

    at: datetime
    by: str
    reason: str
    state: str
    counts: Mapping[str, int]


def days(connection: Connection, since: date, until: date) -> tuple[DayLine, ...]:
    """The special days of a span, both ends included, in order."""
    offices = units(connection)
    known = sorted(calendar(connection).days, key=lambda row: (row.day, row.scope))
    return tuple(
        DayLine(
            row.day,
            row.kind == "off",
            _hours(row),
            row.scope,
            offices[row.scope].name if row.scope in offices else None,
            row.source,
            row.provisional,
        )
        for row in known
        if since <= row.day <= until
    )


def preview(connection: Connection, now: datetime) -> Preview:
    """What counting with the calendar of now would change; nothing is changed."""
    revision = newest(connection)
    c = dossiers.c
    rows = connection.execute(
        select(c.code, c.receiving, c.history, c.ledger_revision)
        .where(behind(revision))
        .order_by(c.due_at, c.id)
    )
    count = 0
    moved: list[Touched] = []
    standing: list[str] = []
    for row in rows:
        count += 1
        history = History.from_json(row.history)
        was, due = (
            _owed(history, calendar(connection, "province", row.receiving, revision=one), now)
            for one in (row.ledger_revision, revision)
        )
        if was == due:
            continue
        if history.paused:
            standing.append(row.code)
        else:
            moved.append(Touched(row.code, was, due))
    return Preview(count, tuple(moved[:MOST_TOLD]), tuple(standing[:MOST_TOLD]))


def _owed(history: History, days: Calendar, now: datetime) -> datetime:
    """What is owed; where the clock stands, what would be if it went on now."""
    for pause in history.pauses:
        if pause.ended is None:
            history = history.resume(max(now, pause.began), pause.element)
    due = read_clock(history, days, now).due
    assert due is not None, "a clock that runs owes a date"  # noqa: S101
    return due


def earlier(connection: Connection) -> tuple[RecountLine, ...]:
    """The decisions to count anew, the newest first."""
    rows = connection.execute(
        select(recounts, persons.c.login)
        .outerjoin(persons, persons.c.id == recounts.c.decided_by)
        .order_by(recounts.c.id.desc())
        .limit(10)
    ).all()
    return tuple(
        RecountLine(
            row.decided_at, row.login or "", row.reason, row.state,
            RECOUNTS.counts(connection, row.id),
        )
        for row in rows
    )  # fmt: skip


def _hours(row: CalendarDay) -> str:
    return ", ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in row.sessions or ())
