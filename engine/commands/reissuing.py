"""A receipt that is lost, or has a mistake in it, replaced by a new one with a new secret."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hashlib import sha256

from engine.authority import require
from engine.codes import fold, tracking_secret
from engine.commands.case import in_progress, open_case
from engine.commands.issuing import issue_slip
from engine.errors import NothingSaid, ReasonMissing, ReceiptReplaced
from engine.letters import require_printable
from engine.store.database import Transaction
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
    require(tx.actor, "correct", case.concern)
    case.act_on("reception", case.row["receiving"])
    in_progress(case)
    before = last_slip(tx.connection, case.id, "receipt")
    if before is not None and replaces not in (None, before.number):
        raise ReceiptReplaced(number=before.number)
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
    secret = tracking_secret(secrets.token_bytes(10))
    case.row["secret"] = sha256(secret.encode()).hexdigest()
    why = "đính chính" if corrected is not None else "cấp lại do mất"
    number = before.number if before else ""
    said = {"note": f"Thay giấy số {number} ({why}: {reason.strip()[:200]})."}
    number = issue_slip(case, "receipt", said, f"{tx.base_url}/track/{case.row['code']}?s={secret}")
    case.note("replaced", {"slip": "receipt", "number": number, "reason": reason})
    case.save()
    return number, secret


def _changes(known: Mapping[str, object], told: Mapping[str, str]) -> dict[str, str]:
    return {
        key: told[key].strip()
        for key in PRINTED
        if key in told and told[key].strip() != str(known.get(key) or "")
    }
