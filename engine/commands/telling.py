"""Tell people what has a legal or practical effect on them: put it in the outbox, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.calendar import ZONE
from engine.store.notices import insert_notice
from engine.store.organisation import unit
from engine.words.notices import LANGUAGES, Channel, notice

if TYPE_CHECKING:
    from datetime import datetime

    from engine.commands.case import Case

Event = Literal[
    "received", "supplement", "supplement_soon", "refusal", "apology", "stop", "ready",
    "uncollected", "message", "answered",
]  # fmt: skip
# The slips whose issue is told to the applicant.
SLIPS: dict[str, Event] = {
    "receipt": "received",
    "supplement": "supplement",
    "refusal": "refusal",
    "apology": "apology",
    "stop": "stop",
}


def tell(case: Case, event: Event, once: str, *, number: str = "", url: str = "") -> None:
    """Write to the applicant by e-mail, else by SMS; nothing to whoever left neither.

    ``once`` tells this telling of the event apart from the next. Trials tell nobody.
    """
    row, connection = case.row, case.tx.connection
    given = row["applicant"]
    to = [("mail", given.get("email")), ("sms", given.get("phone"))]
    channel, recipient = next(((c, address) for c, address in to if address), ("", ""))
    if row["trial"] or not recipient:
        return
    kind: Channel = "mail" if channel == "mail" else "sms"
    lang = given.get("language") if given.get("language") in LANGUAGES else "vi"
    collects = event in ("ready", "uncollected")
    centre = unit(connection, (collects and row["return_at"]) or row["receiving"])
    by_another_way = event == "ready" and row["return_by"] != "counter"
    words = f"ready_{row['return_by']}" if by_another_way else event
    due = case.clock.due or row["promised_at"]
    facts = {
        "code": row["code"],
        "procedure": case.manifest.title.en if lang == "en" else case.manifest.title.vi,
        "centre": centre.name_en if lang == "en" else centre.name_vi,
        "address": centre.address_vi,
        "phone": centre.phone,
        "due": instant_text(due, lang),
        "number": number,
        "url": url or f"{case.tx.base_url}/track/{row['code']}",
    }
    subject, body = notice(words, kind, lang, facts)
    written = insert_notice(
        connection,
        {
            "dossier": case.id,
            "centre": row["receiving"],
            "event": event,
            "channel": kind,
            "language": lang,
            "recipient": recipient,
            "subject": subject,
            "body": body,
            "key": f"{event}:{case.id}:{once}",
            "at": case.tx.now,
            "state": "pending",
        },
    )
    if written:
        case.note("told", {"event": event, "channel": kind})


def instant_text(at: datetime, lang: str) -> str:
    """An instant as people read it: ``17:00 ngày 21/07/2025``."""
    return f"{at.astimezone(ZONE):%H:%M {'on' if lang == 'en' else 'ngày'} %d/%m/%Y}"
