"""What one dossier tells another: carried by the worker, one transaction each.

A message that nobody waits for yet is kept until somebody does; a signal reaches whoever listens
when it is told: they are written down then, and each hears it once, however long another has its
dossier in hand. The sender is never locked together with the receiver.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.bpmn.correlations import fits
from engine.bpmn.runtime import Throw
from engine.commands.beginnings import by_letter, by_messages
from engine.commands.case import Case, free_case, open_case
from engine.commands.incidents import record
from engine.commands.stepping import step
from engine.errors import RunFailed
from engine.store import dossiers as rows
from engine.store import letters as store
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK

BATCH = 200


class _NotMeant(Exception):
    """The run does not wait for this any more, or for another of that name."""


def deliver(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Hand over what can be handed over, or begin a dossier with it; how many got something."""
    told = _tell_signals(database, now, stopped) + _bring_messages(database, now, stopped)
    return told + by_messages(database, now, stopped)


def _tell_signals(database: Database, now: datetime, stopped: Callable[[], bool]) -> int:
    with database.reading() as connection:
        told = store.pending_signals(connection, BATCH)
    done = 0
    for letter in told:
        if stopped():
            return done
        with database.transaction(CLOCK, now) as tx:
            done += call_out(tx, letter.id)
    with database.reading() as connection:
        waiting = store.to_hear(connection, BATCH)
    for one in waiting:
        if stopped():
            break
        with database.transaction(CLOCK, now) as tx:
            done += hear(tx, one.letter, one.run)
    return done


def _bring_messages(database: Database, now: datetime, stopped: Callable[[], bool]) -> int:
    done: set[int] = set()
    with database.reading() as connection:
        pairs = store.asked_for(connection, BATCH)
    for pair in pairs:
        if stopped():
            break
        if pair.id in done or not fits(pair.correlation, pair.expects):
            continue
        with database.transaction(CLOCK, now) as tx:
            if store.hold(tx.connection, pair.id) and hand(tx, pair, pair.to, pair.to_run):
                values = {"state": "delivered", "delivered_at": now, "delivered_to": pair.to}
                store.change_letter(tx.connection, pair.id, values)
                done.add(pair.id)
    return len(done)


def call_out(tx: Transaction, letter: int) -> int:
    """Tell a signal: who listens now is to hear it; how many dossiers it has begun."""
    require(tx.actor, "clock")
    row = store.hold(tx.connection, letter)
    if row is None:
        return 0
    store.call_out(tx.connection, row)
    values = {"state": "delivered", "delivered_at": tx.now}
    store.change_letter(tx.connection, row.id, values)
    return by_letter(tx, row)


def hear(tx: Transaction, letter: int, run: str) -> bool:
    """Let a run hear a signal that was told; False where it is busy, or does not listen now."""
    require(tx.actor, "clock")
    row = store.hearing(tx.connection, letter, run)
    case = free_case(row.to, tx) if row is not None else None
    if row is None or case is None or case.row["suspended_at"] is not None:
        return False
    store.heard(tx.connection, letter, run)
    return store.listens(tx.connection, run, "signal", row.name) and _hand(case, row, run)


def hand(tx: Transaction, letter: Any, dossier: int, run_id: str) -> bool:
    """Let a run hear a message; whether it did. One that fails on it has an incident."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    return case is not None and _hand(case, letter, run_id)


def _hand(case: Case, letter: Any, run_id: str) -> bool:
    tx = case.tx
    run = rows.run(tx.connection, run_id)
    thrown = Throw(letter.name, letter.payload, letter.kind, letter.correlation)
    try:
        with tx.savepoint():
            case.note(f"{letter.kind}_received", {"name": letter.name})
            if not step(case, run, thrown).caught:
                raise _NotMeant
            case.save()
    except _NotMeant:
        return False
    except RunFailed as failure:
        fresh = open_case(case.id, tx)
        doing = {
            "do": "throw",
            "name": letter.name,
            "payload": letter.payload,
            "kind": letter.kind,
            "correlation": letter.correlation,
        }
        record(fresh, run_id, failure, doing)
        fresh.save()
    return True
