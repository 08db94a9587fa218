"""Statements about open dossiers of one government model given to the offices of another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select, update

from engine.codes.statuses import ENDED, GIVEN_BACK, GIVEN_UP
from engine.store.batches import Batch
from engine.store.tables import (
    cutover_items,
    cutovers,
    dossiers,
    due,
    escalations,
    folders,
    incidents,
    jumps,
    letters,
    messages,
    notices,
    payments,
    runs,
    tasks,
    units,
    waits,
)

CUTOVERS = Batch(cutovers, cutover_items)
# They name the centre too. Ratings stay with the centre that was rated.
HOT = (
    runs, tasks, due, waits, letters, escalations, incidents, jumps,
    notices, messages, payments, folders,
)  # fmt: skip


def open_dossiers(model: str) -> Any:
    """The condition: open dossiers of a government model, trials among them."""
    return and_(dossiers.c.model == model, dossiers.c.status.not_in(ENDED))


def concerned(model: str, now: datetime) -> Any:
    """The condition: these, and those that ended while their papers are not where they end.

    That is a folder on its way, or one that the applicant has not got back and fetches elsewhere
    than it lies, or at an office that has ended.
    """
    on_its_way = exists().where(folders.c.dossier == dossiers.c.id, folders.c.taken_at.is_(None))
    lies_at = func.coalesce(dossiers.c.folder_at, dossiers.c.receiving)
    home = func.coalesce(dossiers.c.return_at, dossiers.c.receiving)
    ended = exists().where(units.c.code == home, units.c.valid_until <= now)
    kept = and_(dossiers.c.status.in_(GIVEN_UP), dossiers.c.handover != GIVEN_BACK)
    to_give_back = and_(kept, or_(lies_at != home, ended))
    papers = and_(dossiers.c.status.in_(ENDED), or_(on_its_way, to_give_back))
    return and_(dossiers.c.model == model, or_(dossiers.c.status.not_in(ENDED), papers))


def carry_to(connection: Connection, dossier: int, centre: str) -> None:
    """Everything that hangs on the dossier belongs to that centre from now on."""
    for table in HOT:
        here = and_(table.c.dossier == dossier, table.c.centre != centre)
        connection.execute(update(table).where(here).values(centre=centre))


def waiting_for_staff(connection: Connection, dossier: int) -> list[int]:
    """The dossier's open incidents, the oldest first."""
    still = and_(incidents.c.dossier == dossier, incidents.c.closed_at.is_(None))
    found = connection.execute(select(incidents).where(still).order_by(incidents.c.id))
    return [row.id for row in found if row.input["do"] == "staff"]
