"""The change from one government model to another, seen before and after; closures and trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.errors import UnknownCutover, UnknownUnit
from engine.package import Text
from engine.queries.specs import manifest_of
from engine.store.cutovers import CUTOVERS, open_dossiers
from engine.store.organisation import deciding_unit, successor, units
from engine.store.releases import closure
from engine.store.tables import (
    closures,
    cutover_items,
    cutovers,
    dossiers,
    persons,
    purges,
    releases,
)

MOST_TOLD = 200
MOST_NAMED = 10


@dataclass(frozen=True)
class Way:
    """So many open dossiers go from one deciding office to another; None: nobody would decide.

    ``codes``: the first of those for which nobody would.
    """

    was: Text
    to: Text | None
    count: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CutoverLine:
    """A change of models and how far it is."""

    id: int
    from_model: str
    to_model: str
    at: datetime
    reason: str
    state: str
    by: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many dossiers it is about; none before its instant."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Closed:
    """A procedure that is, or will be, received no more."""

    procedure: str
    title: Text
    at: datetime
    reason: str
    successor: tuple[str, Text] | None


def ways(connection: Connection, from_model: str, to_model: str, at: datetime) -> tuple[Way, ...]:
    """Where the dossiers open now would go; the platform asks the same at the instant."""
    offices = units(connection)
    c = dossiers.c
    rows = connection.execute(
        select(c.release, c.deciding, c.receiving, c.territory, func.count())
        .where(open_dossiers(from_model))
        .group_by(c.release, c.deciding, c.receiving, c.territory)
    ).all()
    counted: Counter[tuple[str, str | None]] = Counter()
    named: dict[str, tuple[str, ...]] = {}
    for release, deciding, receiving, territory, count in rows:
        kind = manifest_of(connection, release).deciding.get(to_model)
        try:
            successor(connection, offices[receiving], territory, at)
            to = None if kind is None else deciding_unit(connection, kind, territory, at)
        except UnknownUnit:
            to = None
        counted[deciding, to] += count
        if to is None:
            known = named.get(deciding, ())
            alike = (c.release == release, c.deciding == deciding, c.receiving == receiving)
            found = _codes(connection, from_model, *alike, c.territory == territory)
            named[deciding] = tuple(sorted({*known, *found}))[:MOST_NAMED]
    return tuple(
        Way(
            offices[was].name,
            offices[to].name if to else None,
            count,
            () if to else named[was],
        )
        for (was, to), count in sorted(counted.items(), key=lambda one: (one[0][1] or "", one[0]))
    )


def _codes(connection: Connection, model: str, *alike: Any) -> list[str]:
    question = select(dossiers.c.code).where(open_dossiers(model), *alike)
    return list(connection.scalars(question.order_by(dossiers.c.code).limit(MOST_NAMED)))


def listing(connection: Connection) -> tuple[CutoverLine, ...]:
    """Every change of models, the newest first."""
    rows = connection.execute(
        select(cutovers, persons.c.login)
        .outerjoin(persons, persons.c.id == cutovers.c.decided_by)
        .order_by(cutovers.c.id.desc())
    ).all()
    return tuple(_line(connection, row) for row in rows)


def view(
    connection: Connection, id: int
) -> tuple[CutoverLine, tuple[tuple[str, str, Mapping[str, Any]], ...]]:
    """A change of models with (code, state, what is said) of its dossiers; UnknownCutover."""
    line = next((one for one in listing(connection) if one.id == id), None)
    if line is None:
        raise UnknownCutover(cutover=id)
    rows = connection.execute(
        select(dossiers.c.code, cutover_items.c.state, cutover_items.c.said)
        .join(dossiers, dossiers.c.id == cutover_items.c.dossier)
        .where(cutover_items.c.cutover == id)
        .order_by(cutover_items.c.state.desc(), cutover_items.c.dossier)
        .limit(MOST_TOLD)
    )
    return line, tuple((row.code, row.state, row.said) for row in rows)


def closed(connection: Connection) -> tuple[Closed, ...]:
    """The procedures that are or will be closed."""
    rows = connection.execute(
        select(closures).where(closures.c.lifted_at.is_(None)).order_by(closures.c.at.desc())
    ).all()
    return tuple(_closed(connection, row) for row in rows)


def closed_one(connection: Connection, procedure: str) -> Closed | None:
    """That procedure's closure, where there is one."""
    row = closure(connection, procedure)
    return None if row is None else _closed(connection, row)


def procedures(connection: Connection) -> tuple[tuple[str, Text], ...]:
    """Every procedure there is a release of: (name, title)."""
    rows = connection.execute(
        select(releases.c.procedure, releases.c.title_vi, releases.c.title_en).order_by(
            releases.c.procedure, releases.c.number
        )
    )
    return tuple({row.procedure: Text(row.title_vi, row.title_en) for row in rows}.items())


def trials(connection: Connection) -> tuple[int, datetime | None]:
    """How many trial dossiers there are, and when the last one was received."""
    question = select(func.count(), func.max(dossiers.c.received_at)).where(dossiers.c.trial)
    count, last = connection.execute(question).one()
    return int(count), last


def purged(connection: Connection) -> tuple[tuple[datetime, int, str], ...]:
    """What was removed: (when, how many, why), the newest first."""
    rows = connection.execute(select(purges).order_by(purges.c.id.desc()).limit(20))
    return tuple((row.decided_at, row.dossiers, row.reason) for row in rows)


def _line(connection: Connection, row: Any) -> CutoverLine:
    return CutoverLine(
        row.id, row.from_model, row.to_model, row.at, row.reason, row.state, row.login or "",
        CUTOVERS.counts(connection, row.id),
    )  # fmt: skip


def _closed(connection: Connection, row: Any) -> Closed:
    titles = dict(procedures(connection))
    instead = (row.successor, titles[row.successor]) if row.successor else None
    return Closed(row.procedure, titles[row.procedure], row.at, row.reason, instead)
