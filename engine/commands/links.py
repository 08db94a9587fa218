"""A page for a telephone: files photographed there land in somebody's form, once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from engine.authority import require
from engine.commands.brought import Brought
from engine.commands.documents import taken
from engine.errors import BadDocument, UnknownLink
from engine.store import papers
from engine.store.database import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

LIVES, MOST_FILES = timedelta(minutes=30), 10


def open_link(tx: Transaction, form: str, field: str) -> str:
    """The secret of a page that takes files for one field of a form that the actor fills in."""
    require(tx.actor, "upload")
    secret = secrets.token_urlsafe(24)
    values = {
        "secret": _digest(secret),
        "person": tx.actor.person,
        "form": form[:60],
        "field": field[:120],
        "made_at": tx.now,
    }
    papers.insert_link(tx.connection, values)
    return secret


def send_by_link(tx: Transaction, secret: str, files: Sequence[Brought]) -> int:
    """Take the photographs; how many. UnknownLink for a used, old or invented page."""
    require(tx.actor, "citizen")
    link = live_link(tx.connection, secret, tx.now)
    if not 0 < len(files) <= MOST_FILES:
        raise BadDocument(name="", cause="number")
    for place, file in enumerate(files):  # kept in the order in which they were photographed
        at = tx.now + timedelta(microseconds=place)
        values = {**taken(file, tx), "at": at, "person": link.person, "link": link.id}
        papers.insert_upload(tx.connection, values)
    papers.use_link(tx.connection, link.id, tx.now)
    return len(files)


def fetch_linked(tx: Transaction, form: str) -> list[tuple[str, Row[Any]]]:
    """What has come for a form of the actor's, as (field, upload); each is given out once."""
    require(tx.actor, "upload")
    return papers.fetch_linked(tx.connection, tx.actor.person, form)


def live_link(connection: Connection, secret: str, now: datetime) -> Row[Any]:
    """The page that this secret opens now; raises UnknownLink."""
    link = papers.link(connection, _digest(secret))
    if link is None or link.used_at is not None or link.made_at < now - LIVES:
        raise UnknownLink
    return link


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
