"""The releases of every procedure, and which one is open where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from engine.errors import UnknownRelease
from engine.package import Text
from engine.store.tables import persons, releases, rollouts


@dataclass(frozen=True)
class ReleaseLine:
    """One immutable version of a procedure."""

    digest: str
    procedure: str
    code: str
    number: int
    title: Text
    state: str
    author: str | None
    approver: str | None
    decision: str | None
    created_at: datetime
    approved_at: datetime | None
    effective_from: datetime | None = None
    notes: str = ""
    withdrawn_why: str = ""
    report: Mapping[str, Any] | None = None  # of checking: errors, walks; None: not judged


@dataclass(frozen=True)
class RolloutLine:
    """Which release which centre (None: all) uses, in which model, live or trial."""

    id: int
    procedure: str
    digest: str
    number: int
    centre: str | None
    model: str
    trial: bool
    valid_from: datetime
    valid_until: datetime | None
    in_force: bool


def listing(
    connection: Connection, procedure: str | None = None, digest: str | None = None
) -> tuple[ReleaseLine, ...]:
    """The releases, the newest of each procedure first."""
    author, approver = persons.alias("author"), persons.alias("approver")
    c = releases.c
    question = (
        select(releases, author.c.login.label("by"), approver.c.login.label("approved_by"))
        .outerjoin(author, author.c.id == c.author)
        .outerjoin(approver, approver.c.id == c.approver)
        .order_by(c.procedure, c.number.desc())
    )
    if procedure is not None:
        question = question.where(c.procedure == procedure)
    if digest is not None:
        question = question.where(c.digest == digest)
    return tuple(
        ReleaseLine(
            digest=row.digest,
            procedure=row.procedure,
            code=row.code,
            number=row.number,
            title=Text(row.title_vi, row.title_en),
            state=row.state,
            author=row.by,
            approver=row.approved_by,
            decision=row.decision,
            created_at=row.created_at,
            approved_at=row.approved_at,
            effective_from=row.effective_from,
            notes=row.notes,
            withdrawn_why=row.withdrawn_why or "",
            report=row.report,
        )
        for row in connection.execute(question)
    )


def release(connection: Connection, digest: str) -> ReleaseLine:
    """One release; raises UnknownRelease."""
    for line in listing(connection, digest=digest):
        return line
    raise UnknownRelease(release=digest)


def before(connection: Connection, line: ReleaseLine) -> ReleaseLine | None:
    """What a release is held against: the newest earlier one that was approved, else made."""
    earlier = [one for one in listing(connection, line.procedure) if one.number < line.number]
    approved = [one for one in earlier if one.approved_at is not None]
    return next(iter(approved or earlier), None)


def halted(
    connection: Connection, since: datetime
) -> tuple[tuple[ReleaseLine, datetime, str], ...]:
    """The rollouts that the platform itself has ended since: (release, when, why)."""
    c = rollouts.c
    rows = connection.execute(
        select(c.digest, c.ended_at, c.ended_why)
        .where(c.ended_at >= since, c.ended_by.is_(None))
        .order_by(c.ended_at.desc())
    )
    return tuple((release(connection, row.digest), row.ended_at, row.ended_why) for row in rows)


def open_rollouts(connection: Connection, now: datetime) -> tuple[RolloutLine, ...]:
    """The rollouts in force or still to come, by procedure."""
    c = rollouts.c
    rows = connection.execute(
        select(rollouts, releases.c.number)
        .join(releases, releases.c.digest == c.digest)
        .where(or_(c.valid_until.is_(None), c.valid_until > now))
        .order_by(c.procedure, c.model, c.centre, c.valid_from, c.id)
    )
    return tuple(
        RolloutLine(
            id=row.id,
            procedure=row.procedure,
            digest=row.digest,
            number=row.number,
            centre=row.centre,
            model=row.model,
            trial=row.trial,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            in_force=row.valid_from <= now,
        )
        for row in rows
    )
