"""A dossier's clock as pages show it: its ledger speaks the reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.calendar import Calendar, Clock, History, LedgerLine, read_clock
from engine.queries.specs import manifest_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def reckoned(
    connection: Connection, release: str, history: History, days: Calendar, now: datetime
) -> Clock:
    """The clock; a named limit is told by its title in the release, also in English.

    The history keeps one language, that of the slips.
    """
    clock = read_clock(history, days, now)
    if not history.changes:
        return clock
    named = manifest_of(connection, release).named_limits.values()
    english = {limit.title.vi: limit.title.en for limit in named}

    def told(line: LedgerLine) -> LedgerLine:
        if line.kind != "limit" or line.note not in english:
            return line
        return replace(line, note_en=english[line.note])

    return replace(clock, ledger=tuple(told(line) for line in clock.ledger))
