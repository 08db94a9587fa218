"""What other offices were asked about a dossier, and what they said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.package import Text
from engine.queries.records import JournalLine
from engine.sides import OPINION
from engine.store.tables import persons, runs, tasks, units


@dataclass(frozen=True)
class OpinionLine:
    """One question; ``answers`` is None until it is answered, and where the answer was erased.

    ``asked_by`` is a login, ``asker`` what the asked office reads. ``closed_by`` is the login of
    who answered or took it back, ``why`` the reason of the latter.
    """

    task: str
    office: Text
    question: str
    asked_by: str
    asker: str
    asked_at: datetime
    owed_at: datetime | None
    state: str
    closed_at: datetime | None
    closed_by: str
    why: str
    answers: Mapping[str, Any] | None


def opinions_of(
    connection: Connection, dossier: int, journal: Iterable[JournalLine]
) -> tuple[OpinionLine, ...]:
    """The questions, the newest first, with what the journal keeps of their answers."""
    told = [line for line in journal if line.fact.get("step") == OPINION]
    if not told:
        return ()
    given = {line.fact.get("task"): line.answers for line in told if line.kind == "completed"}
    back = {line.fact.get("task"): line for line in told if line.kind == "withdrawn"}
    found = connection.execute(
        select(tasks, runs.c.snapshot, units.c.name_vi, units.c.name_en, persons.c.login)
        .join(runs, runs.c.id == tasks.c.run)
        .join(units, units.c.code == tasks.c.unit)
        .outerjoin(persons, persons.c.id == tasks.c.closed_by)
        .where(tasks.c.dossier == dossier, tasks.c.step == OPINION)
        .order_by(tasks.c.opened_at.desc(), tasks.c.id)
    )
    lines = []
    for row in found:
        known = json.loads(row.snapshot)
        asked_by = str(known.get("asked_by") or "")
        answers = (given.get(row.id) or {}).get("answers")
        taken = back.get(row.id)
        lines.append(
            OpinionLine(
                task=row.id,
                office=Text(row.name_vi, row.name_en),
                question=str(known.get("question") or ""),
                asked_by=asked_by,
                asker=str(known.get("asker") or asked_by),
                asked_at=row.opened_at,
                owed_at=row.step_due,
                state=row.state,
                closed_at=row.closed_at,
                closed_by=row.login or (taken.actor if taken else ""),
                why=str(taken.fact.get("reason") or "") if taken else "",
                answers=answers,
            )
        )
    return tuple(lines)
