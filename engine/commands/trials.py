"""Trial dossiers are removed as a whole, with their papers and slips; a line says so."""

from __future__ import annotations

from datetime import datetime

from engine.authority import require
from engine.commands.sweeping import KEPT, take_away
from engine.errors import BadInstant, ReasonMissing
from engine.store import trials as store
from engine.store.database import Database, Transaction


def purge(
    tx: Transaction, *, until: datetime, reason: str, procedure: str | None = None
) -> tuple[int, frozenset[str]]:
    """Remove the trial dossiers received before an instant: how many, and the files they leave.

    Slips given at a counter without a dossier go with them. Numbers are not given out again. The
    files are swept after the commit (see sweep).
    """
    require(tx.actor, "rollout")
    if not reason.strip():
        raise ReasonMissing(act="purge")
    if until > tx.now:
        raise BadInstant(at=until, bound=tx.now)
    found = store.trial_dossiers(tx.connection, until, procedure)
    files = store.remove(tx.connection, found)
    files |= store.remove_visits(tx.connection, until, procedure)
    store.insert_purge(
        tx.connection,
        procedure=procedure, until=until, dossiers=len(found), reason=reason,
        decided_by=tx.actor.person, decided_at=tx.now,
    )  # fmt: skip
    return len(found), files


def sweep(database: Database, files: frozenset[str], now: datetime) -> int:
    """Take away the files among these that nothing names any more; how many.

    What somebody has put since yesterday may be named any moment: the worker's sweep looks at it.
    """
    return take_away(database, files, (now - KEPT).timestamp())
