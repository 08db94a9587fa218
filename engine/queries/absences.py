"""Who is away, who stands in for them, and whom one may arrange this for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.package import Text
from engine.store.organisation import DELEGABLE, OVERSEERS, Actor, Post, valid_at
from engine.store.tables import absences, persons, posts, units

SHOWN_AFTER = timedelta(days=31)  # an absence that is over stays in the list so long


@dataclass(frozen=True)
class Colleague:
    """A person at work and the posts another could act on in their place."""

    id: int
    login: str
    name: str
    posts: tuple[Post, ...]


@dataclass(frozen=True)
class AbsenceLine:
    """One absence at one office; ``state`` is ahead, now or over."""

    id: int
    absent: str
    absent_name: str
    substitute: str
    substitute_name: str
    unit: Text
    may_end: bool
    valid_from: datetime
    valid_until: datetime
    basis: str
    decided_by: str | None
    state: str


def colleagues(connection: Connection, actor: Actor, now: datetime) -> tuple[Colleague, ...]:
    """Whoever works now at an office that the actor heads or oversees, by login."""
    rows = connection.execute(
        select(persons.c.id, persons.c.login, persons.c.name, posts.c.role, posts.c.unit)
        .join(posts, posts.c.person == persons.c.id)
        .where(posts.c.unit.in_(_headed(actor)), posts.c.role.in_(DELEGABLE), valid_at(posts, now))
        .order_by(persons.c.login, posts.c.id)
    ).all()
    found: dict[int, Colleague] = {}
    for row in rows:
        known = found.get(row.id, Colleague(row.id, row.login, row.name, ()))
        seat = Post(row.role, row.unit)
        found[row.id] = Colleague(row.id, row.login, row.name, (*known.posts, seat))
    return tuple(found.values())


def absences_of(connection: Connection, actor: Actor, now: datetime) -> tuple[AbsenceLine, ...]:
    """Those at the offices the actor heads or oversees, and the actor's own; latest first."""
    away, stands, decided = (persons.alias(name) for name in ("away", "stands", "decided"))
    headed = _headed(actor)
    at_home = select(posts.c.person).where(posts.c.unit.in_(headed))
    rows = connection.execute(
        select(
            absences,
            away.c.login.label("absent_login"),
            away.c.name.label("absent_name"),
            stands.c.login.label("substitute_login"),
            stands.c.name.label("substitute_name"),
            decided.c.login.label("decided_login"),
            units.c.name_vi,
            units.c.name_en,
        )
        .join(units, units.c.code == absences.c.unit)
        .join(away, away.c.id == absences.c.person)
        .join(stands, stands.c.id == absences.c.substitute)
        .outerjoin(decided, decided.c.id == absences.c.decided_by)
        .where(
            absences.c.valid_until > now - SHOWN_AFTER,
            absences.c.person.in_(at_home)
            | (absences.c.person == actor.person)
            | (absences.c.substitute == actor.person),
        )
        .order_by(absences.c.valid_from.desc(), absences.c.id.desc())
    )
    return tuple(
        AbsenceLine(
            id=row.id,
            absent=row.absent_login,
            absent_name=row.absent_name,
            substitute=row.substitute_login,
            substitute_name=row.substitute_name,
            unit=Text(row.name_vi, row.name_en),
            may_end=row.unit in headed,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            basis=row.basis,
            decided_by=row.decided_login,
            state="ahead" if now < row.valid_from else "now" if now < row.valid_until else "over",
        )
        for row in rows
    )


def _headed(actor: Actor) -> list[str]:
    """The offices whose people the actor may replace: the rule of the act ``absence``."""
    heads = {post.unit for post in actor.own if post.role in ("leader", *OVERSEERS)}
    return sorted(heads.union(*(actor.reach(post) for post in actor.own)))
