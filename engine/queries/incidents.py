"""Runs that cannot go on, grouped by what stopped them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.package import Text
from engine.queries.records import nobody_at
from engine.queries.visibility import seen_by
from engine.store.organisation import Actor, some_units
from engine.store.tables import dossiers, incidents, releases

MOST_NAMED = 20


@dataclass(frozen=True)
class Group:
    """Open incidents of one cause at one step; ``codes`` names some of their dossiers."""

    procedure: str
    title: Text
    element: str
    name: str
    cause: str
    count: int
    oldest: datetime
    ids: tuple[int, ...]
    codes: tuple[str, ...]
    post: tuple[str, Text] | None  # (role, office) where nobody holds it


def groups(connection: Connection, actor: Actor) -> tuple[Group, ...]:
    """The open incidents of dossiers the actor may see, the most frequent cause first."""
    c = incidents.c
    rows = connection.execute(
        select(
            c.id, c.element, c.name, c.cause, c.opened_at,
            dossiers.c.code, dossiers.c.procedure, releases.c.title_vi, releases.c.title_en,
        )
        .join(dossiers, dossiers.c.id == c.dossier)
        .join(releases, releases.c.digest == dossiers.c.release)
        .where(c.closed_at.is_(None), seen_by(actor, c.dossier))
        .order_by(c.opened_at, c.id)
    ).all()  # fmt: skip
    alike: dict[tuple[str, str, str], list[int]] = {}
    for place, row in enumerate(rows):
        alike.setdefault((row.procedure, row.element, row.cause), []).append(place)
    posts = {cause: post for _, _, cause in alike if (post := nobody_at(cause))}
    offices = some_units(connection, {unit for _, unit in posts.values()})
    found = []
    for (procedure, element, cause), places in alike.items():
        first = rows[places[0]]
        codes = tuple(dict.fromkeys(rows[place].code for place in places))
        found.append(
            Group(
                procedure=procedure,
                title=Text(first.title_vi, first.title_en),
                element=element,
                name=first.name,
                cause=cause,
                count=len(places),
                oldest=first.opened_at,
                ids=tuple(rows[place].id for place in places),
                codes=codes[:MOST_NAMED],
                post=(posts[cause][0], offices[posts[cause][1]].name) if cause in posts else None,
            )
        )
    return tuple(sorted(found, key=lambda group: (-group.count, group.oldest)))
