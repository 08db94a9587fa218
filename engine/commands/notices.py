"""The outbox: take a message, send it outside any transaction, write what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.authority import require
from engine.calendar import ZONE
from engine.errors import NoticeOver, Undeliverable, UnknownNotice
from engine.queries import inbox
from engine.store import notices as store
from engine.store.calendar import calendar
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, actor_by_id
from engine.words.notices import LANGUAGES
from engine.words.notices import notice as words

BATCH, MOST_ATTEMPTS = 50, 12
FIRST_WAIT = timedelta(seconds=15)
MORNING = time(7)
log = logging.getLogger("motcua.notices")


@dataclass(frozen=True)
class Outgoing:
    """One message for a sender; whoever gets the same ``key`` twice has got one message."""

    id: int
    channel: str
    recipient: str
    subject: str
    body: str
    key: str


Sender = Callable[[Outgoing], None]


def deliver(
    database: Database,
    now: datetime,
    senders: Mapping[str, Sender],
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Send what waits, each once; how many left the house.

    A sender raises Undeliverable for what will never go, anything else for what may go later.
    """
    with database.reading() as connection:
        waiting = store.waiting(connection, now, BATCH)
    sent = 0
    for ids in waiting.values():
        for id in ids:
            if stopped():
                return sent
            with database.transaction(CLOCK, now) as tx:
                message = take(tx, id, senders)
            if message is None:
                continue
            try:
                senders[message.channel](message)
            except Exception as error:
                log.warning("notice %s was not sent: %s", id, type(error).__name__)
                with database.transaction(CLOCK, now) as tx:
                    failed(tx, id, error)
                if _silent(error):
                    break  # the next of this channel would wait as long; the others need not
            else:
                with database.transaction(CLOCK, now) as tx:
                    delivered(tx, id)
                sent += 1
    return sent


def _silent(error: BaseException | None) -> bool:
    """Whether nobody answered in time; libraries wrap the TimeoutError in errors of their own."""
    while error is not None:
        if isinstance(error, TimeoutError) or isinstance(
            getattr(error, "reason", None), TimeoutError
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def take(tx: Transaction, id: int, channels: Iterable[str]) -> Outgoing | None:
    """Take a message in hand; None where another worker has it, or nothing is connected."""
    require(tx.actor, "clock")
    row = store.take(tx.connection, id, tx.now)
    if row is None:
        return None
    if row.channel not in channels:
        store.change_notice(tx.connection, id, {"state": "off"})
        return None
    taken = {"state": "sending", "taken_at": tx.now, "attempts": row.attempts + 1}
    store.change_notice(tx.connection, id, taken)
    return Outgoing(row.id, row.channel, row.recipient, row.subject, row.body, row.key)


def delivered(tx: Transaction, id: int) -> None:
    """It has left the house."""
    require(tx.actor, "clock")
    store.change_notice(tx.connection, id, {"state": "sent", "sent_at": tx.now, "error": None})


def failed(tx: Transaction, id: int, error: Exception) -> None:
    """Later again, each time waiting longer; in the end, or where it is hopeless, given up."""
    require(tx.actor, "clock")
    row = store.notice_row(tx.connection, id)
    if row is None:
        return
    over = isinstance(error, Undeliverable) or row.attempts >= MOST_ATTEMPTS
    said = {"error": f"{type(error).__name__}: {error}"[:500]}
    if over:
        store.change_notice(tx.connection, id, {**said, "state": "dead"})
        return
    later = tx.now + FIRST_WAIT * 2**row.attempts
    store.change_notice(tx.connection, id, {**said, "state": "pending", "retry_at": later})


def resend(tx: Transaction, id: int) -> None:
    """Try a message again that was given up, or found no channel."""
    row = store.notice_row(tx.connection, id)
    if row is None:
        raise UnknownNotice(notice=id)
    require(tx.actor, "notices", row.centre)
    if row.state not in ("dead", "off"):
        raise NoticeOver(state=row.state)
    again = {"state": "pending", "attempts": 0, "retry_at": None, "error": None}
    store.change_notice(tx.connection, id, again)


def set_address(tx: Transaction, email: str, language: str) -> None:
    """Where the actor's own digest goes, and in which language; an empty address: nowhere."""
    require(tx.actor, "self")
    lang = language if language in LANGUAGES else LANGUAGES[0]
    store.set_address(tx.connection, tx.actor.person, email or None, lang)


# -- the morning's digest --------------------------------------------------------------------------


def digests(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """On the morning of a working day, one digest for everybody who wants one and has work."""
    local = now.astimezone(ZONE)
    if local.time() < MORNING:
        return 0
    with database.reading() as connection:
        if not calendar(connection).is_working_day(local.date()):
            return 0
        people = store.undigested(connection, str(local.date()))
    written = 0
    for person in people:
        if stopped():
            break
        with database.transaction(CLOCK, now) as tx:
            written += digest(tx, person)
    return written


def digest(tx: Transaction, person: int) -> bool:
    """Write one person's digest of today, unless there is nothing to say or it is written."""
    require(tx.actor, "clock")
    local = tx.now.astimezone(ZONE)
    reader = actor_by_id(tx.connection, person, tx.now)
    address = store.address_of(tx.connection, person)
    if reader is None or address is None:
        return False
    email, lang = address
    counts = inbox.page(tx.connection, reader, tx.now, size=1).counts
    told = {name: str(counts[name]) for name in ("late", "soon", "mine", "untouched")}
    if set(told.values()) == {"0"}:
        return False
    facts = {
        **told,
        "day": f"{local.day}/{local.month}/{local.year}",
        "url": f"{tx.base_url}/tasks",
    }
    subject, body = words("digest", "mail", lang, facts)
    return store.insert_notice(
        tx.connection,
        {
            "event": "digest",
            "channel": "mail",
            "language": lang,
            "recipient": email,
            "subject": subject,
            "body": body,
            "key": f"digest:{local.date()}:{person}",
            "at": tx.now,
            "state": "pending",
        },
    )
