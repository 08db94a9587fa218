"""Writes down a reckoning day by day and joins the days that say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.calendar.days import DAY, NONE, Calendar, DayFacts
from engine.calendar.ledger import LedgerLine, LineKind
from engine.calendar.limits import Limit, Unit
from engine.calendar.stands import Stand


@dataclass
class _Entry:
    kind: LineKind
    first: date
    last: date
    note: str
    provisional: bool
    stand: Stand | None
    number_from: int | None
    number_to: int | None
    worked: timedelta | None
    whole: bool
    made_up: list[date] = field(default_factory=list)

    def goes_on(self, other: _Entry) -> bool:
        return (
            self.last + DAY == other.first
            and self.kind == other.kind
            and self.note == other.note
            and self.stand is other.stand
            and self.provisional == other.provisional
            and self.whole
            and other.whole
        )

    def take(self, other: _Entry) -> None:
        self.last, self.number_to = other.last, other.number_to
        self.made_up += other.made_up
        if self.worked is not None and other.worked is not None:
            self.worked += other.worked

    def line(self, unit: Unit) -> LedgerLine:
        counted = self.number_from is not None
        counted_unit: Unit = "days" if unit == "days" else "working days"
        return LedgerLine(
            self.first,
            self.last,
            self.kind,
            self.number_from,
            self.number_to,
            note=",".join(day.isoformat() for day in self.made_up) or self.note,
            limit=Limit((self.last - self.first).days + 1, counted_unit) if counted else None,
            worked=self.worked,
            at=self.stand and self.stand.since,
            until=self.stand and self.stand.until,
            provisional=self.provisional,
        )


class Book:
    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.entries: list[_Entry] = []

    def add(
        self,
        kind: LineKind,
        day: date,
        facts: DayFacts,
        *,
        number: int | None = None,
        stand: Stand | None = None,
        worked: timedelta | None = None,
    ) -> None:
        """One more day; ``number`` is its place in the count, ``worked`` its part of the hours."""
        special = facts.special
        entry = _Entry(
            kind,
            day,
            day,
            note=special.name if kind == "off" and special else stand.note if stand else "",
            provisional=special is not None and special.provisional,
            stand=stand,
            number_from=number,
            number_to=number,
            worked=worked,
            whole=worked is None or worked == sum((b - a for a, b in facts.spans), NONE),
        )
        if number and facts.worked and special and day.weekday() not in self.calendar.week:
            entry.made_up.append(day)
        if self.entries and self.entries[-1].goes_on(entry):
            self.entries[-1].take(entry)
        else:
            self.entries.append(entry)

    def lines(self, unit: Unit) -> list[LedgerLine]:
        return [entry.line(unit) for entry in self.entries]
