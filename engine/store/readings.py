"""Statements about readings of personal data that are in no single dossier's journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.store.tables import readings

LEDGER, VISIT = "ledger", "visit"


def insert_reading(
    connection: Connection,
    at: datetime,
    actor: str,
    kind: str,
    subject: str,
    fact: Mapping[str, Any],
) -> None:
    """Write that somebody read it; the fact holds no personal data."""
    values = {"at": at, "actor": actor, "kind": kind, "subject": subject, "fact": dict(fact)}
    connection.execute(insert(readings), values)


def was_read(connection: Connection, kind: str, subject: str) -> bool:
    """Whether anybody has read it before."""
    here = (readings.c.kind == kind, readings.c.subject == subject)
    return connection.scalar(select(readings.c.id).where(*here).limit(1)) is not None
