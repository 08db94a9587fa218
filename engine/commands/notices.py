"""The outbox: take a message, send it outside any transaction, write what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from engine.authority import require
from engine.calendar import ZONE
from engine.errors import NotDelivered, NoticeOver, Undeliverable, UnknownNotice
from engine.queries import inbox
from engine.store import notices as store
from engine.store.calendar import calendar
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, actor_by_id
from engine.words.notices import LANGUAGES
from engine.words.notices import notice as words

if TYPE_CHECKING:
    from sqlalchemy import Connection

BATCH, MOST_ATTEMPTS = 50, 12
FIRST_WAIT = timedelta(seconds=15)
# Less than a message may be in hand (store.notices.FORGOTTEN), by more than a server may take.
ROUND = timedelta(minutes=2)
MORNING, MORNING_ENDS = time(7), time(9)
log = logging.getLogger("motcua.notices")


_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Outgoing:
    """One message for a sender; whoever gets the same ``key`` twice has got one message."""

    id: int
    channel: str
    recipient: str
    subject: str
    body: str
    key: str
    taken_at: datetime = _NEVER  # when whoever sends it took it in hand


Clock = Callable[[], datetime]
Sender = Callable[[Outgoing], None]


def deliver(
    database: Database,
    clock: Clock,
    senders: Mapping[str, Sender],
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Send what waits, each once, for as long as ROUND; how many left the house.

    A sender raises Undeliverable for what will never go, anything else for what may go later. The
    clock is read anew for every message: a server that takes its time makes none look forgotten.
    """
    begun, sent = clock(), 0
    with database.reading() as connection:
        waiting = store.waiting(connection, begun, BATCH)
    for ids in waiting.values():
        for id in ids:
            if stopped() or clock() - begun > ROUND:
                return sent
            with database.transaction(CLOCK, clock()) as tx:
                message = take(tx, id, senders)
            if message is None:
                continue
            try:
                senders[message.channel](message)
            except Exception as error:
                log.warning("notice %s was not sent: %s", id, type(error).__name__)
                with database.transaction(CLOCK, clock()) as tx:
                    failed(tx, message, error)
                if _silent(error):
                    break  # the next of this channel would wait as long; the others need not
            else:
                with database.transaction(CLOCK, clock()) as tx:
                    delivered(tx, message)
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
        store.close_notice(tx.connection, id, {"state": "off"})
        return None
    taken = {"state": "sending", "taken_at": tx.now, "attempts": row.attempts + 1}
    store.change_notice(tx.connection, id, taken)
    told = (row.id, row.channel, row.recipient, row.subject, row.body, row.key)
    return Outgoing(*told, taken_at=tx.now)


def delivered(tx: Transaction, message: Outgoing) -> None:
    """It has left the house."""
    require(tx.actor, "clock")
    if store.in_hand(tx.connection, message.id, message.taken_at) is None:
        return  # taken for forgotten meanwhile: whoever has it now writes what becomes of it
    done = {"state": "sent", "sent_at": tx.now, "error": None}
    store.close_notice(tx.connection, message.id, done)


def failed(tx: Transaction, message: Outgoing, error: Exception) -> None:
    """Later again, each time waiting longer; in the end, or where it is hopeless, given up."""
    require(tx.actor, "clock")
    row = store.in_hand(tx.connection, message.id, message.taken_at)
    if row is None:
        return
    over = isinstance(error, Undeliverable) or row.attempts >= MOST_ATTEMPTS
    # Servers repeat the address they refuse: their own words are not kept.
    said = {"error": type(error).__name__}
    if isinstance(error, (Undeliverable, NotDelivered)):
        said = {"error": str(error.particulars["cause"])}
    if over:
        store.close_notice(tx.connection, row.id, {**said, "state": "dead"})
        return
    later = tx.now + FIRST_WAIT * 2**row.attempts
    store.change_notice(tx.connection, row.id, {**said, "state": "pending", "retry_at": later})


def resend(tx: Transaction, id: int) -> None:
    """Try a message again that was given up, or found no channel; NoticeOver for any other."""
    row = store.notice_row(tx.connection, id)
    if row is None:
        raise UnknownNotice(notice=id)
    require(tx.actor, "notices", row.centre)
    if not store.again(tx.connection, id):  # somebody else was quicker
        raise NoticeOver(state=row.state)


def set_address(tx: Transaction, email: str, language: str) -> None:
    """Where the actor's own digest goes, and in which language; an empty address: nowhere."""
    require(tx.actor, "self")
    lang = language if language in LANGUAGES else LANGUAGES[0]
    store.set_address(tx.connection, tx.actor.person, email or None, lang)


# -- the morning's digest --------------------------------------------------------------------------


def digests(
    database: Database,
    now: datetime,
    looked: MutableMapping[int, date],
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """On the morning of a working day, one digest for everybody who wants one and has work.

    ``looked``: the day each person's work was last looked at, so that whoever has none then is
    left in peace that day; it is the caller's to keep, and a restart looks once more.
    """
    local = now.astimezone(ZONE)
    if not MORNING <= local.time() < MORNING_ENDS:
        return 0
    with database.reading() as connection:
        if not calendar(connection).is_working_day(local.date()):
            return 0
        people = [
            person
            for person in store.undigested(connection, str(local.date()))
            if looked.get(person) != local.date()
        ]
    written = 0
    for person in people:
        if stopped():
            break
        with database.reading() as connection:
            busy = _work_of(connection, person, now) is not None
        if busy:
            with database.transaction(CLOCK, now) as tx:
                written += digest(tx, person)
        looked[person] = local.date()
    return written


def digest(tx: Transaction, person: int) -> bool:
    """Write one person's digest of today, unless there is nothing to say or it is written."""
    require(tx.actor, "clock")
    local = tx.now.astimezone(ZONE)
    address = store.address_of(tx.connection, person)
    told = _work_of(tx.connection, person, tx.now)
    if told is None or address is None:
        return False
    email, lang = address
    facts = {
        **told,
        "day": f"{local:%d/%m/%Y}",
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


def _work_of(connection: Connection, person: int, now: datetime) -> dict[str, str] | None:
    """The counts of a digest; None where there is nothing to say."""
    reader = actor_by_id(connection, person, now)
    if reader is None:
        return None
    counts = inbox.page(connection, reader, now, size=1).counts
    told = {name: str(counts[name]) for name in ("late", "soon", "escalated", "mine", "untouched")}
    return None if set(told.values()) == {"0"} else told
