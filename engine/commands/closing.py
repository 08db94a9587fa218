"""A procedure that is received no more from an instant on; what is open goes on to its end."""

from __future__ import annotations

from datetime import datetime

from engine.authority import require
from engine.errors import NotClosed, ProcedureClosed, ReasonMissing, UnknownProcedure
from engine.store import releases as store
from engine.store.database import Transaction


def close(
    tx: Transaction, procedure: str, *, at: datetime, reason: str, successor: str | None = None
) -> None:
    """Let every rollout of the procedure end then; the successor is what citizens are sent to."""
    require(tx.actor, "rollout")
    if not reason.strip():
        raise ReasonMissing(act="close")
    for name in (procedure, *([successor] if successor else ())):
        if store.next_release(tx.connection, name) == 1:
            raise UnknownProcedure(procedure=name)
    if successor == procedure:
        raise UnknownProcedure(procedure=procedure)
    closed = store.closure(tx.connection, procedure)
    if closed is not None:
        raise ProcedureClosed(procedure=procedure, at=closed.at)
    values = {"procedure": procedure, "at": at, "reason": reason, "successor": successor}
    decided = {"decided_by": tx.actor.person, "decided_at": tx.now}
    store.insert_closure(tx.connection, {**values, **decided})
    told = {"ended_by": tx.actor.person, "ended_at": tx.now, "ended_why": reason}
    for row in store.rollouts_beyond(tx.connection, procedure, at):
        until = max(at, row.valid_from)
        store.change_rollout(tx.connection, row.id, {"valid_until": until, **told})


def reopen(tx: Transaction, procedure: str) -> None:
    """Take a closure back; the procedure is rolled out anew by whoever wants it."""
    require(tx.actor, "rollout")
    closed = store.closure(tx.connection, procedure)
    if closed is None:
        raise NotClosed(procedure=procedure)
    lifted = {"lifted_by": tx.actor.person, "lifted_at": tx.now}
    store.change_closure(tx.connection, closed.id, lifted)
