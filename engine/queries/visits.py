"""Outcomes at the counter that made no dossier: asked to complete (02), refused (03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.authority import require
from engine.errors import UnknownSlip
from engine.package import Text
from engine.store.organisation import Actor
from engine.store.tables import releases, visits


@dataclass(frozen=True)
class VisitView:
    """One visit; ``kind``: supplement, refusal, redirect; ``items``: what is to be brought."""

    id: int
    kind: str
    number: str
    procedure: Text
    applicant_name: str
    items: tuple[str, ...]
    reason: str
    redirect: str
    at: datetime
    sha256: str


def view(connection: Connection, actor: Actor, visit: int) -> VisitView:
    """The visit, for reception of the centre it was at; raises UnknownSlip, MayNot."""
    row = connection.execute(select(visits).where(visits.c.id == visit)).first()
    if row is None:
        raise UnknownSlip(slip=visit)
    require(actor, "receive", row.centre)
    return VisitView(
        id=row.id,
        kind=row.kind,
        number=row.number,
        procedure=_title(connection, row.procedure),
        applicant_name=row.applicant.get("name", ""),
        items=tuple(row.data.get("items", ())),
        reason=row.data.get("reason", ""),
        redirect=row.data.get("redirect", ""),
        at=row.at,
        sha256=row.sha256,
    )


def _title(connection: Connection, procedure: str) -> Text:
    """The procedure's title in both languages, as its newest release has it."""
    row = connection.execute(
        select(releases.c.title_vi, releases.c.title_en)
        .where(releases.c.procedure == procedure)
        .order_by(releases.c.number.desc())
        .limit(1)
    ).first()
    return Text(row.title_vi, row.title_en) if row else Text(procedure)
