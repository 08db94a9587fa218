"""Where paper folders lie, where they should go, and which are on their way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, null, select

from engine.codes.statuses import GIVEN_BACK, GIVEN_UP
from engine.package import Text
from engine.sides import SIDES
from engine.store.organisation import Actor, some_units
from engine.store.tables import dossiers, folders, persons, releases, tasks

MOST = 200


@dataclass(frozen=True)
class FolderLine:
    """A folder: ``id`` is the dossier's number where it waits to be given, else the hand-over's.

    ``step``: what it is needed for; empty where the applicant gets the papers back.
    """

    id: int
    code: str
    procedure: Text
    applicant: str
    step: str
    at: datetime | None
    by: str
    office: str  # to whom, or from whom
    office_name: Text


def to_send(connection: Connection, actor: Actor) -> tuple[FolderLine, ...]:
    """Folders that lie at the actor's offices while only others have a step to do.

    Steps beside the diagram, as an opinion, need no folder. That of a dossier that was refused or
    stopped goes to where its applicant fetches the papers.
    """
    lies_at = func.coalesce(dossiers.c.folder_at, dossiers.c.receiving)
    going = select(folders.c.dossier).where(folders.c.taken_at.is_(None))
    mine = and_(lies_at.in_(actor.units), dossiers.c.id.not_in(going))
    drawn = and_(tasks.c.state == "open", tasks.c.step.not_in(list(SIDES)))
    needed = tasks.alias("needed")
    still_here = exists().where(
        needed.c.dossier == dossiers.c.id,
        needed.c.state == "open",
        needed.c.step.not_in(list(SIDES)),
        needed.c.unit == lies_at,
    )
    found = connection.execute(
        select(dossiers, releases.c.title_vi, releases.c.title_en, tasks.c.name, tasks.c.unit)
        .join(tasks, and_(tasks.c.dossier == dossiers.c.id, drawn))
        .join(releases, releases.c.digest == dossiers.c.release)
        .where(mine, ~still_here)
        .order_by(tasks.c.unit, dossiers.c.received_at, dossiers.c.id)
        .limit(MOST)
    ).all()
    once = {row.id: row for row in found}
    lines = _lines(connection, once.values(), "unit", "name")
    back = [row for row in _to_give_back(connection, mine, lies_at) if row.id not in once]
    return (lines + _lines(connection, back, "unit", "name"))[:MOST]


def _to_give_back(
    connection: Connection, mine: ColumnElement[bool], lies_at: ColumnElement[str]
) -> list[Row[*tuple[Any, ...]]]:
    """Of dossiers that ended without a result, whose papers lie elsewhere than they are fetched."""
    home = func.coalesce(dossiers.c.return_at, dossiers.c.receiving)
    return list(
        connection.execute(
            select(
                dossiers,
                releases.c.title_vi,
                releases.c.title_en,
                null().label("name"),
                home.label("unit"),
            )
            .join(releases, releases.c.digest == dossiers.c.release)
            .where(mine, dossiers.c.status.in_(GIVEN_UP), lies_at != home)
            .where(dossiers.c.handover != GIVEN_BACK)
            .order_by(home, dossiers.c.received_at, dossiers.c.id)
            .limit(MOST)
        )
    )


def to_take(connection: Connection, actor: Actor) -> tuple[FolderLine, ...]:
    """Folders that were given to the actor's offices and that nobody has confirmed."""
    return _moving(connection, folders.c.to_unit.in_(actor.units), "from_unit")


def under_way(connection: Connection, actor: Actor) -> tuple[FolderLine, ...]:
    """Folders that the actor's offices have given and that have not arrived."""
    return _moving(connection, folders.c.from_unit.in_(actor.units), "to_unit")


def _moving(connection: Connection, mine: Any, other: str) -> tuple[FolderLine, ...]:
    found = connection.execute(
        select(
            folders.c.id,
            folders.c.sent_at,
            folders.c.from_unit,
            folders.c.to_unit,
            folders.c.note,
            persons.c.name.label("giver"),
            dossiers.c.code,
            dossiers.c.applicant_name,
            releases.c.title_vi,
            releases.c.title_en,
        )
        .join(dossiers, dossiers.c.id == folders.c.dossier)
        .join(releases, releases.c.digest == dossiers.c.release)
        .outerjoin(persons, persons.c.id == folders.c.sent_by)
        .where(folders.c.taken_at.is_(None), mine)
        .order_by(folders.c.sent_at, folders.c.id)
        .limit(MOST)
    ).all()
    return _lines(connection, found, other, "note")


def _lines(
    connection: Connection, rows: Iterable[Row[*tuple[Any, ...]]], office: str, step: str
) -> tuple[FolderLine, ...]:
    listed = [row._mapping for row in rows]
    units = some_units(connection, [row[office] for row in listed])
    return tuple(
        FolderLine(
            id=row["id"],
            code=row["code"],
            procedure=Text(row["title_vi"], row["title_en"]),
            applicant=row["applicant_name"],
            step=row[step] or "",
            at=row.get("sent_at"),
            by=row.get("giver") or "",
            office=row[office],
            office_name=units[row[office]].name,
        )
        for row in listed
    )
