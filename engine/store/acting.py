"""Whether somebody acts on a post now, said to the database: the same as ``Actor.holds``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, literal, or_, select

from engine.store.organisation import DELEGABLE, Post, valid_at
from engine.store.tables import absences, posts, tasks


def acting(person: Any, role: Any, unit: Any, now: datetime) -> ColumnElement[bool]:
    """The condition that the person acts on the post now, their own or lent; as ``Actor.holds``.

    Values or columns: of a task its holder, role and unit.
    """
    own, lent, seat = (posts.alias(name) for name in ("own_post", "lent_post", "seat"))
    mine = exists().where(
        own.c.person == person, own.c.role == role, own.c.unit == unit, valid_at(own, now)
    )
    theirs = exists().where(
        absences.c.substitute == person,
        absences.c.unit == unit,
        valid_at(absences, now),
        lent.c.person == absences.c.person,
        lent.c.unit == absences.c.unit,
        lent.c.role == role,
        lent.c.role.in_(DELEGABLE),
        valid_at(lent, now),
        seat.c.person == absences.c.substitute,
        seat.c.unit == absences.c.unit,
        valid_at(seat, now),
    )
    return or_(mine, theirs)


def kept_at(now: datetime) -> ColumnElement[bool]:
    """The condition that somebody holds the task: whoever no longer acts on its post does not."""
    holder = tasks.c.holder
    return and_(holder.is_not(None), acting(holder, tasks.c.role, tasks.c.unit, now))


def acts_on(connection: Connection, person: int, post: Post, now: datetime) -> bool:
    """Whether the person acts on the post now: it is theirs, or lent to them."""
    found = acting(person, post.role, post.unit, now)
    return bool(connection.scalar(select(literal(1)).where(found)))
