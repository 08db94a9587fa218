"""What nobody came back for: uploads that no form took, files that no row names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import islice

from engine.authority import require
from engine.store import papers, trials
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK

KEPT = timedelta(days=1)
# Drafts and incidents name uploads: a step that waits for papers may wait for weeks.
UPLOADS_KEPT = timedelta(days=90)
BATCH = 200


def sweep(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Forget old uploads, then take away files that nothing names; how many files.

    A file is put before the row that names it: what is younger than a day is left alone.
    """
    with database.transaction(CLOCK, now) as tx:
        forget(tx)
    before = (now - KEPT).timestamp()
    database.files.put_back()
    gone = 0
    idle = database.files.idle(before)
    while (names := list(islice(idle, BATCH))) and not stopped():
        gone += take_away(database, names, before)
    return gone


def take_away(database: Database, names: Collection[str], before: float) -> int:
    """Those of the files that no row names and nobody has put since that instant; how many."""
    with database.reading() as connection:
        named = trials.named(connection, names)
    return sum(database.files.sweep(name, before) for name in names if name not in named)


def forget(tx: Transaction) -> None:
    """Delete the uploads that no form has taken for so long, and the pages that took them."""
    require(tx.actor, "clock")
    papers.forget_uploads(tx.connection, tx.now - UPLOADS_KEPT)
