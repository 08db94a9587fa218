"""What part an office has in a dossier: it was only asked, or it has none any more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Exists, Table, and_, delete, exists, or_, select

from engine.sides import OPINION
from engine.store.tables import concerned, dossiers, folders, handovers, tasks


def only_asked(connection: Connection, dossier: int) -> frozenset[str]:
    """The offices to which nothing of the dossier was ever given but a question.

    A folder alone gives no part in it: an asked office may have it to look at.
    """
    # An answer on its way back goes to no post: whoever gets it has asked, and was not asked.
    back = and_(handovers.c.step == OPINION, handovers.c.to_role == "")
    given = select(handovers.c.to_unit, handovers.c.step).where(
        handovers.c.dossier == dossier, ~back
    )
    found = {(row.to_unit, row.step) for row in connection.execute(given.distinct())}
    asked = {unit for unit, step in found if step == OPINION}
    home = select(dossiers.c.help, dossiers.c.receiving, dossiers.c.deciding, dossiers.c.return_at)
    own = connection.execute(home.where(dossiers.c.id == dossier)).one() if asked else ()
    return frozenset(asked - {unit for unit, step in found if step not in ("", OPINION)} - set(own))


def unconcern(connection: Connection, dossier: int, unit: str) -> None:
    """Forget that the office has to do with the dossier, unless it ever had a part in it.

    A part is: it helps, receives or decides; a step or the folder was ever given to it or by it.
    """
    own = dossiers.c
    named = or_(own.help == unit, own.receiving == unit, own.deciding == unit)
    parts = (
        exists().where(own.id == dossier, named),
        _exists_at(tasks, dossier, tasks.c.unit == unit),
        _exists_at(handovers, dossier, or_(*_either(handovers, unit))),
        _exists_at(folders, dossier, or_(*_either(folders, unit))),
    )
    here = and_(concerned.c.dossier == dossier, concerned.c.unit == unit)
    connection.execute(delete(concerned).where(here, ~or_(*parts)))


def _exists_at(table: Table, dossier: int, condition: ColumnElement[bool]) -> Exists:
    return exists().where(table.c.dossier == dossier, condition)


def _either(table: Table, unit: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.from_unit == unit, table.c.to_unit == unit
