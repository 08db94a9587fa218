"""What hangs on a dossier, line by line: tasks, papers, slips, hand-overs, journal, incidents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, select

from engine.package import Text
from engine.queries.visibility import masked
from engine.store.acting import kept_at
from engine.store.organisation import some_units
from engine.store.tables import (
    checklist,
    documents,
    escalations,
    handovers,
    incidents,
    journal,
    journal_payloads,
    letters,
    persons,
    slips,
    tasks,
    units,
)


@dataclass(frozen=True)
class OpenTaskLine:
    """A step that waits for a person now."""

    id: str
    step: str
    name: str
    role: str
    unit: str
    unit_name: Text
    holder: str | None
    opened_at: datetime
    step_due: datetime | None


@dataclass(frozen=True)
class DocumentLine:
    """A stored file of the dossier.

    ``paper`` is the manifest's key, ``field:<pointer>``, or ``reply``: sent by the citizen from
    outside; ``added_by`` is empty then.
    """

    id: int
    paper: str
    name: str
    media: str
    size: int
    pages: int | None
    added_at: datetime
    added_by: str


@dataclass(frozen=True)
class SlipLine:
    """A slip that was issued; ``replaced_by`` is the number of the receipt in its place."""

    id: int
    kind: str
    number: str
    round: int
    issued_at: datetime
    issued_by: str
    replaced_by: str = ""


@dataclass(frozen=True)
class ChecklistLine:
    """A paper the counter ticked off."""

    paper: str
    kind: str
    quantity: int


@dataclass(frozen=True)
class HandoverLine:
    """One row of slip 06: from whom to whom, when, and whether that step was in time."""

    at: datetime
    from_unit: str
    from_person: str
    to_unit: str
    to_role: str
    step: str
    name: str
    result: str
    note: str
    office_vi: str | None
    office_en: str | None

    @property
    def office(self) -> Text | None:
        """The name of ``to_unit``."""
        return Text(self.office_vi, self.office_en or "") if self.office_vi else None


@dataclass(frozen=True)
class JournalLine:
    """One thing that happened; ``answers`` is its personal part, None where nothing is left."""

    seq: int
    at: datetime
    actor: str
    kind: str
    fact: Mapping[str, Any]
    answers: Mapping[str, Any] | None


@dataclass(frozen=True)
class IncidentLine:
    """A run that could not go on; ``post`` (role, unit) where nobody holds it."""

    id: int
    element: str
    name: str
    cause: str
    opened_at: datetime
    attempts: int
    closed_at: datetime | None
    post: tuple[str, Text] | None = None


def open_tasks_of(connection: Connection, dossier: int, now: datetime) -> tuple[OpenTaskLine, ...]:
    """The steps that wait now, the longest waiting first; held by whoever acts on their post."""
    rows = connection.execute(
        select(tasks, units.c.name_vi, units.c.name_en, persons.c.login, kept_at(now).label("kept"))
        .join(units, units.c.code == tasks.c.unit)
        .outerjoin(persons, persons.c.id == tasks.c.holder)
        .where(tasks.c.dossier == dossier, tasks.c.state == "open")
        .order_by(tasks.c.opened_at, tasks.c.id)
    )
    return tuple(
        OpenTaskLine(
            id=row.id,
            step=row.step,
            name=row.name,
            role=row.role,
            unit=row.unit,
            unit_name=Text(row.name_vi, row.name_en),
            holder=row.login if row.kept else None,
            opened_at=row.opened_at,
            step_due=row.step_due,
        )
        for row in rows
    )


def documents_of(connection: Connection, dossier: int) -> tuple[DocumentLine, ...]:
    """The files, in the order they came."""
    c = documents.c
    rows = connection.execute(
        select(c.id, c.paper, c.name, c.media, c.size, c.pages, c.added_at, persons.c.login)
        .outerjoin(persons, persons.c.id == c.added_by)
        .where(c.dossier == dossier)
        .order_by(c.id)
    )
    return tuple(DocumentLine(*row[:-1], row[-1] or "") for row in rows)


def slips_of(connection: Connection, dossier: int) -> tuple[SlipLine, ...]:
    """The slips, in the order they were issued."""
    c = slips.c
    rows = connection.execute(
        select(c.id, c.kind, c.number, c.round, c.issued_at, c.issued_by)
        .where(c.dossier == dossier)
        .order_by(c.id)
    )
    lines = [SlipLine(*row) for row in rows]
    receipts = [line for line in lines if line.kind == "receipt"]
    later = {one.id: next_one.number for one, next_one in pairwise(receipts)}
    return tuple(replace(line, replaced_by=later.get(line.id, "")) for line in lines)


def refusal_stands(slips: Iterable[SlipLine], journal: Iterable[JournalLine]) -> bool:
    """Whether a slip 03 was issued since the work was last taken up, if it ever was, again."""
    again = [line.at for line in journal if line.kind == "taken_up_again"]
    return any(
        slip.kind == "refusal" and all(slip.issued_at > at for at in again) for slip in slips
    )


def checklist_of(connection: Connection, dossier: int) -> tuple[ChecklistLine, ...]:
    """The papers ticked off at the counter."""
    c = checklist.c
    rows = connection.execute(
        select(c.paper, c.kind, c.quantity).where(c.dossier == dossier).order_by(c.paper)
    )
    return tuple(ChecklistLine(*row) for row in rows)


def handovers_of(connection: Connection, dossier: int) -> tuple[HandoverLine, ...]:
    """Who handed it to whom, in order."""
    c = handovers.c
    rows = connection.execute(
        select(
            c.at,
            c.from_unit,
            c.from_person,
            c.to_unit,
            c.to_role,
            c.step,
            c.name,
            c.result,
            c.note,
            units.c.name_vi,
            units.c.name_en,
        )
        .outerjoin(units, units.c.code == c.to_unit)
        .where(c.dossier == dossier)
        .order_by(c.seq)
    )
    return tuple(HandoverLine(*row) for row in rows)


def journal_of(connection: Connection, dossier: int) -> tuple[JournalLine, ...]:
    """What happened, in order; citizen ids masked."""
    body = and_(
        journal_payloads.c.dossier == journal.c.dossier, journal_payloads.c.seq == journal.c.seq
    )
    rows = connection.execute(
        select(journal, journal_payloads.c.body)
        .outerjoin(journal_payloads, body)
        .where(journal.c.dossier == dossier)
        .order_by(journal.c.seq)
    )
    lines = []
    for row in rows:
        answers = json.loads(row.body) if row.body is not None else None
        told = masked(answers)
        lines.append(JournalLine(row.seq, row.at, row.actor, row.kind, row.fact, told))
    return tuple(lines)


def incidents_of(connection: Connection, dossier: int) -> tuple[IncidentLine, ...]:
    """What stopped a run, the newest first."""
    c = incidents.c
    rows = connection.execute(
        select(c.id, c.element, c.name, c.cause, c.opened_at, c.attempts, c.closed_at)
        .where(c.dossier == dossier)
        .order_by(c.id.desc())
    )
    lines = [IncidentLine(*row) for row in rows]
    posts = {line.id: nobody_at(line.cause) for line in lines}
    offices = some_units(connection, {post[1] for post in posts.values() if post})
    return tuple(
        replace(line, post=(post[0], offices[post[1]].name)) if (post := posts[line.id]) else line
        for line in lines
    )


def nobody_at(cause: str) -> tuple[str, str] | None:
    """Role and unit of the cause ``nobody:<role>:<unit>``."""
    word, _, post = cause.partition(":")
    role, _, unit = post.partition(":")
    return (role, unit) if word == "nobody" and unit else None


def unheard_of(connection: Connection, dossier: int) -> tuple[tuple[str, datetime], ...]:
    """The messages (name, sent at) of the dossier that nobody has asked for yet."""
    c = letters.c
    rows = connection.execute(
        select(c.name, c.sent_at)
        .where(c.dossier == dossier, c.state == "pending", c.kind == "message")
        .order_by(c.id)
    )
    return tuple((row.name, row.sent_at) for row in rows)


def escalated_to(connection: Connection, dossier: int) -> tuple[tuple[str, Text], ...]:
    """The posts (role, unit) that have been told that the dossier is due soon or late."""
    c = escalations.c
    rows = connection.execute(
        select(c.role, units.c.name_vi, units.c.name_en)
        .join(units, units.c.code == c.unit)
        .where(c.dossier == dossier, c.closed_at.is_(None), c.duty != "unmoved")
        .order_by(c.id)
    )
    return tuple((row.role, Text(row.name_vi, row.name_en)) for row in rows)
