"""Recomputes the journal of every dossier and names the first row that does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from engine.store.journal import START, Entry, digest_of
from engine.store.tables import dossiers, journal, journal_payloads


@dataclass(frozen=True)
class Broken:
    """The first row that was changed, and how it shows."""

    dossier: int
    code: str
    seq: int
    why: str

    def __str__(self) -> str:
        return f"{self.code} (dossier {self.dossier}), row {self.seq}: {self.why}"


def verify(connection: Connection) -> Broken | None:
    """None where every row fits; rows are read one dossier after the other."""
    heads = connection.execute(
        select(dossiers.c.id, dossiers.c.code, dossiers.c.seq, dossiers.c.head).order_by(
            dossiers.c.id
        )
    ).all()
    for dossier, code, last, head in heads:
        seq, digest = 0, START
        for row, found, why in _rows(connection, dossier):
            if why or row > last:
                return Broken(dossier, code, row, why or "the row was added")
            seq, digest = row, found
        if seq < last:
            return Broken(dossier, code, seq + 1, "rows are missing at the end")
        if digest != head:
            return Broken(dossier, code, seq, "the row was changed")
    return None


def _rows(connection: Connection, dossier: int) -> Iterator[tuple[int, str, str]]:
    """(number, digest, what is wrong with it) of each row in order."""
    body = and_(
        journal_payloads.c.dossier == journal.c.dossier, journal_payloads.c.seq == journal.c.seq
    )
    found = connection.execute(
        select(journal, journal_payloads.c.body)
        .outerjoin(journal_payloads, body)
        .where(journal.c.dossier == dossier)
        .order_by(journal.c.seq)
    ).all()
    previous = START
    for expected, row in enumerate(found, start=1):
        entry = Entry(row.at, row.actor, row.kind, row.fact)
        why = ""
        if row.seq != expected:
            why = "a row before it is missing"
        elif row.digest != digest_of(dossier, row.seq, entry, row.payload_digest, previous):
            why = "the row was changed"
        elif (row.payload_digest is None) != (row.body is None):
            why = "its payload is missing" if row.body is None else "its payload was added"
        elif row.body is not None and _sha256(row.body) != row.payload_digest:
            why = "its payload was changed"
        previous = row.digest
        yield row.seq, row.digest, why


def _sha256(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
