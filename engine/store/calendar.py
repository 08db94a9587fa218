"""The calendar table as the one ``Calendar`` everybody counts with, as it is or as it once was.

Rows are only added: each change is a revision, and a dossier counts with the one it is bound to.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine, func, insert, select

from engine.calendar import Calendar, CalendarDay
from engine.store.dossiers import next_number
from engine.store.tables import calendar_days

SERIES = "calendar"
# What was read of each database, by revision: what a revision says never changes.
_read: WeakKeyDictionary[Engine, dict[int, Calendar]] = WeakKeyDictionary()
# Connections that have changed the table: what they read may never be committed.
_writing: WeakSet[Connection] = WeakSet()


def calendar(connection: Connection, *scopes: str, revision: int | None = None) -> Calendar:
    """The working time of the offices named; scopes as in ``Calendar.for_scope``.

    revision: as the table was then; None: as it is now.
    """
    wanted = newest(connection) if revision is None else revision
    shared = _read.setdefault(connection.engine, {})
    known = dict(shared) if connection in _writing else shared
    if wanted not in known:
        rows = connection.execute(
            select(calendar_days)
            .where(calendar_days.c.revision <= wanted)
            .order_by(calendar_days.c.revision, calendar_days.c.scope, calendar_days.c.day)
        )
        last = {(row.scope, row.day): CalendarDay.from_json(dict(row._mapping)) for row in rows}
        days = [last[key] for key in sorted(last)]
        known[wanted] = Calendar(days, revision=wanted)
    return known[wanted].for_scope(*scopes)


def newest(connection: Connection) -> int:
    """The number of the table's last change; 0 while it is empty."""
    question = select(func.coalesce(func.max(calendar_days.c.revision), 0))
    return int(connection.execute(question).scalar_one())


def write_days(connection: Connection, days: Iterable[CalendarDay]) -> int:
    """Say something else of these days; the revision from which that holds.

    Whoever else changes the calendar waits until this one commits.
    """
    number = next_number(connection, SERIES, "")
    _writing.add(connection)
    rows = [day.to_json() | {"day": day.day, "revision": number} for day in days]
    if rows:
        connection.execute(insert(calendar_days), rows)
    return number
