"""Staff say something about a dossier: a note for the house, a message or an answer outside."""

from __future__ import annotations

from engine.authority import require
from engine.commands.case import Case, open_case
from engine.commands.telling import tell
from engine.errors import MessageAnswered, NothingSaid, UnknownMessage
from engine.store import messages as store
from engine.store.database import Transaction

LONGEST = 2_000


def write_note(tx: Transaction, dossier: int, text: str, key: str = "") -> int:
    """A note that only the offices read; its number. A form's one-time ``key`` writes it once."""
    return _write(tx, dossier, "note", text, key)


def write_message(tx: Transaction, dossier: int, text: str, key: str = "") -> int:
    """A message that the citizen reads on the tracking page, told by mail or SMS; its number.

    A form's one-time ``key`` sends it once.
    """
    return _write(tx, dossier, "message", text, key)


def answer(tx: Transaction, message: int, text: str) -> None:
    """Answer what the citizen said; they read it on the tracking page.

    The same answer of the same person again changes nothing; another one is MessageAnswered.
    """
    row = store.message(tx.connection, message)
    if row is None:
        raise UnknownMessage(message=message)
    case = open_case(row.dossier, tx)
    case.act_by(require(tx.actor, "speak", case.parties))
    row = store.message(tx.connection, message)  # as it is now that nobody else has the dossier
    if row is None:
        raise UnknownMessage(message=message)
    said = _words(text)
    if row.answered_by == tx.actor.person and row.answer == said:
        return
    if row.owed_at is None or row.answered_at is not None:
        raise MessageAnswered(at=row.answered_at)
    done = {"answer": said, "answered_at": tx.now, "answered_by": tx.actor.person}
    store.change_message(tx.connection, message, done)
    case.note("answered", {"message": message, "said": row.kind})
    tell(case, "answered", str(message))
    case.save()


def close_owed(case: Case, kind: str) -> None:
    """What the citizen said of that kind is answered by what was done."""
    for row in store.owed(case.tx.connection, case.id, kind):
        done = {"answered_at": case.tx.now, "answered_by": case.tx.actor.person}
        store.change_message(case.tx.connection, row.id, done)


def _write(tx: Transaction, dossier: int, kind: str, text: str, key: str) -> int:
    case = open_case(dossier, tx)
    act = "note" if kind == "note" else "speak"
    case.act_by(require(tx.actor, act, case.parties))
    once = f"{case.id}:{key}"[:40] if key else None
    known = store.message_by_key(tx.connection, once) if once else None
    if known is not None:
        return int(known.id)
    said = _words(text)
    id = store.insert_message(
        tx.connection, dossier=case.id, centre=case.row["receiving"], kind=kind, text=said,
        key=once, at=tx.now, author=tx.actor.person, owed_at=None,
    )  # fmt: skip
    case.note("noted" if kind == "note" else "written", {"message": id})
    if kind == "message":
        tell(case, "message", str(id))
    case.save()
    return id


def _words(text: str) -> str:
    said = text.strip()[:LONGEST]
    if not said:
        raise NothingSaid
    return said
