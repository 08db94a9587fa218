"""Releases and rollouts: what is frozen, and which of it an office uses at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, delete, func, insert, or_, select, update

from engine.store.tables import (
    closures,
    dossiers,
    incidents,
    release_files,
    releases,
    rollouts,
)


def release(connection: Connection, digest: str) -> Row[Any] | None:
    """A release's row."""
    return connection.execute(select(releases).where(releases.c.digest == digest)).first()


def next_release(connection: Connection, procedure: str) -> int:
    """The number the procedure's next release gets."""
    question = select(func.coalesce(func.max(releases.c.number), 0) + 1)
    return int(connection.execute(question.where(releases.c.procedure == procedure)).scalar_one())


def insert_release(
    connection: Connection, values: Mapping[str, Any], files: Mapping[str, bytes]
) -> None:
    """Write a release with its files."""
    connection.execute(insert(releases).values(dict(values)))
    rows = [
        {"digest": values["digest"], "path": path, "content": content}
        for path, content in sorted(files.items())
    ]
    connection.execute(insert(release_files), rows)


def change_release(connection: Connection, digest: str, values: Mapping[str, Any]) -> None:
    """Write these columns of the release; never its files."""
    connection.execute(update(releases).where(releases.c.digest == digest).values(dict(values)))


def remove_release(connection: Connection, digest: str) -> None:
    """Delete a release with its files; only for drafts, which nothing names."""
    connection.execute(delete(release_files).where(release_files.c.digest == digest))
    connection.execute(delete(releases).where(releases.c.digest == digest))


def unjudged(connection: Connection) -> list[str]:
    """The drafts nobody has looked at yet, the oldest first."""
    waiting = (releases.c.state == "draft", releases.c.report.is_(None))
    question = select(releases.c.digest).where(*waiting).order_by(releases.c.created_at)
    return list(connection.scalars(question))


def insert_rollout(connection: Connection, values: Mapping[str, Any]) -> int:
    """Write a rollout; its number."""
    statement = insert(rollouts).values(dict(values)).returning(rollouts.c.id)
    return int(connection.execute(statement).scalar_one())


def rollout(connection: Connection, id: int) -> Row[Any] | None:
    """The rollout of that number."""
    return connection.execute(select(rollouts).where(rollouts.c.id == id)).first()


def change_rollout(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the rollout."""
    connection.execute(update(rollouts).where(rollouts.c.id == id).values(dict(values)))


def guarded(connection: Connection, now: datetime) -> list[Row[Any]]:
    """The rollouts in force that have a bound for what may go wrong."""
    return [row for row in all_in_force(connection, now) if row.stop_share is not None]


def stuck(connection: Connection, row: Row[Any]) -> tuple[int, int]:
    """How many dossiers a rollout has brought, and how many of them had an incident."""
    had = select(incidents.c.dossier).where(incidents.c.dossier == dossiers.c.id).exists()
    wanted = [
        dossiers.c.release == row.digest,
        dossiers.c.model == row.model,
        dossiers.c.trial == row.trial,
        dossiers.c.received_at >= row.valid_from,
    ]
    if row.centre is not None:
        wanted.append(dossiers.c.receiving == row.centre)
    question = select(func.count(), func.coalesce(func.sum(case((had, 1), else_=0)), 0))
    received, wrong = connection.execute(question.where(*wanted)).one()
    return int(received), int(wrong)


def rollouts_beyond(connection: Connection, procedure: str, at: datetime) -> list[Row[Any]]:
    """The procedure's rollouts that would still hold after an instant."""
    c = rollouts.c
    later = or_(c.valid_until.is_(None), c.valid_until > at)
    question = select(rollouts).where(c.procedure == procedure, later)
    return list(connection.execute(question.order_by(c.id)).all())


def closure(connection: Connection, procedure: str) -> Row[Any] | None:
    """The procedure's closure, where it is closed or will be."""
    here = (closures.c.procedure == procedure, closures.c.lifted_at.is_(None))
    return connection.execute(select(closures).where(*here)).first()


def insert_closure(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write that a procedure is received no more."""
    connection.execute(insert(closures).values(dict(values)))


def change_closure(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the closure."""
    connection.execute(update(closures).where(closures.c.id == id).values(dict(values)))


def rolled_out(connection: Connection, digest: str, now: datetime) -> bool:
    """Whether a rollout opens the release now or later."""
    still = or_(rollouts.c.valid_until.is_(None), rollouts.c.valid_until > now)
    question = select(rollouts.c.id).where(rollouts.c.digest == digest, still).limit(1)
    return connection.scalar(question) is not None


def rollouts_from(
    connection: Connection,
    procedure: str,
    centre: str | None,
    model: str,
    trial: bool,
    at: datetime,
) -> list[Row[Any]]:
    """The rollouts for exactly that centre (None: all), model and kind that begin then."""
    where = rollouts.c.centre.is_(None) if centre is None else rollouts.c.centre == centre
    question = select(rollouts).where(
        rollouts.c.procedure == procedure, where, rollouts.c.model == model,
        rollouts.c.trial == trial, rollouts.c.valid_from == at,
    )  # fmt: skip
    return list(connection.execute(question.order_by(rollouts.c.id)).all())


def all_in_force(connection: Connection, now: datetime) -> list[Row[Any]]:
    """Every rollout that holds at the instant, some behind others (see in_force)."""
    held = or_(rollouts.c.valid_until.is_(None), rollouts.c.valid_until > now)
    question = select(rollouts).where(rollouts.c.valid_from <= now, held)
    return list(connection.execute(question.order_by(rollouts.c.id)).all())


def in_force(
    connection: Connection, procedure: str, centre: str, model: str, now: datetime, trial: bool
) -> str | None:
    """The release a dossier received there and then gets.

    A centre's own rollout goes before one for all, then the later beginning, then the later row.
    """
    first = _first(procedure, centre, now, trial).where(rollouts.c.model == model)
    digest: str | None = connection.scalar(first.with_only_columns(rollouts.c.digest))
    return digest


def model_in_force(
    connection: Connection, procedure: str, centre: str, now: datetime, trial: bool
) -> str | None:
    """The government model a dossier falls under where nobody says which: of the first rollout."""
    first = _first(procedure, centre, now, trial)
    model: str | None = connection.scalar(first.with_only_columns(rollouts.c.model))
    return model


def _first(procedure: str, centre: str, now: datetime, trial: bool) -> Select[Any]:
    c = rollouts.c
    return (
        select(rollouts)
        .where(
            c.procedure == procedure,
            c.trial == trial,
            or_(c.centre == centre, c.centre.is_(None)),
            c.valid_from <= now,
            or_(c.valid_until.is_(None), c.valid_until > now),
        )
        .order_by(c.centre.is_(None), c.valid_from.desc(), c.id.desc())
        .limit(1)
    )
