"""Suspend a dossier with a legal ground, resume it, or cancel it for good."""

from __future__ import annotations

from datetime import datetime

from engine.authority import require
from engine.bpmn.runtime import Refresh
from engine.codes.statuses import SETTLED
from engine.commands.beside import withdraw
from engine.commands.case import SUSPENSION, Case, awake, in_progress, open_at
from engine.commands.desks import budget_anew, give_days_back
from engine.commands.messages import close_owed
from engine.commands.stepping import duties, step
from engine.commands.stopping import print_stop
from engine.commands.telling import fall_silent, tell
from engine.errors import DossierFinished, NotSuspended, ReasonMissing
from engine.letters import require_printable
from engine.sides import SIDES
from engine.store import dossiers as rows
from engine.store import moving as runs
from engine.store.database import Transaction
from engine.store.incidents import close_incidents

WITHDRAWN, CANCELLED = 7, 8


def suspend(
    tx: Transaction,
    dossier: int,
    ground: str,
    *,
    at: datetime | None = None,
    late: str | None = None,
) -> None:
    """The legal clock stands, nobody can work on it, no timer fires until it is resumed.

    ``at``: the earlier instant at which it was decided, ``late``: why it is entered later.
    """
    case = _case(tx, dossier, ground, at, late)
    awake(case)
    if case.row["settled_at"] is not None:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])
    case.history = case.history.pause(case.at, ground, SUSPENSION)
    case.read_again()
    case.row |= {"suspended_at": tx.now, "suspended_why": ground}
    case.note("suspended", {"reason": ground, **case.instant()})
    tell(case, "suspended", case.at.isoformat())
    main = rows.main_run(tx.connection, case.id)
    if main is not None:
        duties(case, main)
    rows.hold_due(tx.connection, case.id)
    case.save()


def resume(
    tx: Transaction,
    dossier: int,
    reason: str,
    *,
    at: datetime | None = None,
    late: str | None = None,
) -> None:
    """Go on: timers that came due meanwhile fire now, the legal clock runs."""
    case = _case(tx, dossier, reason, at, late)
    if case.row["suspended_at"] is None:
        raise NotSuspended(code=case.row["code"])
    rows.release_due(tx.connection, case.id)
    rows.touch(tx.connection, case.id, tx.now)  # meanwhile nobody was allowed to work on it
    case.row |= {"suspended_at": None, "suspended_why": None}
    case.history = case.history.resume(case.at, SUSPENSION)
    case.read_again()
    case.note("continued", {"reason": reason, **case.instant()})
    fall_silent(case, "suspended")
    budget_anew(case)
    give_days_back(case)
    for run in runs.open_runs(tx.connection, case.id):
        step(case, run, Refresh())
    case.save()


def cancel(
    tx: Transaction,
    dossier: int,
    ground: str,
    *,
    withdrawn: bool = False,
    at: datetime | None = None,
    late: str | None = None,
) -> None:
    """End it without a result: nothing waits any more, the citizen reads why on slip 05.

    withdrawn: the applicant asked for it; else the office decides.
    """
    case = _case(tx, dossier, ground, at, late)
    if case.row["status"] in SETTLED:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])
    withdraw(case, *SIDES)
    for task in rows.open_tasks(tx.connection, case.id):
        closed = {"state": "withdrawn", "closed_at": tx.now}
        rows.change_task(tx.connection, task["id"], closed)
        case.note("withdrawn", {"step": task["step"], "name": task["name"]})
    for run in runs.open_runs(tx.connection, case.id):
        rows.change_run(tx.connection, run["id"], {"finished_at": tx.now, "listening": False})
    close_incidents(tx.connection, case.id, tx.now, tx.actor.person)
    if case.row["suspended_at"] is not None:
        case.row |= {"suspended_at": None, "suspended_why": None}
    close_owed(case, "withdrawal")
    case.note("cancelled", {"reason": ground, "withdrawn": withdrawn, **case.instant()})
    if withdrawn:
        case.set_status(WITHDRAWN)
    case.set_status(CANCELLED)
    print_stop(case, ground, withdrawn=withdrawn)
    case.row |= {"milestone_vi": f"Dừng giải quyết: {ground}"[:300]}
    case.row |= {"milestone_en": f"Stopped: {ground}"[:300]}
    main = rows.main_run(tx.connection, case.id)
    if main is not None:
        duties(case, main)
    rows.forget_due(tx.connection, case.id)
    case.save()


def _case(
    tx: Transaction, dossier: int, ground: str, at: datetime | None, late: str | None
) -> Case:
    case = open_at(dossier, tx, at, late)
    case.act_by(require(tx.actor, "suspend", case.concern))
    if not ground.strip():
        raise ReasonMissing(act="suspend")
    require_printable(ground)
    in_progress(case)
    return case
