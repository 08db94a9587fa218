"""Where a dossier has been and where it is, as element ids of its diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.tables import journal, runs, tasks


@dataclass(frozen=True)
class Passage:
    """Elements passed (each once, in order), when each was passed last, and where tokens rest."""

    done: tuple[str, ...]
    at: Mapping[str, datetime]
    current: tuple[str, ...]


def passage_of(connection: Connection, dossier: int) -> Passage:
    """Read from the journal: its facts name what was ``passed`` and where tokens ``wait``."""
    at: dict[str, datetime] = {}
    waiting: dict[str, list[str]] = {}
    rows = connection.execute(
        select(journal.c.at, journal.c.kind, journal.c.fact)
        .where(journal.c.dossier == dossier)
        .order_by(journal.c.seq)
    )
    for row in rows:
        for element in row.fact.get("passed", ()):
            at[element] = row.at
        if "waiting" in row.fact:
            waiting[row.fact.get("run", "")] = row.fact["waiting"]
        if row.kind == "cancelled":  # the runs were ended where they stood
            waiting.clear()
    open_steps = connection.scalars(
        select(tasks.c.step)
        .join(runs, runs.c.id == tasks.c.run)
        .where(tasks.c.dossier == dossier, tasks.c.state == "open", runs.c.kind == "main")
        .order_by(tasks.c.opened_at, tasks.c.id)
    )
    rest = [step for steps in waiting.values() for step in steps]
    return Passage(tuple(at), at, tuple(dict.fromkeys([*open_steps, *rest])))
