"""What citizens do with the code and secret of their slip: send papers, ask, rate, complain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from engine.authority import require
from engine.codes import read_secret
from engine.codes.statuses import FINISHED, SETTLED
from engine.commands.brought import Brought
from engine.commands.case import Case, open_case
from engine.errors import (
    BadCode,
    BadDocument,
    NothingSaid,
    NotNow,
    StillUnanswered,
    UnknownDocument,
    UnknownDossier,
)
from engine.queries.messages import marks_of
from engine.store import messages as store
from engine.store import papers
from engine.store.database import Transaction
from engine.store.dossiers import by_code

if TYPE_CHECKING:
    from sqlalchemy import Row

MOST_FILES, LONGEST = 10, 2_000
MOST_WAITING = 5  # of a kind, not answered yet: nobody fills our disks with one slip
# Working days within which the office looks at it. Ours, not the law's: docs/decisions/0028.
OWED = {"reply": 1, "withdrawal": 1, "feedback": 5}


def send_papers(
    tx: Transaction,
    code: str,
    secret: str,
    text: str,
    files: Sequence[Brought],
    key: str,
) -> int:
    """Papers that were asked for, as files; the office confirms them. The message's number.

    Only while papers are waited for (NotNow); at least one file, at most MOST_FILES (BadDocument).
    """
    case = _proven(tx, code, secret)
    known = store.message_by_key(tx.connection, _of_form(case, key))
    if known is not None:
        return int(known.id)
    if case.row["status"] != 5:
        raise NotNow(act="papers")
    if not 0 < len(files) <= MOST_FILES:
        raise BadDocument(name="", cause="number")
    _room(case, "reply")
    for file in files:
        digest = tx.files.put(file.data)
        papers.insert_document(
            tx.connection, dossier=case.id, paper="reply", name=file.name, media=file.media,
            size=len(file.data), pages=file.pages, sha256=digest, task=None, added_at=tx.now,
            added_by=None,
        )  # fmt: skip
        case.note("document", {"paper": "reply", "sha256": digest})
    return _said(case, "reply", text.strip()[:LONGEST], key)


def ask_withdrawal(tx: Transaction, code: str, secret: str, reason: str, key: str) -> int:
    """Ask for the dossier back; the office decides. Not once it is settled (NotNow)."""
    case = _proven(tx, code, secret)
    known = store.message_by_key(tx.connection, _of_form(case, key))
    if known is not None:
        return int(known.id)
    over = case.row["status"] in FINISHED
    if over or store.owed(tx.connection, case.id, "withdrawal"):
        raise NotNow(act="withdrawal")
    return _said(case, "withdrawal", _words(reason), key)


def give_feedback(tx: Transaction, code: str, secret: str, text: str, key: str) -> int:
    """Say what went wrong, or well; the office answers within OWED."""
    case = _proven(tx, code, secret)
    known = store.message_by_key(tx.connection, _of_form(case, key))
    if known is not None:
        return int(known.id)
    _room(case, "feedback")
    return _said(case, "feedback", _words(text), key)


def rate(tx: Transaction, code: str, secret: str, marks: int) -> None:
    """1 not content, 2 content, 3 very content; once the dossier is over (NotNow)."""
    case = _proven(tx, code, secret)
    if case.row["status"] not in FINISHED or marks not in (1, 2, 3):
        raise NotNow(act="rating")
    if marks_of(tx.connection, case.id) == marks:
        return  # pressed again: nothing to write down
    store.rate(tx.connection, case.id, case.row["receiving"], marks, tx.now)
    case.note("rated", {"marks": marks})
    case.save()


def fetch_result(tx: Transaction, code: str, secret: str, document: int) -> tuple[Row[Any], bytes]:
    """The electronic result with its bytes; the journal says it was fetched. UnknownDocument."""
    case = _proven(tx, code, secret)
    row = papers.document(tx.connection, case.id, document)
    if row is None or row.paper != papers.RESULT or case.row["status"] not in SETTLED:
        raise UnknownDocument(document=document)
    case.note("fetched", {"document": document})
    case.save()
    return row, tx.files.get(row.sha256)


def _proven(tx: Transaction, code: str, secret: str) -> Case:
    """The dossier of that code; a wrong secret and an unknown code are the same UnknownDossier."""
    require(tx.actor, "citizen")
    try:
        given = sha256(read_secret(secret).encode()).hexdigest()
    except BadCode:
        given = ""
    id = by_code(tx.connection, code)
    if id is None:
        raise UnknownDossier(code=code)
    case = open_case(id, tx)
    if not compare_digest(given, case.row["secret"]):
        raise UnknownDossier(code=code)
    return case


def _room(case: Case, kind: str) -> None:
    if len(store.owed(case.tx.connection, case.id, kind)) >= MOST_WAITING:
        raise StillUnanswered(most=MOST_WAITING)


def _of_form(case: Case, key: str) -> str:
    """The one-time key of a form, of this dossier alone: anybody may post any key."""
    return f"{case.id}:{key}"[:40]


def _words(text: str) -> str:
    said = text.strip()[:LONGEST]
    if not said:
        raise NothingSaid
    return said


def _said(case: Case, kind: str, text: str, key: str) -> int:
    owed: datetime = case.calendar.add_working_days(case.tx.now, OWED[kind])
    id = store.insert_message(
        case.tx.connection, dossier=case.id, centre=case.row["receiving"], kind=kind, text=text,
        key=_of_form(case, key), at=case.tx.now, author=None, owed_at=owed,
    )  # fmt: skip
    case.note("heard", {"message": id, "said": kind, "due": owed.isoformat()})
    case.save()
    return id
