"""What one dossier tells another: carried by the worker, one transaction each.

A message that nobody waits for yet is kept until somebody does; a signal reaches whoever listens
when it is told. The sender is never locked together with the receiver.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.bpmn.correlations import fits
from engine.bpmn.runtime import Throw
from engine.commands.beginnings import by_letter, by_messages
from engine.commands.case import free_case, open_case
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
        waiting = store.pending_signals(connection, BATCH)
    done = 0
    for letter in waiting:
        with database.reading() as connection:
            hearers = store.listeners(connection, "signal", letter.name)
        for to in hearers:
            if not stopped() and to.dossier != letter.dossier:
                with database.transaction(CLOCK, now) as tx:
                    done += hand(tx, letter, to.dossier, to.run)
        with database.transaction(CLOCK, now) as tx:
            done += by_letter(tx, letter)
            values = {"state": "delivered", "delivered_at": now}
            store.change_letter(tx.connection, letter.id, values)
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


def hand(tx: Transaction, letter: Any, dossier: int, run_id: str) -> bool:
    """Let a run hear a message or signal; whether it did. One that fails on it has an incident."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    if case is None:
        return False
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
        fresh = open_case(dossier, tx)
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
