"""The times the clock stood: overlapping pauses made one, their ends moved into office hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from engine.calendar.days import Calendar
from engine.calendar.history import History
from engine.calendar.ledger import LedgerLine


class Stand(NamedTuple):
    """A stretch in which the clock stood; ``since`` and ``until`` are its ends as entered.

    It holds whatever opens between its ends, both included; ``ended`` None: it goes on.
    """

    began: datetime
    ended: datetime | None
    reasons: tuple[str, ...]
    since: datetime
    until: datetime | None

    @property
    def note(self) -> str:
        return "; ".join(self.reasons)

    def holds(self, instant: datetime) -> bool:
        return self.began <= instant and (self.ended is None or instant <= self.ended)

    def brief(self) -> LedgerLine:
        """The line of a pause that held no opening."""
        day = self.began.date()
        return LedgerLine(day, day, "brief", note=self.note, at=self.since, until=self.until)


def holding(stood: Iterable[Stand], instant: datetime) -> Stand | None:
    return next((stand for stand in stood if stand.holds(instant)), None)


def stands(history: History, calendar: Calendar) -> list[Stand]:
    """The pauses as the arithmetic sees them; one whose ends become the same instant is none."""
    merged: list[Stand] = []
    reasons: tuple[str, ...]
    for pause in sorted(history.pauses, key=lambda pause: pause.began):
        began = calendar.next_opening(pause.began)
        ended = calendar.next_opening(pause.ended) if pause.ended else None
        if ended == began:
            continue
        reasons = (pause.reason,) if pause.reason else ()
        last = merged[-1] if merged else None
        if last is None or (last.ended is not None and last.ended < began):
            merged.append(Stand(began, ended, reasons, pause.began, pause.ended))
            continue
        reasons = tuple(dict.fromkeys(last.reasons + reasons))
        if last.ended is None or (ended is not None and ended <= last.ended):
            merged[-1] = last._replace(reasons=reasons)
        else:
            merged[-1] = last._replace(ended=ended, until=pause.ended, reasons=reasons)
    return merged
