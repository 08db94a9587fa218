"""Who is away, and who acts in their place meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from engine.store.tables import absences


def insert_absence(
    connection: Connection,
    person: int,
    substitute: int,
    period: tuple[datetime, datetime],
    basis: str,
    decided: tuple[int | None, datetime],
) -> int:
    """Write that somebody stands in for the person; the row's number."""
    statement = insert(absences).values(
        person=person,
        substitute=substitute,
        valid_from=period[0],
        valid_until=period[1],
        basis=basis,
        decided_by=decided[0],
        decided_at=decided[1],
    )
    return int(connection.execute(statement.returning(absences.c.id)).scalar_one())


def overlapping(
    connection: Connection, person: int, substitute: int, period: tuple[datetime, datetime]
) -> bool:
    """Whether the same two are already arranged for some of that time, either way round."""
    pair = or_(
        and_(absences.c.person == person, absences.c.substitute == substitute),
        and_(absences.c.person == substitute, absences.c.substitute == person),
    )
    meets = and_(absences.c.valid_from < period[1], absences.c.valid_until > period[0])
    return connection.scalar(select(absences.c.id).where(pair, meets).limit(1)) is not None


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
