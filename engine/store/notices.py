"""The outbox of messages that leave the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.store.tables import notices, persons

FORGOTTEN = timedelta(minutes=10)  # whoever took it so long ago has died
FRESH = {"state": "pending", "attempts": 0, "taken_at": None, "retry_at": None, "error": None}
# The key of the tracking page, in a link: whoever has it reads what the citizen reads.
_SECRET = re.compile(r"\?s=[0-9A-Za-z-]+")


def insert_notice(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Put a message in the outbox; False where one of that key is there already."""
    try:
        with connection.begin_nested():
            connection.execute(insert(notices), dict(values))
    except IntegrityError:
        return False
    return True


def put_notice(connection: Connection, values: Mapping[str, Any]) -> None:
    """The same for a key that cannot be there yet."""
    connection.execute(insert(notices), dict(values))


def known_key(connection: Connection, key: str) -> bool:
    """Whether a message of that key was made."""
    return connection.scalar(select(notices.c.id).where(notices.c.key == key)) is not None


def _ready(now: datetime) -> ColumnElement[bool]:
    calm = or_(notices.c.retry_at.is_(None), notices.c.retry_at <= now)
    before = notices.alias("before")
    # The national portal hears of a dossier in the order in which things happened.
    overtakes = exists().where(
        notices.c.channel == "lgsp",
        before.c.dossier == notices.c.dossier,
        before.c.channel == "lgsp",
        before.c.id < notices.c.id,
        before.c.state.in_(("pending", "sending")),
    )
    return or_(
        and_(notices.c.state == "pending", notices.c.at <= now, calm, ~overtakes),
        and_(notices.c.state == "sending", notices.c.taken_at < now - FORGOTTEN),
    )


def waiting(connection: Connection, now: datetime, limit: int) -> dict[str, list[int]]:
    """The messages to send now by channel, of each so many at most, the earliest first."""
    channels = connection.scalars(select(notices.c.channel).where(_ready(now)).distinct()).all()
    ready = select(notices.c.id).where(_ready(now)).order_by(notices.c.at, notices.c.id)
    return {
        channel: list(connection.scalars(ready.where(notices.c.channel == channel).limit(limit)))
        for channel in sorted(channels)
    }


def take(connection: Connection, id: int, now: datetime) -> Row[Any] | None:
    """The message, if it is still to be sent and nobody else has it in hand."""
    question = select(notices).where(notices.c.id == id, _ready(now))
    return connection.execute(question.with_for_update(skip_locked=True)).first()


def in_hand(connection: Connection, id: int, taken_at: datetime) -> Row[Any] | None:
    """The message, locked, if it is still in the hand that took it then."""
    mine = (notices.c.id == id, notices.c.state == "sending", notices.c.taken_at == taken_at)
    return connection.execute(select(notices).where(*mine).with_for_update()).first()


def again(connection: Connection, id: int) -> bool:
    """Let it wait once more if it was given up or found no channel; False for any other."""
    over = (notices.c.id == id, notices.c.state.in_(("dead", "off")))
    return connection.execute(update(notices).where(*over).values(FRESH)).rowcount == 1


def unsent(connection: Connection, dossier: int) -> list[Row[Any]]:
    """Locked: what the applicant was to be told and has not been, the earliest first."""
    here = (notices.c.dossier == dossier, notices.c.channel != "lgsp")
    open = notices.c.state.in_(("pending", "sending", "off", "dead"))
    question = select(notices).where(*here, open).order_by(notices.c.id)
    return list(connection.execute(question.with_for_update()))


def drop_notice(connection: Connection, id: int) -> None:
    """It need not be sent any more."""
    close_notice(connection, id, {"state": "dropped", "retry_at": None})


def close_notice(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write how it ended; the key of the tracking page does not stay behind."""
    body = connection.scalar(select(notices.c.body).where(notices.c.id == id)) or ""
    change_notice(connection, id, {**values, "body": _SECRET.sub("", body)})


def notice_row(connection: Connection, id: int) -> Row[Any] | None:
    """That message."""
    return connection.execute(select(notices).where(notices.c.id == id)).first()


def change_notice(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write what became of it."""
    connection.execute(update(notices).where(notices.c.id == id).values(dict(values)))


# -- who wants a digest ----------------------------------------------------------------------------


def undigested(connection: Connection, day: str) -> list[int]:
    """Those with an address who have no digest of that day yet."""
    written = select(notices.c.key).where(notices.c.key.like(f"digest:{day}:%"))
    known = {int(key.rsplit(":", 1)[1]) for key in connection.scalars(written)}
    people = select(persons.c.id).where(persons.c.email.is_not(None)).order_by(persons.c.id)
    return [person for person in connection.scalars(people) if person not in known]


def address_of(connection: Connection, person: int) -> tuple[str, str] | None:
    """(e-mail, language) of the person; None without an address."""
    row = connection.execute(
        select(persons.c.email, persons.c.language).where(persons.c.id == person)
    ).first()
    return None if row is None or not row.email else (row.email, row.language)


def set_address(
    connection: Connection, person: int | None, email: str | None, language: str
) -> None:
    """Where the person's digest goes; None: nowhere."""
    here = update(persons).where(persons.c.id == person)
    connection.execute(here.values(email=email, language=language))
