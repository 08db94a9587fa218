"""The legal clock: every question about a dossier's time is answered here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple

from engine.calendar.counting import count, settles_at_once
from engine.calendar.days import DAY, NONE, Calendar, local
from engine.calendar.history import History
from engine.calendar.ledger import LedgerLine
from engine.calendar.limits import Limit
from engine.calendar.stands import Stand, stands

Amount = int | Fraction

# Lines that begin on one day stand in this order; those not named come last, as they were counted.
_ORDER = {"received": 0, "corrected": 1, "limit": 2, "extended": 3, "superseded": 3}


@dataclass(frozen=True)
class Clock:
    """What a history comes to. ``consumed`` and ``remaining`` are days, or hours.

    ``due`` is None while the clock stands; ``since`` and ``reasons`` then say from when and why.
    """

    due: datetime | None
    paused: bool
    since: datetime | None
    reasons: tuple[str, ...]
    consumed: Amount
    remaining: Amount
    ledger: tuple[LedgerLine, ...]
    revision: int

    @property
    def provisional(self) -> bool:
        """Whether a day on the way rests on a calendar that is not official yet."""
        return any(line.provisional for line in self.ledger)


def read_clock(history: History, calendar: Calendar, now: datetime) -> Clock:
    """The due instant, whether the clock stands, and the reckoning that leads there.

    The due instant depends on the history alone; ``now`` only tells how much is consumed so far.
    A pause that begins after the due instant moves nothing: what was late stays late.
    """
    limit, now = history.in_force, local(now)
    amount = limit.amount + history.extended_by
    start = calendar.next_opening(history.received)
    stood = [one for one in stands(history, calendar) if one.ended is None or one.ended > start]
    lines = [_first_line(history, limit, start)]
    if history.restart_on_resume or limit.unit == "same day":
        start, stood = _restarts(calendar, limit, amount, start, stood, now, lines)
    if settles_at_once(limit, start):
        lines[-1] = replace(lines[-1], number_from=1, number_to=1)
    counted = count(calendar, limit, amount, start, stood, now)
    lines += counted.lines
    standing = stood[-1] if stood and stood[-1].ended is None else None
    if standing is not None:
        lines.append(_standing_line(standing, lines, now))
    lines += _marks(history)
    lines.sort(key=lambda line: (line.first, _ORDER.get(line.kind, len(_ORDER))))
    spent = counted.consumed if isinstance(counted.consumed, int) else _hours(counted.consumed)
    return Clock(
        due=None if standing else counted.due,
        paused=standing is not None,
        since=standing and standing.since,
        reasons=standing.reasons if standing else (),
        consumed=spent,
        remaining=amount - spent,
        ledger=tuple(lines),
        revision=calendar.revision,
    )


def _hours(time: timedelta) -> Fraction:
    return Fraction(time // timedelta(microseconds=1), 3_600_000_000)


def _restarts(
    calendar: Calendar,
    limit: Limit,
    amount: int,
    start: datetime,
    stood: list[Stand],
    now: datetime,
    lines: list[LedgerLine],
) -> tuple[datetime, list[Stand]]:
    """Begin again after every stand that came before the limit ended; what was counted lapses."""
    while stood and stood[0].ended is not None:
        stand, ended = stood[0], stood[0].ended
        due = count(calendar, limit, amount, start, (), now).due
        if due is None or stand.began > due:
            return start, [one for one in stood if one.ended is None]
        before = count(calendar, limit, amount, start, (stand._replace(ended=None),), now)
        lines += [_lapsed(line) for line in before.lines if line.kind != "moved"]
        first, last = max(stand.began.date(), lines[-1].last + DAY), ended.date() - DAY
        note = stand.note
        if first <= last:
            lines.append(
                LedgerLine(first, last, "paused", note=note, at=stand.since, until=stand.until)
            )
        day = ended.date()
        lines.append(LedgerLine(day, day, "resumed", note=note, at=stand.until))
        if limit.unit != "same day":
            lines.insert(-1, LedgerLine(day, day, "restarted", note=note, at=stand.until))
        start, stood = ended, stood[1:]
    return start, stood


def _lapsed(line: LedgerLine) -> LedgerLine:
    if line.kind != "counted":
        return line
    return replace(line, kind="lapsed", number_from=None, number_to=None)


def _first_line(history: History, limit: Limit, start: datetime) -> LedgerLine:
    hours = NONE if limit.unit == "working hours" else None
    return LedgerLine(
        start.date(), start.date(), "received", at=local(history.received), worked=hours
    )


def _standing_line(standing: Stand, lines: list[LedgerLine], now: datetime) -> LedgerLine:
    """The open pause, from its first day without count (or the day it began) until today."""
    today, following = now.date(), max(line.last for line in lines) + DAY
    first = max(standing.began.date(), following) if following <= today else standing.began.date()
    return LedgerLine(first, max(first, today), "paused", note=standing.note, at=standing.since)


def _marks(history: History) -> list[LedgerLine]:
    """What changed the reckoning without being a day of it."""
    marks = []
    for change in history.changes:
        day = local(change.at).date()
        marks.append(
            LedgerLine(
                day,
                day,
                "limit",
                note=change.reason or change.name,
                limit=change.limit,
                at=change.at,
            )
        )
    if extension := history.extension:
        day = local(extension.at).date()
        marks.append(
            LedgerLine(
                day,
                day,
                "extended" if history.extended_by else "superseded",
                note=extension.reason,
                limit=Limit(extension.amount, extension.unit),
                at=extension.at,
            )
        )
    for correction in history.corrections:
        day = local(correction.at).date()
        marks.append(LedgerLine(day, day, "corrected", note=correction.reason, at=correction.was))
    return marks


Outcome = Literal["early", "on time", "late"]


def on_time(due: datetime, settled: datetime) -> Outcome:
    """Early is before the due day, on time is on it, late is after the due instant."""
    due, settled = local(due), local(settled)
    if settled > due:
        return "late"
    return "on time" if settled.date() == due.date() else "early"


class TimeLeft(NamedTuple):
    """Working time until due, or since when late, in the largest unit that holds at least one."""

    unit: Literal["days", "hours", "minutes"]
    amount: int
    late: bool

    def words(self, lang: str = "vi") -> str:
        """``Còn 5 giờ``, ``Quá 1 ngày``."""
        if lang == "vi":
            unit = {"days": "ngày", "hours": "giờ", "minutes": "phút"}[self.unit]
            return f"{'Quá' if self.late else 'Còn'} {self.amount} {unit}"
        unit = self.unit if self.amount != 1 else self.unit[:-1]
        return f"{self.amount} {unit} {'late' if self.late else 'left'}"


def working_time_left(due: datetime, now: datetime, calendar: Calendar) -> TimeLeft:
    """Whole working days where there is at least one, else hours, else minutes."""
    due, now = local(due), local(now)
    late = now > due
    first, last = (due, now) if late else (now, due)
    days = _whole_days(calendar, calendar.next_opening(first), last)
    if days:
        return TimeLeft("days", days, late)
    minutes = calendar.working_minutes_between(first, last)
    if minutes >= 60:
        return TimeLeft("hours", minutes // 60, late)
    return TimeLeft("minutes", minutes, late)


def _whole_days(calendar: Calendar, first: datetime, last: datetime) -> int:
    """Working days that open after the first instant and close by the last."""
    count, day, until = 0, first.date() + DAY, last.date()
    while day <= until:
        facts = calendar.facts(day)
        count += facts.worked and facts.closes <= last
        day += DAY
    return count
