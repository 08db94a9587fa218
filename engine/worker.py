"""Takes due rows until told to stop; APScheduler wakes it, the database says what is due."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler

from engine.commands import (
    beginnings,
    calendar,
    checking,
    cutover,
    due,
    letters,
    moving,
    notices,
    sweeping,
    watching,
)
from engine.play import play
from engine.store.database import Database

SECONDS = 2
GUARD_EVERY = timedelta(minutes=10)
SWEEP_EVERY = timedelta(hours=6)
log = logging.getLogger("motcua.worker")


def run(
    database: Database, clock: Callable[[], datetime], senders: Mapping[str, notices.Sender]
) -> None:
    """Block until SIGTERM or Ctrl-C; a row under way is finished first.

    ``senders``: what leaves the house by which channel.
    """
    scheduler = BlockingScheduler(timezone="UTC")
    stopping, busy = threading.Event(), threading.Lock()
    swept: datetime | None = None  # when files that nothing names were last looked for
    guarded: datetime | None = None  # when dossiers that wait for nothing were last looked for
    looked: datetime | None = None  # how far the timers that open dossiers have been followed

    def round() -> None:
        nonlocal looked, guarded, swept
        with busy:
            try:
                due.run_due(database, clock(), stopped=stopping.is_set)
                letters.deliver(database, clock(), stopped=stopping.is_set)
                now = clock()
                beginnings.by_instants(database, now, looked, stopped=stopping.is_set)
                looked = now
                cutover.carry_on(database, clock(), stopped=stopping.is_set)
                calendar.carry_on(database, clock(), stopped=stopping.is_set)
                moving.carry_on(database, clock(), stopped=stopping.is_set)
                watching.watch(database, clock(), stopped=stopping.is_set)
                notices.digests(database, clock(), stopped=stopping.is_set)
                notices.deliver(database, clock(), senders, stopped=stopping.is_set)
                checking.carry_on(database, clock(), play, stopped=stopping.is_set)
                if guarded is None or clock() - guarded > GUARD_EVERY:
                    watching.guard(database, clock(), stopped=stopping.is_set)
                    watching.wake(database, clock(), stopped=stopping.is_set)
                    guarded = clock()
                if swept is None or clock() - swept > SWEEP_EVERY:
                    sweeping.sweep(database, clock(), stopped=stopping.is_set)
                    swept = clock()
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
    with busy:  # a round under way is finished before the caller closes the database
        pass
