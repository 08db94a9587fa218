"""What a rollout would do, before anybody says yes: what it meets, what it leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, or_, select

from engine.errors import UnknownUnit
from engine.package import Text
from engine.queries.specs import manifest_of
from engine.store.organisation import Unit, deciding_unit, holders, resolve, units
from engine.store.releases import in_force
from engine.store.tables import releases, rollouts


@dataclass(frozen=True)
class Proposal:
    """A rollout as somebody means it; no centres: all of them."""

    digest: str
    centres: tuple[str, ...]
    model: str
    trial: bool
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class CentreLine:
    """What changes at a centre: the release numbers before and after (None: not open)."""

    centre: str
    name: Text
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Vacancy:
    """A post that some step needs and nobody holds at the rollout's beginning."""

    role: str
    unit: Text


@dataclass(frozen=True)
class Preview:
    """``clashes``: centres with another release from the same instant; ``gaps``: centres that
    have none when this one ends; ``later``: those where another takes over before the end."""

    lines: tuple[CentreLine, ...]
    clashes: tuple[Text, ...] = ()
    gaps: tuple[Text, ...] = ()
    later: tuple[tuple[Text, datetime], ...] = ()
    vacancies: tuple[Vacancy, ...] = ()
    left_out: tuple[Text, ...] = field(default=())


def receiving(connection: Connection, now: datetime) -> tuple[Unit, ...]:
    """The centres that receive dossiers at an instant."""
    found = units(connection, now).values()
    return tuple(one for one in found if one.kind == "centre" and one.series)


def preview(connection: Connection, asked: Proposal) -> Preview:
    """What the rollout would do at each centre, and where it hurts."""
    procedure, number = connection.execute(
        select(releases.c.procedure, releases.c.number).where(releases.c.digest == asked.digest)
    ).one()
    offices = receiving(connection, asked.valid_from)
    chosen = [one for one in offices if not asked.centres or one.code in asked.centres]
    numbers = {
        row.digest: row.number
        for row in connection.execute(
            select(releases.c.digest, releases.c.number).where(releases.c.procedure == procedure)
        )
    }
    lines, gaps = [], []
    for office in chosen:
        told = (connection, procedure, office.code, asked.model)
        before = in_force(*told, asked.valid_from, asked.trial)
        lines.append(CentreLine(office.code, office.name, numbers.get(before or ""), number))
        if asked.valid_until and in_force(*told, asked.valid_until, asked.trial) is None:
            gaps.append(office.name)
    left_out = [
        one.name
        for one in offices
        if one not in chosen
        and in_force(connection, procedure, one.code, asked.model, asked.valid_from, asked.trial)
        is None
    ]
    clashes, later = _others(connection, procedure, asked, chosen)
    return Preview(
        tuple(lines), clashes, tuple(gaps), later, _vacant(connection, asked, chosen),
        tuple(left_out),
    )  # fmt: skip


def _others(
    connection: Connection, procedure: str, asked: Proposal, chosen: Iterable[Unit]
) -> tuple[tuple[Text, ...], tuple[tuple[Text, datetime], ...]]:
    """Rollouts of other releases that begin at the same instant, or before the end."""
    c = rollouts.c
    rows = connection.execute(
        select(rollouts).where(
            c.procedure == procedure, c.model == asked.model, c.trial.is_(asked.trial),
            c.valid_from >= asked.valid_from,
            or_(c.valid_until.is_(None), c.valid_until > asked.valid_from),
        )
    ).all()  # fmt: skip
    clashes: list[Text] = []
    later: list[tuple[Text, datetime]] = []
    everywhere = not asked.centres
    for row in rows:
        same_reach = row.centre is None if everywhere else row.centre in asked.centres
        for office in chosen:
            if row.centre not in (None, office.code):
                continue
            if row.valid_from == asked.valid_from:
                if same_reach and row.digest != asked.digest:
                    clashes.append(office.name)
            elif asked.valid_until is None or row.valid_from < asked.valid_until:
                later.append((office.name, row.valid_from))
    return tuple(dict.fromkeys(clashes)), tuple(dict.fromkeys(later))


def _vacant(connection: Connection, asked: Proposal, chosen: Iterable[Unit]) -> tuple[Vacancy, ...]:
    manifest = manifest_of(connection, asked.digest)
    names = units(connection)
    found: dict[Vacancy, None] = {}
    for office in chosen:
        try:
            kind, place = manifest.deciding[asked.model], min(office.territories, default="")
            decides = deciding_unit(connection, kind, place, asked.valid_from)
        except (KeyError, UnknownUnit):
            found[Vacancy("leader", office.name)] = None
            continue
        for post in manifest.lanes.values():
            try:
                unit = resolve(
                    connection, post.unit, receiving=office.code, deciding=decides,
                    now=asked.valid_from,
                )  # fmt: skip
            except UnknownUnit:
                found[Vacancy(post.role, Text(post.unit, post.unit))] = None
                continue
            if not holders(connection, post.role, unit, asked.valid_from):
                found[Vacancy(post.role, names[unit].name)] = None
    return tuple(found)
