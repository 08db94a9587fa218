"""Takes due rows until told to stop; APScheduler wakes it, the database says what is due."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
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

Clock = Callable[[], datetime]
Step = Callable[[], object]


def run(database: Database, clock: Clock, senders: Mapping[str, notices.Sender]) -> None:
    """Block until SIGTERM or Ctrl-C; a row under way is finished first.

    ``senders``: what leaves the house by which channel.
    """
    scheduler = BlockingScheduler(timezone="UTC")
    stopping = threading.Event()
    busy = []
    for steps in rounds(database, clock, senders, stopping.is_set):
        lock = threading.Lock()
        busy.append(lock)
        scheduler.add_job(
            partial(take_round, steps, lock, stopping.is_set), "interval", seconds=SECONDS,
            max_instances=1, coalesce=True, misfire_grace_time=None,
        )  # fmt: skip

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write("The worker is taking due rows.\n")
    sys.stdout.flush()
    scheduler.start()
    with (
        ExitStack() as stack
    ):  # rounds under way are finished before the caller closes the database
        for lock in busy:
            stack.enter_context(lock)


def rounds(
    database: Database,
    clock: Clock,
    senders: Mapping[str, notices.Sender],
    stopped: Callable[[], bool],
) -> tuple[tuple[Step, ...], ...]:
    """What is done over and over: in a round one after the other, the rounds side by side.

    What the law waits for never waits for a mail server that is silent, nor for a long errand.
    """
    looked: datetime | None = None  # how far the timers that open dossiers have been followed

    def open_dossiers() -> None:
        nonlocal looked
        now = clock()
        beginnings.by_instants(database, now, looked, stopped=stopped)
        looked = now

    def of(act: Callable[..., object], *more: object) -> Step:
        return lambda: act(database, clock(), *more, stopped=stopped)

    return (
        (of(due.run_due), of(letters.deliver), open_dossiers, of(cutover.carry_on)),
        (
            of(notices.digests, {}),
            lambda: notices.deliver(database, clock, senders, stopped),
        ),
        (
            of(calendar.carry_on),
            of(moving.carry_on),
            of(watching.watch),
            of(checking.carry_on, play),
            _every(GUARD_EVERY, clock, of(watching.guard)),
            _every(GUARD_EVERY, clock, of(watching.wake)),
            _every(SWEEP_EVERY, clock, of(sweeping.sweep)),
        ),
    )


def take_round(steps: tuple[Step, ...], lock: threading.Lock, stopped: Callable[[], bool]) -> None:
    """Each step once; one that fails is tried in the next round and keeps none from its turn."""
    with lock:
        for step in steps:
            if stopped():
                return
            try:
                step()
            except Exception:  # no database, say
                log.exception("a step of the worker failed")


def _every(interval: timedelta, clock: Clock, step: Step) -> Step:
    """The step, when that long has passed since it was last done."""
    last: datetime | None = None

    def perhaps() -> None:
        nonlocal last
        if last is None or clock() - last > interval:
            step()
            last = clock()

    return perhaps
