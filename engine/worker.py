"""Takes due rows until told to stop; APScheduler wakes it, the database says what is due."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler

from engine.commands import beginnings, due, letters, moving, watching
from engine.store.database import Database

SECONDS = 2
log = logging.getLogger("motcua.worker")


def run(database: Database, clock: Callable[[], datetime]) -> None:
    """Block until SIGTERM or Ctrl-C; a row under way is finished first."""
    scheduler = BlockingScheduler(timezone="UTC")
    stopping, busy = threading.Event(), threading.Lock()
    looked: datetime | None = None  # how far the timers that open dossiers have been followed

    def round() -> None:
        nonlocal looked
        with busy:
            try:
                due.run_due(database, clock(), stopped=stopping.is_set)
                letters.deliver(database, clock(), stopped=stopping.is_set)
                now = clock()
                beginnings.by_instants(database, now, looked, stopped=stopping.is_set)
                looked = now
                moving.carry_on(database, clock(), stopped=stopping.is_set)
                watching.watch(database, clock(), stopped=stopping.is_set)
            except Exception:  # no database, say: the next round tries again
                log.exception("a round of due rows failed")

    scheduler.add_job(
        round, "interval", seconds=SECONDS, max_instances=1, coalesce=True, misfire_grace_time=None
    )

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write("The worker is taking due rows.\n")
    sys.stdout.flush()
    scheduler.start()
    with busy:
        database.dispose()
