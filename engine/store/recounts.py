"""Statements about open dossiers that are counted with a later calendar."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_

from engine.codes.statuses import ENDED
from engine.store.batches import Batch
from engine.store.tables import dossiers, recount_items, recounts

RECOUNTS = Batch(recounts, recount_items)


def behind(revision: int) -> Any:
    """The condition: dossiers not settled yet that count with an earlier calendar."""
    c = dossiers.c
    return and_(c.settled_at.is_(None), c.status.not_in(ENDED), c.ledger_revision < revision)
