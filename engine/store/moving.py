"""Statements about open dossiers that are taken to another release, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select

from engine.codes.statuses import ENDED
from engine.store.batches import Batch
from engine.store.tables import dossiers, due, move_items, moves, runs, tasks, waits

MOVES = Batch(moves, move_items)


def open_dossiers(procedure: str, digest: str, centre: str | None) -> Any:
    """The condition: open dossiers of the procedure that are not under the release yet."""
    wanted = and_(
        dossiers.c.procedure == procedure,
        dossiers.c.release != digest,
        dossiers.c.status.not_in(ENDED),
    )
    return wanted if centre is None else and_(wanted, dossiers.c.receiving == centre)


def side_runs(connection: Connection, dossier: int, *names: str) -> list[str]:
    """What is under way beside the diagram under these names."""
    here = and_(runs.c.dossier == dossier, runs.c.kind == "side", runs.c.process.in_(names))
    question = select(runs.c.id).where(here, runs.c.finished_at.is_(None)).order_by(runs.c.id)
    return list(connection.scalars(question))


def open_runs(connection: Connection, dossier: int) -> list[dict[str, Any]]:
    """The dossier's runs of its diagram that have not ended."""
    here = and_(runs.c.dossier == dossier, runs.c.kind == "main", runs.c.finished_at.is_(None))
    found = connection.execute(select(runs).where(here).order_by(runs.c.id))
    return [dict(row._mapping) for row in found]


def rows_of(connection: Connection, dossier: int) -> dict[str, list[dict[str, Any]]]:
    """Open tasks, timers and waits of a dossier, as they stand."""
    of_tasks = and_(tasks.c.dossier == dossier, tasks.c.state == "open")
    of_due = and_(due.c.dossier == dossier, due.c.kind == "timer")
    wanted = {
        "tasks": select(tasks).where(of_tasks).order_by(tasks.c.id),
        "due": select(due).where(of_due).order_by(due.c.id),
        "waits": select(waits).where(waits.c.dossier == dossier).order_by(waits.c.id),
    }
    return {
        name: [dict(row._mapping) for row in connection.execute(question)]
        for name, question in wanted.items()
    }


def put_back(connection: Connection, dossier: int, kept: Mapping[str, Any]) -> None:
    """Let timers and waits be exactly the rows that were kept."""
    connection.execute(delete(due).where(due.c.dossier == dossier, due.c.kind == "timer"))
    connection.execute(delete(waits).where(waits.c.dossier == dossier))
    for table in (due, waits):
        rows = kept[table.name]
        if rows:
            connection.execute(insert(table), rows)


def sample(
    connection: Connection, procedure: str, digest: str, centre: str | None, size: int = 500
) -> Iterator[Row[Any]]:
    """The open runs of those dossiers, so many at a time: (dossier, code, release, snapshot)."""
    last = 0
    while True:
        question = (
            select(
                dossiers.c.id, dossiers.c.code, dossiers.c.release, dossiers.c.receiving,
                runs.c.snapshot,
            )
            .join(runs, runs.c.dossier == dossiers.c.id)
            .where(open_dossiers(procedure, digest, centre))
            .where(runs.c.kind == "main", runs.c.finished_at.is_(None), dossiers.c.id > last)
            .order_by(dossiers.c.id, runs.c.id)
        )  # fmt: skip
        # Whole dossiers only: side runs of one never stand in two bites.
        bite = select(dossiers.c.id).where(
            open_dossiers(procedure, digest, centre), dossiers.c.id > last
        )
        ids = list(connection.scalars(bite.order_by(dossiers.c.id).limit(size)))
        if not ids:
            return
        rows: Any = connection.execute(question.where(dossiers.c.id <= ids[-1]))
        yield from rows
        last = ids[-1]
