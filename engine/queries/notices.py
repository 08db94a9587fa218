"""What was told to people, and what could not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, true

from engine.store.organisation import Actor
from engine.store.tables import dossiers, notices, persons

STATES = ("dead", "off", "pending", "sending", "sent", "dropped")


@dataclass(frozen=True)
class NoticeLine:
    """One message; the recipient is shown in part."""

    id: int
    code: str | None
    event: str
    channel: str
    recipient: str
    state: str
    at: datetime
    attempts: int
    retry_at: datetime | None
    error: str
    sent_at: datetime | None


@dataclass(frozen=True)
class NoticePage:
    """The newest messages of a state, and how many there are of each."""

    lines: tuple[NoticeLine, ...]
    counts: dict[str, int]


def page(connection: Connection, actor: Actor, state: str, limit: int = 200) -> NoticePage:
    """The messages of the centres the actor oversees; an unknown state is the first."""
    state = state if state in STATES else STATES[0]
    mine = _mine(actor)
    counted = connection.execute(
        select(notices.c.state, func.count()).where(mine).group_by(notices.c.state)
    )
    rows = connection.execute(
        select(notices, dossiers.c.code)
        .outerjoin(dossiers, dossiers.c.id == notices.c.dossier)
        .where(mine, notices.c.state == state)
        .order_by(notices.c.id.desc())
        .limit(limit)
    )
    return NoticePage(
        tuple(
            NoticeLine(
                id=row.id,
                code=row.code,
                event=row.event,
                channel=row.channel,
                recipient=partly(row.recipient),
                state=row.state,
                at=row.at,
                attempts=row.attempts,
                retry_at=row.retry_at,
                error=row.error or "",
                sent_at=row.sent_at,
            )
            for row in rows
        ),
        dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in counted},
    )


def untold(connection: Connection, dossier: int) -> dict[str, str]:
    """What the applicant was to be told and does not know: the state by the message's key."""
    question = select(notices.c.key, notices.c.state).where(
        notices.c.dossier == dossier, notices.c.channel != "lgsp", notices.c.state != "sent"
    )
    return {row.key: row.state for row in connection.execute(question)}


def own_address(connection: Connection, actor: Actor) -> tuple[str, str]:
    """(e-mail, language) of the actor's own digest; an empty address where there is none."""
    row = connection.execute(
        select(persons.c.email, persons.c.language).where(persons.c.id == actor.person)
    ).first()
    return (row.email or "", row.language) if row else ("", "vi")


def partly(recipient: str) -> str:
    """Enough of an address to recognise it.

    >>> partly("0900000007"), partly("mau@example.vn")
    ('090…07', 'm…@example.vn')
    """
    name, at, host = recipient.partition("@")
    return f"{name[:1]}…@{host}" if at else f"{recipient[:3]}…{recipient[-2:]}"


def _mine(actor: Actor) -> ColumnElement[bool]:
    """The rule of the act ``notices``."""
    if "admin" in actor.roles:
        return true()
    return notices.c.centre.in_(sorted(actor.units | actor.oversees))
