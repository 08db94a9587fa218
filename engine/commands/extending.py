"""A due date that cannot be kept is moved once, with an apology in writing (slip 04)."""

from __future__ import annotations

from datetime import datetime

from engine.authority import require
from engine.bpmn.runtime import Refresh
from engine.commands.case import Case, awake, in_progress, open_at
from engine.commands.issuing import issue_slip
from engine.commands.stepping import step
from engine.commands.telling import fall_silent
from engine.errors import BadExtension, CannotExtend, DossierFinished, ReasonMissing
from engine.letters import require_printable
from engine.store.database import Transaction
from engine.store.moving import open_runs


def extend(
    tx: Transaction,
    dossier: int,
    amount: int,
    reason: str,
    *,
    at: datetime | None = None,
    late: str | None = None,
) -> str:
    """Add so many units of the limit and print slip 04; its number.

    Once (AlreadyExtended), before the due instant and while the clock runs (CannotExtend), by no
    more than the limit itself (BadExtension). ``at``: the earlier instant at which it was decided,
    ``late``: why it is entered later.
    """
    case = open_at(dossier, tx, at, late)
    case.act_by(require(tx.actor, "extend", case.concern))
    number = extend_case(case, amount, reason)
    case.save()
    return number


def extend_case(case: Case, amount: int, reason: str) -> str:
    """The same under the dossier's lock, for whoever may."""
    in_progress(case)
    awake(case)
    if not reason.strip():
        raise ReasonMissing(act="extend")
    require_printable(reason)
    if case.row["settled_at"] is not None:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])
    owed = case.clock.due
    if owed is None or owed < case.at:
        raise CannotExtend(cause="paused" if owed is None else "late", due=owed)
    most = case.history.in_force.amount
    if not 0 < amount <= most:
        raise BadExtension(amount=amount, most=most, cause=case.history.in_force.unit)
    case.history = case.history.extend(case.at, amount, reason)
    case.read_again()
    due = case.clock.due
    told = {"due": due.isoformat() if due else "", "was": owed.isoformat(), "reason": reason}
    case.note("extended", {**told, **case.instant()})
    said = {
        "due_at": owed.isoformat(),
        "promised_at": told["due"],
        "reason": reason,
    }
    case.row["told_due"] = due  # slip 04 says it
    fall_silent(case, "moved", "suspended")
    number = issue_slip(case, "apology", said)
    for run in open_runs(case.tx.connection, case.id):
        step(case, run, Refresh())
    return number
