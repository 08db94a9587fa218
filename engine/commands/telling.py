"""Tell people what has a legal or practical effect on them: put it in the outbox, once."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from engine.calendar import ZONE
from engine.store.notices import (
    FRESH,
    change_notice,
    drop_notice,
    insert_notice,
    put_notice,
    unsent,
)
from engine.store.organisation import unit
from engine.store.papers import last_slip
from engine.words.notices import LANGUAGES, Channel, notice

if TYPE_CHECKING:
    from datetime import datetime

    from engine.commands.case import Case

Event = Literal[
    "received", "supplement", "supplement_soon", "payment", "refusal", "apology", "moved",
    "suspended", "redirected", "stop", "ready", "uncollected", "message", "answered",
]  # fmt: skip
# The slips whose issue is told to the applicant.
SLIPS: dict[str, Event] = {
    "receipt": "received",
    "supplement": "supplement",
    "refusal": "refusal",
    "apology": "apology",
    "stop": "stop",
}
# What need not be said any more once the dossier has this status; papers also once they are taken.
_PAPERS = ("supplement", "supplement_soon")
_DUE = ("apology", "moved", "suspended", "payment")
ANSWERED: dict[int, tuple[str, ...]] = {5: _PAPERS, 6: ("payment",)}  # once it has it no more
OVER: dict[int, tuple[str, ...]] = {
    3: (*_PAPERS, *_DUE),
    8: (*_PAPERS, *_DUE, "ready", "uncollected"),
    9: (*_PAPERS, *_DUE),
    10: (*_PAPERS, *_DUE, "ready", "uncollected"),
}


def tell(case: Case, event: Event, once: str, *, number: str = "", url: str = "") -> None:
    """Write to the applicant by e-mail, else by SMS; nothing to whoever left neither.

    ``once`` tells this telling of the event apart from the next. Trials tell nobody.
    """
    written = None if case.row["trial"] else _message(case, event, number, url)
    if written is None:
        return
    key = f"{event}:{case.id}:{once}"
    waiting = {
        "dossier": case.id,
        "centre": case.row["receiving"],
        "event": event,
        "number": number,
        "key": key,
        "at": case.tx.now,
        "state": "pending",
    }
    if insert_notice(case.tx.connection, written | waiting):
        case.note("told", {"event": event, "channel": written["channel"], "notice": key})


def tell_moved(case: Case) -> None:
    """The result is owed at another instant than the applicant was last told: say so, once.

    Nothing while the clock stands: how long it will stand nobody knows.
    """
    owed, row = case.clock.due, case.row
    if owed is None or owed == (row["told_due"] or row["promised_at"]):
        return
    row["told_due"] = owed
    fall_silent(case, "moved", "suspended")
    if readdress_notices(case, "apology"):  # one that waits says the new date by itself
        return
    tell(case, "moved", f"{case.tx.now.isoformat()}:{owed.isoformat()}")


def readdress_notices(case: Case, *events: str) -> int:
    """What has not left the house says what is true now, to the address that is right now.

    Of these events, or of all; what is not true any more is dropped. How many wait afterwards.
    """
    connection, kept = case.tx.connection, 0
    for row in unsent(connection, case.id):
        if events and row.event not in events:
            continue
        over = _overtaken(case, row.event)
        fresh = None if over else _message(case, row.event, row.number, "")
        if fresh is None:
            drop_notice(connection, row.id)
        else:
            change_notice(connection, row.id, fresh | FRESH)
            kept += 1
    return kept


def _overtaken(case: Case, event: str) -> bool:
    """Whether saying it now would be untrue; a replaced receipt tells by a message of its own."""
    if event in ("moved", "apology"):
        return case.clock.due is None  # how long it stands nobody knows
    return event == "received" or (event == "uncollected" and case.row["return_by"] != "counter")


def fall_silent(case: Case, *events: str) -> None:
    """What has been overtaken is not said any more; it stays on the page of messages as such."""
    if not events:
        return
    for row in unsent(case.tx.connection, case.id):
        if row.event in events:
            drop_notice(case.tx.connection, row.id)


def report(case: Case, number: int, status: int) -> None:
    """Put a status into the outbox for the national portal: nothing personal.

    ``number``, its line in the journal, lets the portal drop what it gets out of order.
    """
    row, due = case.row, case.clock.due
    told = {
        "code": row["code"],
        "seq": number,
        "procedure": case.manifest.code,
        "centre": row["receiving"],
        "status": status,
        "at": case.at.isoformat(),
        "due": due.isoformat() if due else None,
        "outcome": row["outcome"],
    }
    values = {
        "dossier": case.id,
        "centre": row["receiving"],
        "event": "status",
        "channel": "lgsp",
        "language": "vi",
        "recipient": "dvcqg",
        "subject": f"{row['code']}: {status}",
        "body": json.dumps(told, ensure_ascii=False),
        "key": f"status:{case.id}:{number}",
        "at": case.tx.now,
        "state": "pending",
    }
    put_notice(case.tx.connection, values)


def _message(case: Case, event: Event, number: str, url: str) -> dict[str, Any] | None:
    """Where a message goes and what it says; None where the applicant left no address."""
    row, connection = case.row, case.tx.connection
    given = row["applicant"]
    to = [("mail", given.get("email")), ("sms", given.get("phone"))]
    channel, recipient = next(((c, address) for c, address in to if address), ("", ""))
    if not recipient:
        return None
    kind: Channel = "mail" if channel == "mail" else "sms"
    lang = given.get("language") if given.get("language") in LANGUAGES else "vi"
    collects = event in ("ready", "uncollected", "stop", "refusal")
    centre = unit(connection, (collects and row["return_at"]) or row["receiving"])
    by_another_way = event == "ready" and row["return_by"] != "counter"
    words = f"ready_{row['return_by']}" if by_another_way else event
    due = case.clock.due or row["promised_at"]
    facts = {
        "code": row["code"],
        "procedure": case.manifest.title.en if lang == "en" else case.manifest.title.vi,
        "centre": centre.name_en if lang == "en" else centre.name_vi,
        "office": _decides(case, lang) if event == "redirected" else "",
        "address": centre.address_vi,
        "phone": centre.phone,
        "due": instant_text(due, lang),
        "last": _last_day(case) if event in _PAPERS else "",
        "number": number,
        "url": url or f"{case.tx.base_url}/track/{row['code']}",
    }
    subject, body = notice(words, kind, lang, facts)
    return {
        "channel": kind,
        "language": lang,
        "recipient": recipient,
        "subject": subject,
        "body": body,
    }


def _decides(case: Case, lang: str) -> str:
    office = unit(case.tx.connection, case.row["deciding"])
    return office.name_en if lang == "en" else office.name_vi


def papers_until(case: Case) -> date | None:
    """The last day for the papers that were asked for, as slip 02 says it."""
    slip = last_slip(case.tx.connection, case.id, "supplement")
    last = slip.data.get("deadline_at") if slip else None
    return date.fromisoformat(str(last)) if last else None


def _last_day(case: Case) -> str:
    last = papers_until(case)
    return f"{last:%d/%m/%Y}" if last else ""


def instant_text(at: datetime, lang: str) -> str:
    """An instant as people read it: ``17:00 ngày 21/07/2025``."""
    return f"{at.astimezone(ZONE):%H:%M {'on' if lang == 'en' else 'ngày'} %d/%m/%Y}"
