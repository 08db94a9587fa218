"""Outcomes at the counter that made no dossier: asked to complete (02), refused (03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.authority import require
from engine.errors import UnknownSlip
from engine.store.organisation import Actor
from engine.store.tables import visits


@dataclass(frozen=True)
class VisitView:
    """One visit; ``kind`` is supplement or refusal, ``items`` what is still to be brought."""

    id: int
    kind: str
    number: str
    procedure: str
    applicant_name: str
    items: tuple[str, ...]
    reason: str
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
        procedure=row.data.get("procedure", {}).get("title", row.procedure),
        applicant_name=row.applicant.get("name", ""),
        items=tuple(row.data.get("items", ())),
        reason=row.data.get("reason", ""),
        at=row.at,
        sha256=row.sha256,
    )
