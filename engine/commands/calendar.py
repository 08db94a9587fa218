"""Change which days are worked; every change is a new revision and moves no dossier by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from engine.authority import require
from engine.bpmn.runtime import Refresh
from engine.calendar import CalendarDay, official_days
from engine.codes.statuses import ENDED
from engine.commands.batches import carry
from engine.commands.case import free_case
from engine.commands.desks import budget_anew
from engine.commands.stepping import step
from engine.errors import ReasonMissing, UnknownUnit
from engine.store import calendar as store
from engine.store.database import Database, Transaction
from engine.store.moving import open_runs
from engine.store.organisation import some_units
from engine.store.recounts import RECOUNTS, behind

NAMED_SCOPES = ("nation", "province")


def set_day(tx: Transaction, day: CalendarDay) -> int:
    """Say that a day is off or worked; the calendar's new revision."""
    return set_days(tx, [day])


def set_days(tx: Transaction, days: Iterable[CalendarDay]) -> int:
    """The same for many days at once, under one revision."""
    require(tx.actor, "calendar")
    rows = tuple(days)
    offices = {row.scope for row in rows} - set(NAMED_SCOPES)
    unknown = offices - some_units(tx.connection, offices).keys()
    if unknown:
        raise UnknownUnit(code=min(unknown))
    return store.write_days(tx.connection, rows)


def seed_official_days(tx: Transaction, years: Iterable[int]) -> int:
    """Write the nation's days off of these years; those not yet announced stay provisional."""
    return set_days(tx, official_days(years))


# -- dossiers that were counted before the change --------------------------------------------------


def recount(tx: Transaction, reason: str) -> int:
    """Let every open dossier that counts with an earlier calendar count with the one now."""
    require(tx.actor, "calendar")
    if not reason.strip():
        raise ReasonMissing(act="recount")
    revision = store.newest(tx.connection)
    id = RECOUNTS.insert(
        tx.connection,
        {
            "revision": revision, "reason": reason, "state": "running",
            "decided_by": tx.actor.person, "decided_at": tx.now,
        },
    )  # fmt: skip
    RECOUNTS.list_items(tx.connection, id, behind(revision))
    return id


def carry_on(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Count some of the dossiers anew; how many got a result."""
    with database.reading() as connection:
        plans = RECOUNTS.in_state(connection, ("running",))
    todo = [(plan, "waiting") for plan in plans]
    return carry(database, now, RECOUNTS, todo, count_anew, close, stopped)


def close(tx: Transaction, recount: int) -> None:
    """Every dossier has its result."""
    require(tx.actor, "clock")
    row = RECOUNTS.lock(tx.connection, recount)
    if row is not None and row.state == "running":
        RECOUNTS.change(tx.connection, recount, {"state": "done", "finished_at": tx.now})


def count_anew(tx: Transaction, recount: int, dossier: int) -> bool:
    """Count one dossier with the plan's calendar; False where somebody else has it in hand."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    plan, item = (
        RECOUNTS.get(tx.connection, recount),
        RECOUNTS.item(tx.connection, recount, dossier),
    )
    if case is None or plan is None or item is None or item.state != "waiting":
        return False
    was, row = case.clock.due, case.row
    over = row["settled_at"] is not None or row["status"] in ENDED
    if over or row["ledger_revision"] >= plan.revision:
        RECOUNTS.change_item(tx.connection, recount, dossier, {"state": "same"})
        return True
    case.calendar = store.calendar(
        tx.connection, "province", row["receiving"], revision=plan.revision
    )
    row["ledger_revision"] = plan.revision
    case.read_again()
    budget_anew(case)
    due = case.clock.due
    if due == was:
        case.save()
        RECOUNTS.change_item(tx.connection, recount, dossier, {"state": "same"})
        return True
    said = {"was": was and was.isoformat(), "due": due and due.isoformat()}
    case.note("recounted", {**said, "revision": plan.revision, "reason": plan.reason})
    if row["suspended_at"] is None:
        for run in open_runs(tx.connection, case.id):
            step(case, run, Refresh())
    case.save()
    RECOUNTS.change_item(tx.connection, recount, dossier, {"state": "moved", "said": said})
    return True
