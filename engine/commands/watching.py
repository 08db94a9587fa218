"""What the platform watches by itself: rollouts that go wrong, dossiers that wait for nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.authority import require
from engine.commands.case import Case, free_case
from engine.commands.escalating import press, remind, rouse
from engine.commands.incidents import record
from engine.commands.releases import end
from engine.errors import NothingBefore, RunFailed
from engine.queries.specs import manifest_of
from engine.store import dossiers as cases
from engine.store import releases as store
from engine.store.calendar import calendar
from engine.store.database import Database, Transaction
from engine.store.idle import (
    close_roused,
    held_tasks,
    idle,
    idle_tasks,
    roused_in_vain,
    silent_tasks,
)
from engine.store.organisation import CLOCK, head_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.calendar import Calendar
    from engine.store.idle import Place

Find = Callable[..., list[dict[str, Any]]]  # connection, now, the place beyond, the task
LEAST = 5  # dossiers before a share means anything
log = logging.getLogger("motcua.watching")


def watch(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Look at every rollout that has a bound; how many were ended."""
    with database.reading() as connection:
        wrong = [
            row
            for row in store.guarded(connection, now)
            if _too_often(*store.stuck(connection, row), row.stop_share)
        ]
    done = 0
    for row in wrong:
        if stopped():
            break
        try:
            with database.transaction(CLOCK, now) as tx:
                halt(tx, row.id)
            done += 1
        except NothingBefore:
            log.warning("rollout %s goes wrong, but nothing else is there to use", row.id)
    return done


def halt(tx: Transaction, rollout: int) -> None:
    """End the rollout unless it has ended, or fares better by now; raises NothingBefore."""
    require(tx.actor, "clock")
    row = store.rollout(tx.connection, rollout)
    if row is None or row.stop_share is None or row.ended_at is not None:
        return
    received, stuck = store.stuck(tx.connection, row)
    if _too_often(received, stuck, row.stop_share):
        end(row, f"{stuck}/{received} > {row.stop_share} %", tx)


def guard(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Look for open dossiers that wait for nothing at all; how many were found."""
    with database.reading() as connection:
        found = idle(connection)
    done = 0
    for dossier in found:
        if stopped():
            break
        with database.transaction(CLOCK, now) as tx:
            done += report(tx, dossier)
    return done


def wake(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Look for steps left lying too long and for late opinions; of how many somebody was told.

    Whoever holds a step is told first; after as long again, and where nobody holds it, the head.
    """
    with database.reading() as connection:
        days = calendar(connection)
        held = [
            task
            for task in _all(held_tasks, "touched_at", connection, now)
            if _long(connection, days, task, now)
        ]
        late = [
            task
            for task in _headed(connection, now)
            if _long(connection, days, task, now, times=2 if task["holder"] else 1)
        ]
        silent = list(_all(silent_tasks, "step_due", connection, now))
        over = roused_in_vain(connection)
    told: set[str] = set()
    orders = [(nudge, task) for task in held] + [(mention, task) for task in late]
    for order, task in orders + [(chase, task) for task in silent]:
        if stopped():
            return len(told)
        with database.transaction(CLOCK, now) as tx:
            if order(tx, task["id"], task["dossier"]):
                told.add(task["id"])
    if over:
        with database.transaction(CLOCK, now) as tx:
            hush(tx)
    return len(told)


def _headed(connection: Connection, now: datetime) -> Iterator[dict[str, Any]]:
    """The steps left lying, of offices that somebody answers for."""
    heads: dict[str, bool] = {}
    for task in _all(idle_tasks, "touched_at", connection, now):
        office = task["unit"]
        if office not in heads:
            heads[office] = head_of(connection, office, now) is not None
        if heads[office]:
            yield task


def _all(find: Find, since: str, connection: Connection, now: datetime) -> Iterator[dict[str, Any]]:
    """Part after part: those that nobody can be told of must not hide the younger ones."""
    after: Place | None = None
    while found := find(connection, now, after):
        yield from found
        after = (found[-1][since], found[-1]["id"])


def _long(
    connection: Connection, days: Calendar, task: Mapping[str, Any], now: datetime, times: int = 1
) -> bool:
    """Whether nobody touched it for so many times what its procedure grants, in its own office."""
    here = days.for_scope("province", task["unit"])
    lain = here.working_minutes_between(task["touched_at"], now)
    return lain >= times * 60 * manifest_of(connection, task["release"]).idle.amount


def nudge(tx: Transaction, task: str, dossier: int) -> bool:
    """Tell the holder of a step they have left lying; False where somebody has touched it."""
    return _told(tx, task, dossier, held_tasks, remind)


def mention(tx: Transaction, task: str, dossier: int) -> bool:
    """Tell the head of the office of a step left lying; False where somebody has touched it."""
    return _told(tx, task, dossier, idle_tasks, rouse)


def chase(tx: Transaction, task: str, dossier: int) -> bool:
    """Tell the heads of an opinion that is late; False where it has come."""
    return _told(tx, task, dossier, silent_tasks, press)


def hush(tx: Transaction) -> None:
    """Take back what was said of steps touched, and opinions given, since."""
    require(tx.actor, "clock")
    close_roused(tx.connection, tx.now)


def report(tx: Transaction, dossier: int) -> bool:
    """Write an incident for a dossier that waits for nothing; False where it does by now."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    if case is None or dossier not in idle(tx.connection, dossier):
        return False
    run = cases.main_run(tx.connection, dossier)
    failure = RunFailed(element="", name=case.manifest.title.vi, cause="idle", line=None)
    record(case, run or "", failure, {"do": "fire"})
    case.save()
    return True


def _told(
    tx: Transaction,
    task: str,
    dossier: int,
    find: Find,
    tell: Callable[[Case, Mapping[str, Any]], None],
) -> bool:
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    found = find(tx.connection, tx.now, None, task)
    if case is None or not found:
        return False
    tell(case, found[0])
    case.save()
    return True


def _too_often(received: int, stuck: int, share: int) -> bool:
    return received >= LEAST and stuck * 100 > share * received
