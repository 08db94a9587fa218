"""Papers that an applicant handed in before, to be used again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.authority import visible_to
from engine.store.organisation import Actor
from engine.store.papers import earlier_papers


@dataclass(frozen=True)
class EarlierPaper:
    """A scan in an earlier dossier of the same person."""

    id: int
    paper: str
    name: str
    code: str
    at: datetime


def earlier(
    connection: Connection, actor: Actor, citizen: str, papers: Iterable[str]
) -> tuple[EarlierPaper, ...]:
    """Scans of these papers in live dossiers of that citizen id that the actor may see."""
    seen = visible_to(actor)
    units = actor.units if isinstance(seen, str) else seen
    return tuple(
        EarlierPaper(row.id, row.paper, row.name, row.code, row.added_at)
        for row in earlier_papers(connection, citizen, papers, units)
    )
