"""How a release fares at each centre: what came, what was settled, late, or got stuck."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, or_, select

from engine.package import Text
from engine.store.tables import dossiers, incidents, units


@dataclass(frozen=True)
class CentreFigures:
    """Dossiers under one release at one centre; ``stuck`` had an incident at any time."""

    centre: Text
    trial: bool
    received: int
    settled: int
    late: int
    stuck: int

    @property
    def share(self) -> int:
        """How many of a hundred got stuck."""
        return round(100 * self.stuck / self.received) if self.received else 0


def figures(connection: Connection, digest: str) -> tuple[CentreFigures, ...]:
    """The figures of every centre that has dossiers under the release, live and trial apart."""
    d = dossiers.c
    stuck = select(incidents.c.dossier).where(incidents.c.dossier == d.id).exists()
    # On time is judged when the status becomes 9; what is still open counts once its due passed.
    late = or_(d.outcome == "late", and_(d.settled_at.is_(None), d.escalated != "due_soon"))
    rows = connection.execute(
        select(
            units.c.name_vi,
            units.c.name_en,
            d.trial,
            func.count().label("received"),
            func.sum(case((d.settled_at.is_not(None), 1), else_=0)).label("settled"),
            func.sum(case((late, 1), else_=0)).label("late"),
            func.sum(case((stuck, 1), else_=0)).label("stuck"),
        )
        .join(units, units.c.code == d.receiving)
        .where(d.release == digest)
        .group_by(d.receiving, units.c.name_vi, units.c.name_en, d.trial)
        .order_by(d.receiving, d.trial)
    )
    return tuple(
        CentreFigures(
            Text(row.name_vi, row.name_en), row.trial, row.received, int(row.settled),
            int(row.late), int(row.stuck),
        )
        for row in rows
    )  # fmt: skip
