"""Who is away, and who acts in their place meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from engine.store.tables import absences, persons


def insert_absence(
    connection: Connection,
    person: int,
    substitute: int,
    unit: str,
    period: tuple[datetime, datetime],
    basis: str,
    decided: tuple[int | None, datetime],
) -> int:
    """Write that somebody stands in for the person at that office; the row's number."""
    statement = insert(absences).values(
        person=person,
        substitute=substitute,
        unit=unit,
        valid_from=period[0],
        valid_until=period[1],
        basis=basis,
        decided_by=decided[0],
        decided_at=decided[1],
    )
    return int(connection.execute(statement.returning(absences.c.id)).scalar_one())


def overlapping(
    connection: Connection, person: int, period: tuple[datetime, datetime]
) -> list[Row[Any]]:
    """Where the person is away, or stands in for somebody, for some of that time; with logins."""
    away, stands = persons.alias("away"), persons.alias("stands")
    either = or_(absences.c.person == person, absences.c.substitute == person)
    meets = and_(absences.c.valid_from < period[1], absences.c.valid_until > period[0])
    question = (
        select(absences, away.c.login.label("away"), stands.c.login.label("stands"))
        .join(away, away.c.id == absences.c.person)
        .join(stands, stands.c.id == absences.c.substitute)
        .where(either, meets)
        .order_by(absences.c.id)
    )
    return list(connection.execute(question).all())


def absence(connection: Connection, id: int) -> Row[tuple[object, ...]] | None:
    """That absence."""
    return connection.execute(select(absences).where(absences.c.id == id)).first()


def end_absence(connection: Connection, id: int, at: datetime, by: int | None) -> None:
    """Let it end then; one that has not begun is as if it had never been."""
    connection.execute(
        update(absences)
        .where(absences.c.id == id, absences.c.valid_until > at)
        .values(valid_until=at, ended_by=by)
    )
