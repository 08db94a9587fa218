"""Who read what names many applicants at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from engine.store.readings import LEDGER
from engine.store.tables import persons, readings

MOST = 20


@dataclass(frozen=True)
class Printed:
    """A ledger that somebody printed; ``rows``: how many dossiers it named."""

    at: datetime
    who: str
    centre: str
    since: date
    until: date
    rows: int


def printed(connection: Connection, centres: Collection[str]) -> tuple[Printed, ...]:
    """The last ledgers printed of those centres, the newest first."""
    c = readings.c
    found = connection.execute(
        select(readings, persons.c.name)
        .outerjoin(persons, persons.c.login == c.actor)
        .where(c.kind == LEDGER, c.subject.in_(centres))
        .order_by(c.id.desc())
        .limit(MOST)
    )
    return tuple(
        Printed(
            at=row.at,
            who=row.name or row.actor,
            centre=row.subject,
            since=date.fromisoformat(row.fact["from"]),
            until=date.fromisoformat(row.fact["until"]),
            rows=row.fact["rows"],
        )
        for row in found
    )
