"""What can be done for a dossier that is stuck: where it waits, and where it could go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.bpmn.jumping import reachable
from engine.bpmn.parse import Spec
from engine.calendar import History
from engine.package import NamedLimit
from engine.queries.specs import package_of, spec_of
from engine.store.moving import open_runs
from engine.store.organisation import Unit, units
from engine.store.tables import dossiers, jumps, persons


@dataclass(frozen=True)
class Place:
    """A step where the dossier waits, and the steps (id, name) it could be put at."""

    run: str
    step: str
    name: str
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class JumpLine:
    """A way round that somebody proposed."""

    id: int
    name: str
    to: str
    reason: str
    by: str
    at: datetime
    mine: bool


def places(connection: Connection, dossier: int, release: str) -> tuple[Place, ...]:
    """Where its open runs wait."""
    spec = spec_of(connection, release)
    return tuple(
        Place(run["id"], step, _name(spec, step), tuple((to, _name(spec, to)) for to in targets))
        for run in open_runs(connection, dossier)
        for step, targets in reachable(spec, run["snapshot"]).items()
        if targets
    )


def limit_unit(connection: Connection, release: str) -> str:
    """What the procedure's limit counts, as a word of a key: ``working_days``, ``days`` …"""
    return package_of(connection, release).manifest.limit.unit.replace(" ", "_")


def limits(connection: Connection, dossier: int, release: str) -> tuple[NamedLimit, ...]:
    """The procedure's named limits that do not apply yet; none once it is settled."""
    row = connection.execute(
        select(dossiers.c.history, dossiers.c.settled_at).where(dossiers.c.id == dossier)
    ).one()
    if row.settled_at is not None:
        return ()
    applied = {change.name for change in History.from_json(row.history).changes}
    named = package_of(connection, release).manifest.named_limits.values()
    return tuple(one for one in named if one.name not in applied)


def competent(connection: Connection, deciding: Unit, now: datetime) -> tuple[Unit, ...]:
    """The other offices of the deciding one's kind."""
    there = units(connection, now).values()
    return tuple(one for one in there if one.kind == deciding.kind and one.code != deciding.code)


def proposed(connection: Connection, dossier: int, person: int | None) -> tuple[JumpLine, ...]:
    """The proposals that wait for a second person."""
    rows = connection.execute(
        select(jumps, persons.c.login, dossiers.c.release)
        .join(dossiers, dossiers.c.id == jumps.c.dossier)
        .outerjoin(persons, persons.c.id == jumps.c.proposed_by)
        .where(jumps.c.dossier == dossier, jumps.c.state == "proposed")
        .order_by(jumps.c.id)
    ).all()
    return tuple(
        JumpLine(
            id=row.id,
            name=_name(spec_of(connection, row.release), row.from_step),
            to=_name(spec_of(connection, row.release), row.to_step),
            reason=row.reason,
            by=row.login or "",
            at=row.proposed_at,
            mine=row.proposed_by == person,
        )
        for row in rows
    )


def _name(spec: Spec, step: str) -> str:
    drawn = spec.step(step)
    return (drawn.name if drawn else "") or step
