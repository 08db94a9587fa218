"""Takes due rows until told to stop; APScheduler wakes it, the database says what is due."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler

from engine.commands import due
from engine.store.database import Database

SECONDS = 2
log = logging.getLogger("motcua.worker")


def run(database: Database, clock: Callable[[], datetime]) -> None:
    """Block until SIGTERM or Ctrl-C; a round under way is finished first."""
    scheduler = BlockingScheduler(timezone="UTC")

    def round() -> None:
        try:
            due.run_due(database, clock())
        except Exception:  # the next round tries again; what failed is in the log
            log.exception("a round of due rows failed")

    scheduler.add_job(
        round, "interval", seconds=SECONDS, max_instances=1, coalesce=True, misfire_grace_time=None
    )

    def stop(number: int, frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write("The worker is taking due rows.\n")
    sys.stdout.flush()
    scheduler.start()
    database.dispose()
