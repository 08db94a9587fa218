"""How the worker carries out what was planned for many dossiers: one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from engine.store.batches import Batch
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK

SOME = 100


def carry(
    database: Database,
    now: datetime,
    batch: Batch,
    plans: Iterable[tuple[Any, str]],
    take: Callable[[Transaction, int, int], bool],
    close: Callable[[Transaction, int], None],
    stopped: Callable[[], bool],
) -> int:
    """Take some items of each plan (with the state of those still to do); how many got a result.

    A plan without such items is closed.
    """
    done = 0
    for plan, state in plans:
        with database.reading() as connection:
            waiting = batch.items(connection, plan.id, state, SOME)
        for dossier in waiting:
            if stopped():
                return done
            with database.transaction(CLOCK, now) as tx:
                done += take(tx, plan.id, dossier)
        if not waiting:
            with database.transaction(CLOCK, now) as tx:
                close(tx, plan.id)
    return done
