"""A receipt that is lost, or has a mistake in it, replaced by a new one with a new secret."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from engine.authority import require
from engine.bpmn.runtime import Refresh
from engine.codes import fold, tracking_secret
from engine.commands.case import BOUND, Case, awake, in_progress, open_case
from engine.commands.desks import budget_anew
from engine.commands.issuing import issue_slip, promise
from engine.commands.opening import ledger_number
from engine.commands.stepping import step
from engine.commands.telling import fall_silent, readdress_notices
from engine.errors import BadInstant, DossierFinished, NothingSaid, ReasonMissing, ReceiptReplaced
from engine.letters import require_printable
from engine.store.database import Transaction
from engine.store.journal import first_acts
from engine.store.moving import open_runs
from engine.store.papers import last_slip

#: What of the applicant a receipt prints and may be corrected.
PRINTED = ("name", "address", "phone", "email")


def replace_receipt(
    tx: Transaction,
    dossier: int,
    reason: str,
    corrected: Mapping[str, str] | None = None,
    replaces: str | None = None,
) -> tuple[str, str]:
    """(number, tracking secret) of a new slip 01 that says which one it replaces, and why.

    ``corrected``: what was printed wrongly; without it the slip was lost. The old slip's secret
    opens nothing any more. ``replaces``: the number of the slip that the page spoke of, so that
    a second click replaces nothing. Raises ReasonMissing, NothingSaid for a correction of nothing,
    ReceiptReplaced.
    """
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, "correct", case.concern))
    in_progress(case)
    _not_replaced(case, replaces)
    if not reason.strip():
        raise ReasonMissing(act="replace")
    require_printable(reason)
    changed = _changes(case.row["applicant"], corrected or {})
    if corrected is not None:
        if not changed or not changed.get("name", "x"):
            raise NothingSaid
        given = {**case.row["applicant"], **changed}
        words = (case.row["code"], given.get("name"), given.get("phone"), given.get("citizen_id"))
        folded = fold(" ".join(str(word or "") for word in words))
        case.row |= {
            "applicant": given,
            "applicant_name": given["name"][:200],
            "search": f" {folded} ",
        }
        case.note("applicant_corrected", {"fields": sorted(changed), "reason": reason}, changed)
    if changed.keys() & {"email", "phone"}:
        readdress_notices(case)
    why = "đính chính" if corrected is not None else "cấp lại do mất"
    number, secret = _print(case, why, reason)
    case.save()
    return number, secret


def correct_receipt(
    tx: Transaction, dossier: int, received: datetime, reason: str, replaces: str | None = None
) -> tuple[str, str]:
    """Set right when the dossier was received; (number, tracking secret) of the new slip 01.

    The due date is counted anew and promised anew. Not after what has happened since, not more
    than BOUND before it was entered (BadInstant); only while it is worked on (DossierFinished).
    Raises ReasonMissing, NothingSaid for the instant that stands, ReceiptReplaced.
    """
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, "correct", case.concern))
    _still_open(case)
    _not_replaced(case, replaces)
    if not reason.strip():
        raise ReasonMissing(act="correct")
    require_printable(reason)
    _in_order(case, received)
    was = case.history.received
    case.history = case.history.correct(case.at, received, reason)
    case.read_again()
    case.row |= {"received_at": case.history.received, "promised_at": promise(case).due}
    if case.history.received.year != was.year:  # it stands in the ledger of another year
        book, trial = case.row["book"], case.row["trial"]
        case.row["ledger_no"] = ledger_number(book, case.history.received, trial, tx)
    due = case.row["told_due"] = case.clock.due  # the new receipt says it
    case.note(
        "corrected",
        {
            "was": was.isoformat(),
            "received_at": case.history.received.isoformat(),
            "due": due.isoformat() if due else "",
            "reason": reason,
        },
    )
    budget_anew(case)
    number, secret = _print(case, "sửa thời điểm nhận", reason)
    for run in open_runs(tx.connection, case.id):
        step(case, run, Refresh())  # timers and duties hang on the due date
    case.save()
    return number, secret


def _still_open(case: Case) -> None:
    in_progress(case)
    awake(case)
    if case.row["settled_at"] is not None:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])


def _not_replaced(case: Case, replaces: str | None) -> None:
    """Raise ReceiptReplaced where the page spoke of another receipt than the one in force."""
    before = last_slip(case.tx.connection, case.id, "receipt")
    if before is not None and replaces not in (None, before.number):
        raise ReceiptReplaced(number=before.number)


def _in_order(case: Case, received: datetime) -> None:
    """Refuse an instant nobody may enter as that of receipt; History.correct refuses the rest."""
    if received == case.history.received:
        raise NothingSaid
    entered, first_done = first_acts(case.tx.connection, case.id)
    if not entered - BOUND <= received <= entered:
        raise BadInstant(at=received, bound=entered, cause="receipt")
    if first_done is not None and received > first_done:
        raise BadInstant(at=received, bound=first_done, cause="later")


def _print(case: Case, why: str, reason: str) -> tuple[str, str]:
    """A new slip 01 with a new secret, which says the slip it replaces and why."""
    before = last_slip(case.tx.connection, case.id, "receipt")
    fall_silent(case, "received")  # the key it carries opens nothing any more
    secret = tracking_secret(secrets.token_bytes(10))
    case.row["secret"] = sha256(secret.encode()).hexdigest()
    replaced = before.number if before else ""
    said = {"note": f"Thay giấy số {replaced} ({why}: {reason.strip()[:200]})."}
    url = f"{case.tx.base_url}/track/{case.row['code']}?s={secret}"
    number = issue_slip(case, "receipt", said, url)
    case.note("replaced", {"slip": "receipt", "number": number, "reason": reason})
    return number, secret


def _changes(known: Mapping[str, object], told: Mapping[str, str]) -> dict[str, str]:
    return {
        key: told[key].strip()
        for key in PRINTED
        if key in told and told[key].strip() != str(known.get(key) or "")
    }
