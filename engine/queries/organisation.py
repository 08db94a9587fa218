"""Who there is: offices with their posts, and the people one may hand a task to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, exists, select

from engine.authority import TaskThing, may, require
from engine.package import Text
from engine.store.acting import acting
from engine.store.organisation import Actor, Unit, actor_by_id, holders, units, valid_at
from engine.store.tables import absences, persons, posts, rollouts


@dataclass(frozen=True)
class PersonLine:
    """A person and one post they hold."""

    id: int
    login: str
    name: str
    post: int
    role: str
    unit: str
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class UnitLine:
    """An office and who holds a post there now."""

    unit: Unit
    people: tuple[PersonLine, ...]


@dataclass(frozen=True)
class Holder:
    """Somebody who may be given a task."""

    id: int
    login: str
    name: str


def centres(connection: Connection, now: datetime) -> tuple[Unit, ...]:
    """The offices that receive dossiers now: those with a number series of their own."""
    return tuple(unit for unit in units(connection, now).values() if unit.series)


def unit_names(connection: Connection, now: datetime | None = None) -> dict[str, Text]:
    """What every office is called that exists ``now``; without an instant all there ever were."""
    return {code: unit.name for code, unit in units(connection, now).items()}


def counters_of(connection: Connection, actor: Actor, now: datetime) -> tuple[Unit, ...]:
    """The offices where the actor may receive dossiers now."""
    return tuple(unit for unit in centres(connection, now) if actor.holds("reception", unit.code))


def directory(connection: Connection, actor: Actor, now: datetime) -> tuple[UnitLine, ...]:
    """Every office that exists now with its people; for those who organise."""
    require(actor, "organise")
    rows = connection.execute(
        select(
            persons.c.id,
            persons.c.login,
            persons.c.name,
            posts.c.id.label("post"),
            posts.c.role,
            posts.c.unit,
            posts.c.valid_from,
            posts.c.valid_until,
        )
        .join(posts, posts.c.person == persons.c.id)
        .where(valid_at(posts, now))
        .order_by(persons.c.login, posts.c.id)
    )
    lines = [PersonLine(**row._mapping) for row in rows]
    return tuple(
        UnitLine(unit, tuple(line for line in lines if line.unit == unit.code))
        for unit in units(connection, now).values()
    )


def people_at(connection: Connection, role: str, unit: str, now: datetime) -> tuple[Holder, ...]:
    """Who holds the post now, for handing a task over."""
    held = and_(posts.c.role == role, posts.c.unit == unit, valid_at(posts, now))
    rows = connection.execute(
        select(persons.c.id, persons.c.login, persons.c.name)
        .join(posts, posts.c.person == persons.c.id)
        .where(held)
        .distinct()
        .order_by(persons.c.login)
    )
    return tuple(Holder(*row) for row in rows)


def able(connection: Connection, task: TaskThing, now: datetime) -> tuple[Holder, ...]:
    """Whom one may hand the task to: whoever acts on its post, in anybody's place too, is there.

    Whoever is away and stood in for at that office is left out, as is whom the judge refuses.
    """
    away = exists().where(
        absences.c.person == persons.c.id, absences.c.unit == task.unit, valid_at(absences, now)
    )
    rows = connection.execute(
        select(persons.c.id, persons.c.login, persons.c.name)
        .where(acting(persons.c.id, task.role, task.unit, now), ~away)
        .order_by(persons.c.login)
    ).all()
    free = replace(task, holder=None)
    return tuple(
        Holder(*row) for row in rows if may(actor_by_id(connection, row.id, now), "work", free)
    )


def is_vacant(connection: Connection, role: str, unit: str, now: datetime) -> bool:
    """Whether nobody holds the post: a gap to show before a rollout is saved."""
    return not holders(connection, role, unit, now)


def models_of(connection: Connection, centre: str, now: datetime) -> tuple[str, ...]:
    """The models of government in which something is rolled out at the centre now."""
    here = (rollouts.c.centre.is_(None)) | (rollouts.c.centre == centre)
    return tuple(
        connection.scalars(
            select(rollouts.c.model)
            .where(valid_at(rollouts, now), here)
            .distinct()
            .order_by(rollouts.c.model.desc())
        )
    )
