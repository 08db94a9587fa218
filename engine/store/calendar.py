"""The calendar table as the one ``Calendar`` everybody counts with; read again when it changes."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, func, insert, select

from engine.calendar import Calendar, CalendarDay
from engine.store.tables import calendar_days

# Per database: how the table stood (last revision, rows) and what was read from it then.
_read: WeakKeyDictionary[Engine, tuple[tuple[int, int], Calendar]] = WeakKeyDictionary()


def calendar(connection: Connection, *scopes: str) -> Calendar:
    """The working time of the offices named; scopes as in ``Calendar.for_scope``."""
    standing = _standing(connection)
    kept = _read.get(connection.engine)
    if kept is None or kept[0] != standing:
        rows = connection.execute(
            select(calendar_days).order_by(calendar_days.c.scope, calendar_days.c.day)
        )
        days = [CalendarDay.from_json(dict(row._mapping)) for row in rows]
        kept = (standing, Calendar(days, revision=standing[0]))
        _read[connection.engine] = kept
    return kept[1].for_scope(*scopes)


def revision(connection: Connection) -> int:
    """The number of the table's last change; 0 while it is empty."""
    return _standing(connection)[0]


def _standing(connection: Connection) -> tuple[int, int]:
    last, count = connection.execute(
        select(func.coalesce(func.max(calendar_days.c.revision), 0), func.count()).select_from(
            calendar_days
        )
    ).one()
    return int(last), int(count)


def write_days(connection: Connection, days: Iterable[CalendarDay]) -> int:
    """Put these days in place of what the table said of them; the revision they now carry."""
    number = revision(connection) + 1
    for day in days:
        here = (calendar_days.c.day == day.day, calendar_days.c.scope == day.scope)
        connection.execute(delete(calendar_days).where(*here))
        row = day.to_json() | {"day": day.day, "revision": number}
        connection.execute(insert(calendar_days).values(row))
    return number
