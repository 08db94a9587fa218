"""What must be true of a database at any moment; each breach is named with its dossier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select

from engine.calendar import History, read_clock
from engine.codes.statuses import ENDED
from engine.store.calendar import calendar
from engine.store.idle import idle
from engine.store.organisation import units
from engine.store.tables import (
    cutover_items,
    dossiers,
    handovers,
    journal,
    moves,
    rollouts,
    runs,
    tasks,
)
from engine.store.verify import verify


@dataclass(frozen=True)
class Breach:
    """A rule that a dossier breaks, and how it shows."""

    rule: str
    code: str
    how: str

    def __str__(self) -> str:
        return f"{self.code}: {self.rule}: {self.how}"


def breaches(connection: Connection, now: datetime) -> tuple[Breach, ...]:
    """Everything that is not as it must be; empty for a database in order."""
    found = [breach for rule in RULES for breach in rule(connection, now)]
    broken = verify(connection)
    if broken is not None:
        found.append(Breach("journal", broken.code, f"row {broken.seq}: {broken.why}"))
    return tuple(found)


def _once(connection: Connection, now: datetime) -> Iterator[Breach]:
    """Every step that was done has one line in the journal, and none has two."""
    done = (
        select(func.count())
        .select_from(tasks)
        .where(tasks.c.dossier == dossiers.c.id, tasks.c.state == "done")
        .scalar_subquery()
    )
    said = (
        select(func.count())
        .select_from(journal)
        .where(journal.c.dossier == dossiers.c.id, journal.c.kind == "completed")
        .scalar_subquery()
    )
    rows = connection.execute(select(dossiers.c.code, done, said).where(done != said))
    for code, steps, lines in rows:
        yield Breach("once", code, f"{steps} steps done, {lines} lines")


def _apart(connection: Connection, now: datetime) -> Iterator[Breach]:
    """A trial dossier has a number and a release of trials, a live one of live reception."""
    offices = units(connection)
    c = dossiers.c
    opened = or_(
        exists().where(rollouts.c.digest == c.release, rollouts.c.trial == c.trial),
        exists().where(moves.c.digest == c.release),
    )
    for row in connection.execute(select(c.code, c.trial, opened.label("opened"))):
        series = row.code.rsplit("-", 2)[0]
        of_kind = {one.trial_series if row.trial else one.series for one in offices.values()}
        if series not in of_kind:
            yield Breach("apart", row.code, f"trial={row.trial} in series {series}")
        if not row.opened:
            yield Breach("apart", row.code, f"no rollout opens its release, trial={row.trial}")


def _deadline(connection: Connection, now: datetime) -> Iterator[Breach]:
    """The due instant is what the legal clock comes to."""
    c = dossiers.c
    question = select(c.code, c.receiving, c.history, c.due_at, c.paused, c.ledger_revision)
    for row in connection.execute(question.where(c.settled_at.is_(None), c.status.not_in(ENDED))):
        days = calendar(connection, "province", row.receiving, revision=row.ledger_revision)
        clock = read_clock(History.from_json(row.history), days, now)
        if (clock.due, clock.paused) != (row.due_at, row.paused):
            yield Breach("deadline", row.code, f"{row.due_at} owed, {clock.due} computed")


def _desk(connection: Connection, now: datetime) -> Iterator[Breach]:
    """An open step lies at an office that exists, of a dossier that goes on."""
    offices = units(connection, now)
    question = (
        select(dossiers.c.code, dossiers.c.status, tasks.c.unit, runs.c.finished_at)
        .join(tasks, tasks.c.dossier == dossiers.c.id)
        .join(runs, runs.c.id == tasks.c.run)
        .where(tasks.c.state == "open")
    )
    for row in connection.execute(question):
        if row.unit not in offices:
            yield Breach("desk", row.code, f"{row.unit} does not exist any more")
        if row.status in ENDED or row.finished_at is not None:
            yield Breach("desk", row.code, "a step waits although the dossier is over")


def _waits(connection: Connection, now: datetime) -> Iterator[Breach]:
    """Every dossier that goes on waits for something."""
    for dossier in idle(connection):
        code = connection.scalar(select(dossiers.c.code).where(dossiers.c.id == dossier))
        yield Breach("waits", str(code), "nothing to wait for")


def _handed(connection: Connection, now: datetime) -> Iterator[Breach]:
    """A dossier handed over at a cut-over has its line in the journal.

    And one on slip 06, unless the same office decides on it as before: then nothing was given.
    """
    said = exists().where(
        journal.c.dossier == cutover_items.c.dossier, journal.c.kind == "handed_over"
    )
    lines = (
        select(func.count())
        .select_from(handovers)
        .where(handovers.c.dossier == cutover_items.c.dossier, handovers.c.note != "")
        .scalar_subquery()
    )
    question: Any = (
        select(dossiers.c.code, said.label("said"), lines.label("lines"), cutover_items.c.said)
        .join(dossiers, dossiers.c.id == cutover_items.c.dossier)
        .where(cutover_items.c.state == "handed")
    )
    for code, in_journal, count, told in connection.execute(question):
        if not in_journal:
            yield Breach("handed", code, "no line in the journal")
        if not count and told["deciding"][0] != told["deciding"][1]:
            yield Breach("handed", code, "no line on slip 06")


RULES: tuple[Callable[[Connection, datetime], Iterator[Breach]], ...] = (
    _once, _apart, _deadline, _desk, _waits, _handed,
)  # fmt: skip
