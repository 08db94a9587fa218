"""What changes the organisation: offices, persons and posts are written here, by commands only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from engine.store.organisation import Post, Unit
from engine.store.tables import persons, posts
from engine.store.tables import units as unit_rows


def insert_unit(connection: Connection, new: Unit) -> None:
    """Write a new office."""
    connection.execute(insert(unit_rows).values(asdict(new)))


def person_id(connection: Connection, login: str) -> int | None:
    """The number of the person with that login."""
    return connection.scalar(select(persons.c.id).where(persons.c.login == login))


def insert_person(connection: Connection, login: str, name: str) -> int:
    """Write a new person; their number."""
    statement = insert(persons).values(login=login, name=name).returning(persons.c.id)
    return int(connection.execute(statement).scalar_one())


def insert_post(
    connection: Connection,
    person: int,
    post: Post,
    valid_from: datetime,
    valid_until: datetime | None,
) -> int:
    """Write that the person holds the post; the row's number."""
    statement = insert(posts).values(
        person=person,
        role=post.role,
        unit=post.unit,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return int(connection.execute(statement.returning(posts.c.id)).scalar_one())


def shorten_post(connection: Connection, post: int, at: datetime) -> bool:
    """Let the post end at that instant unless it ends earlier; False where there is no such row."""
    ends = select(posts.c.id).where(posts.c.id == post)
    if connection.scalar(ends) is None:
        return False
    later = or_(posts.c.valid_until.is_(None), posts.c.valid_until > at)
    connection.execute(update(posts).where(posts.c.id == post, later).values(valid_until=at))
    return True
