"""What a due row does when its instant has come: timers of runs, and the statutory duties."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from engine.authority import require
from engine.bpmn.runtime import Fire, Throw
from engine.calendar import ZONE
from engine.commands.beside import draft_apology, withdraw
from engine.commands.case import Case, free_case, open_case
from engine.commands.escalating import escalate
from engine.commands.incidents import record
from engine.commands.stepping import duties, step
from engine.commands.telling import papers_until, tell
from engine.errors import RunFailed
from engine.sides import APOLOGY
from engine.store import dossiers as rows
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK

BATCH, MOST_ATTEMPTS = 100, 5
FIRST_WAIT = timedelta(seconds=15)
log = logging.getLogger("motcua.due")


def run_due(
    database: Database,
    now: datetime,
    limit: int = BATCH,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Take what is due, one transaction each, until nothing is left or ``stopped``; how many.

    Several workers may do this at once: the dossier's row is the lock, a taken one is passed over.
    A row that fails in a way nobody foresaw is put off, and the others have their turn.
    """
    done = 0
    seen: set[int] = set()
    while True:
        with database.reading() as connection:
            waiting = [pair for pair in rows.pending(connection, now, limit) if pair[0] not in seen]
        if not waiting:
            return done
        for row, dossier in waiting:
            if stopped():
                return done
            seen.add(row)
            try:
                with database.transaction(CLOCK, now) as tx:
                    done += take(tx, row, dossier)
            except Exception as error:
                log.exception("due row %s of dossier %s failed", row, dossier)
                with database.transaction(CLOCK, now) as tx:
                    put_off(tx, row, dossier, f"{type(error).__name__}: {error}")


def take(tx: Transaction, row: int, dossier: int) -> bool:
    """Do what one due row says, unless another worker has it or it is no longer due."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    found = rows.due_row(tx.connection, row) if case is not None else None
    if case is None or found is None or max(found["at"], found["retry_at"] or found["at"]) > tx.now:
        return False
    # Said first: the step below may arm the same row again for the next occurrence.
    rows.change_due(tx.connection, row, {"state": "done", "done_at": tx.now})
    try:
        with tx.savepoint():
            _do(case, found)
            case.save()
    except RunFailed as failure:
        fresh = open_case(dossier, tx)
        if found["kind"] == "duty":
            escalate(fresh, *_duty(found))  # whoever answers for it is told all the same
        record(fresh, found["run"], failure, _input(found))
        fresh.save()
        dead = {"state": "dead", "error": str(failure.particulars.get("cause"))}
        rows.change_due(tx.connection, row, dead)
    return True


def put_off(tx: Transaction, row: int, dossier: int, error: str) -> None:
    """After an unforeseen failure: try again later, each time waiting longer; then an incident."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    found = rows.due_row(tx.connection, row) if case is not None else None
    if case is None or found is None:
        return
    attempts = found["attempts"] + 1
    values: dict[str, Any] = {"attempts": attempts, "error": error[:2000]}
    if attempts < MOST_ATTEMPTS:
        values["retry_at"] = tx.now + FIRST_WAIT * 2**attempts
    else:
        values["state"] = "dead"
        failure = RunFailed(element=None, name="Hẹn giờ", cause=error, line=None)
        record(case, found["run"], failure, _input(found))
        case.save()
    rows.change_due(tx.connection, row, values)


def _do(case: Case, found: dict[str, Any]) -> None:
    run = rows.run(case.tx.connection, found["run"])
    if found["kind"] == "duty":
        name, owed = _duty(found)
        escalate(case, name, owed)
        if name not in ("due_soon", "due_passed"):  # a diagram may catch these two
            duties(case, found["run"])
            return
        caught = step(case, run, Throw(name)).caught
        if name == "due_passed":
            withdraw(case, APOLOGY)  # what is late is not extended any more
        elif not caught:
            draft_apology(case, owed)
    elif found["kind"] == "reminder":
        _remind(case, found["key"])
    else:
        step(case, run, Fire())


def _remind(case: Case, key: str) -> None:
    """Unless the hand came too late: whoever is reminded of papers has still time for them."""
    event, _, once = key.partition(":")
    if event == "uncollected":
        tell(case, "uncollected", once)
        return
    last = papers_until(case)
    if last is None or case.tx.now.astimezone(ZONE).date() <= last:
        tell(case, "supplement_soon", once)


def _duty(found: dict[str, Any]) -> tuple[str, datetime]:
    """Which duty, and the due instant it is about."""
    name, _, owed = found["key"].partition(":")
    return name, datetime.fromisoformat(owed)


def _input(found: dict[str, Any]) -> dict[str, Any]:
    if found["kind"] == "duty":
        return {"do": "throw", "name": found["key"].split(":", 1)[0]}
    return {"do": "fire"}
