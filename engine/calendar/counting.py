"""From a start and the times the clock stood to the end of the limit, with every step on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.calendar.book import Book
from engine.calendar.days import DAY, NONE, Calendar
from engine.calendar.ledger import LedgerLine
from engine.calendar.limits import Limit
from engine.calendar.stands import Stand, holding


@dataclass(frozen=True)
class Count:
    """What counting came to; ``due`` is None where the last stand goes on before the limit ends."""

    lines: list[LedgerLine]
    due: datetime | None
    consumed: int | timedelta


def count(
    calendar: Calendar,
    limit: Limit,
    amount: int,
    start: datetime,
    stood: Sequence[Stand],
    now: datetime,
) -> Count:
    """Count the limit from the start, over the stands; the start itself is on none of the lines."""
    if limit.unit == "working hours":
        return _count_hours(calendar, amount, start, stood, now)
    return _count_days(calendar, limit, amount, start, stood, now)


def settles_at_once(limit: Limit, start: datetime) -> bool:
    """Whether a same-day limit begins early enough to end on the day itself."""
    return limit.unit == "same day" and limit.cutoff is not None and start.time() < limit.cutoff


def _count_days(
    calendar: Calendar,
    limit: Limit,
    amount: int,
    start: datetime,
    stood: Sequence[Stand],
    now: datetime,
) -> Count:
    book, held = Book(calendar), set[Stand]()
    every_day = limit.unit == "days"
    day = start.date()
    number = int(settles_at_once(limit, start))
    consumed = number if start <= now else 0
    while number < amount:
        day += DAY
        facts = calendar.facts(day)
        stand = holding(stood, facts.opens)
        if stand is not None:
            if stand.ended is None:
                return Count(book.lines(limit.unit), None, consumed)
            held.add(stand)
            back = day == stand.ended.date() != stand.began.date()
            book.add("resumed" if back else "paused", day, facts, stand=stand)
        elif facts.worked or every_day:
            number += 1
            consumed += facts.opens <= now
            book.add("counted", day, facts, number=number)
        else:
            book.add("off", day, facts)
    due = calendar.end_of_day(day)
    while day < due.date():
        day += DAY
        book.add("moved", day, calendar.facts(day))
    brief = [one.brief() for one in stood if one not in held and one.ended and one.ended <= due]
    return Count(book.lines(limit.unit) + brief, due, consumed)


def _count_hours(
    calendar: Calendar, amount: int, start: datetime, stood: Sequence[Stand], now: datetime
) -> Count:
    book = Book(calendar)
    left, consumed = timedelta(hours=amount), NONE
    day, due = start.date(), None
    standing = stood[-1] if stood and stood[-1].ended is None else None
    while due is None and (standing is None or day <= standing.began.date()):
        facts = calendar.facts(day)
        worked = NONE
        for begin, end in _running(facts.spans, start, stood):
            piece = min(end - begin, left - worked)
            worked += piece
            consumed += max(min(piece, now - begin), NONE)
            if worked == left:
                due = begin + piece
                break
        left -= worked
        if worked:
            book.add("counted", day, facts, worked=worked)
        elif not facts.worked and holding(stood, facts.opens) is None:
            book.add("off", day, facts)
        day += DAY
    pauses = [
        _pause_line(stand, stand.ended)
        for stand in stood
        if stand.ended is not None and (due is None or stand.began < due)
    ]
    return Count(book.lines("working hours") + pauses, due, consumed)


def _running(
    spans: Sequence[tuple[datetime, datetime]], start: datetime, stood: Sequence[Stand]
) -> Iterator[tuple[datetime, datetime]]:
    """The parts of the sessions in which the clock ran."""
    for opens, closes in spans:
        at = max(opens, start)
        for stand in stood:
            if stand.began >= closes:
                break
            if at < stand.began:
                yield at, stand.began
            at = max(at, stand.ended or closes)
        if at < closes:
            yield at, closes


def _pause_line(stand: Stand, ended: datetime) -> LedgerLine:
    first, last = stand.began.date(), ended.date()
    return LedgerLine(first, last, "paused", note=stand.note, at=stand.since, until=stand.until)
