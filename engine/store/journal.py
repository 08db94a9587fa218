"""The journal of a dossier: rows that chain to the one before, so that a changed row is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.store.tables import journal, journal_payloads

START = "0" * 64  # what the first row of a dossier follows


@dataclass(frozen=True)
class Entry:
    """One fact without personal data; ``payload`` may hold such data and can be erased."""

    at: datetime
    actor: str
    kind: str
    fact: Mapping[str, Any]
    payload: Mapping[str, Any] | None = None


def digest_of(
    dossier: int, seq: int, entry: Entry, payload_digest: str | None, previous: str
) -> str:
    """SHA-256 over everything a row says and the digest of the row before it."""
    said = [
        dossier,
        seq,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.kind,
        _text(entry.fact),
        payload_digest,
        previous,
    ]
    return hashlib.sha256(_text(said).encode()).hexdigest()


def append(
    connection: Connection, dossier: int, seq: int, head: str, entries: list[Entry]
) -> tuple[int, str]:
    """Write the entries after row ``seq`` with digest ``head``; the new last number and digest."""
    rows, bodies = [], []
    for entry in entries:
        seq += 1
        body = None if entry.payload is None else _text(entry.payload)
        payload_digest = None if body is None else hashlib.sha256(body.encode()).hexdigest()
        head = digest_of(dossier, seq, entry, payload_digest, head)
        rows.append(
            {
                "dossier": dossier,
                "seq": seq,
                "at": entry.at,
                "actor": entry.actor,
                "kind": entry.kind,
                "fact": dict(entry.fact),
                "payload_digest": payload_digest,
                "digest": head,
            }
        )
        if body is not None:
            bodies.append({"dossier": dossier, "seq": seq, "body": body})
    if rows:
        connection.execute(insert(journal), rows)
    if bodies:
        connection.execute(insert(journal_payloads), bodies)
    return seq, head


def opened_by(connection: Connection, dossier: int, at: datetime) -> datetime:
    """The legal instant of the step whose end, written at ``at``, opened what opened then.

    At the counter that is the receipt. What a timer opened bounds nothing: the earliest instant.
    """
    kinds = journal.c.kind.in_(("received", "completed"))
    here = select(journal.c.fact).where(journal.c.dossier == dossier, journal.c.at == at, kinds)
    facts = connection.scalars(here.order_by(journal.c.seq)).all()
    if not facts:
        return datetime.min.replace(tzinfo=UTC)
    said = facts[0].get("received_at") or facts[-1].get("at")
    return datetime.fromisoformat(said) if said else at


def first_acts(connection: Connection, dossier: int) -> tuple[datetime, datetime | None]:
    """When the dossier was entered; and the earliest legal instant of a step done since, if any."""
    kinds = journal.c.kind.in_(("received", "begun", "completed"))
    here = select(journal.c.at, journal.c.fact).where(journal.c.dossier == dossier, kinds)
    entered, *later = connection.execute(here.order_by(journal.c.seq)).all()
    done = [
        datetime.fromisoformat(row.fact["at"]) if row.fact.get("at") else row.at
        for row in later
        if row.at > entered.at  # the counter step is done as it is entered
    ]
    return entered.at, min(done, default=None)


def stopped(connection: Connection, dossier: int) -> tuple[datetime, str] | None:
    """When and why the dossier was stopped or withdrawn, if it was."""
    ended = select(journal.c.at, journal.c.fact).where(
        journal.c.dossier == dossier, journal.c.kind == "cancelled"
    )
    found = connection.execute(ended.order_by(journal.c.seq.desc()).limit(1)).first()
    return found and (found.at, str(found.fact["reason"]))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
