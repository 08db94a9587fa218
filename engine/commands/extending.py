"""A due date that cannot be kept is moved once, with an apology in writing (slip 04)."""

from __future__ import annotations

from engine.authority import require
from engine.bpmn.runtime import Refresh
from engine.commands.case import Case, awake, in_progress, open_case
from engine.commands.issuing import issue_slip
from engine.commands.stepping import step
from engine.errors import BadExtension, CannotExtend, DossierFinished, ReasonMissing
from engine.store.database import Transaction
from engine.store.moving import open_runs
from engine.store.organisation import unit


def extend(tx: Transaction, dossier: int, amount: int, reason: str) -> str:
    """Add so many units of the limit and print slip 04; its number.

    Once (AlreadyExtended), before the due instant and while the clock runs (CannotExtend), by no
    more than the limit itself (BadExtension).
    """
    case = open_case(dossier, tx)
    require(tx.actor, "extend", case.concern)
    case.act_on("leader", case.row["deciding"])
    number = extend_case(case, amount, reason)
    case.save()
    return number


def extend_case(case: Case, amount: int, reason: str) -> str:
    """The same under the dossier's lock, for whoever may."""
    in_progress(case)
    awake(case)
    if not reason.strip():
        raise ReasonMissing(act="extend")
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
    case.note("extended", told)
    said = {
        "received_at": case.history.received.isoformat(),
        "due_at": owed.isoformat(),
        "promised_at": told["due"],
        "reason": reason,
        "decider": decider(case),
    }
    number = issue_slip(case, "apology", said)
    for run in open_runs(case.tx.connection, case.id):
        step(case, run, Refresh())
    return number


def decider(case: Case) -> str:
    """The deciding office, as slips name it."""
    return unit(case.tx.connection, case.row["deciding"]).name_vi
