"""Statements that remove trial dossiers with everything that hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from engine.store.dossiers import insert_row
from engine.store.tables import (
    documents,
    dossiers,
    letters,
    metadata,
    purges,
    slips,
    uploads,
    visits,
)

SOME = 500


def trial_dossiers(connection: Connection, until: datetime, procedure: str | None) -> list[int]:
    """The trial dossiers received before an instant, locked until the commit."""
    wanted = [dossiers.c.trial.is_(True), dossiers.c.received_at < until]
    if procedure is not None:
        wanted.append(dossiers.c.procedure == procedure)
    question = select(dossiers.c.id).where(*wanted).order_by(dossiers.c.id).with_for_update()
    return list(connection.scalars(question))


def remove(connection: Connection, found: Sequence[int]) -> frozenset[str]:
    """Delete these dossiers and every row that names one; the files their rows named."""
    files: set[str] = set()
    for some in _parts(found):
        for table in (documents, slips):
            files.update(connection.scalars(select(table.c.sha256).where(_of(table, some))))
        taken = select(documents.c.id).where(_of(documents, some))  # to be used again elsewhere
        connection.execute(delete(uploads).where(uploads.c.document.in_(taken)))
        # What a trial dossier was told by a live one stays with the live one.
        told = letters.c.delivered_to.in_(some)
        connection.execute(update(letters).where(told).values(delivered_to=None))
        for table in reversed(metadata.sorted_tables):
            if table is not dossiers and "dossier" in table.c:
                connection.execute(delete(table).where(_of(table, some)))
        connection.execute(delete(dossiers).where(dossiers.c.id.in_(some)))
    return frozenset(files)


def remove_visits(connection: Connection, until: datetime, procedure: str | None) -> frozenset[str]:
    """Delete the outcomes at a counter of trials before an instant; the files they named."""
    wanted = [visits.c.at < until]
    if procedure is not None:
        wanted.append(visits.c.procedure == procedure)
    rows = connection.execute(select(visits.c.id, visits.c.data, visits.c.sha256).where(*wanted))
    found = [row for row in rows if row.data.get("trial")]
    for some in _parts([row.id for row in found]):
        connection.execute(delete(visits).where(visits.c.id.in_(some)))
    return frozenset(row.sha256 for row in found)


def named(connection: Connection, files: Collection[str]) -> frozenset[str]:
    """Those of the files that a row still names."""
    found: set[str] = set()
    for some in _parts(sorted(files)):
        for table in (documents, slips, uploads, visits):
            found.update(connection.scalars(select(table.c.sha256).where(table.c.sha256.in_(some))))
    return frozenset(found)


def insert_purge(connection: Connection, **values: Any) -> int:
    """Write that they were removed."""
    return insert_row(connection, purges, **values)


def _of(table: Any, some: Sequence[int]) -> ColumnElement[bool]:
    here: ColumnElement[bool] = or_(table.c.dossier.in_(some))
    return here


def _parts(all: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(all), SOME):
        yield all[start : start + SOME]
