"""Which days and hours are worked: the usual week, corrected by the rows of the calendar table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, NamedTuple

ZONE = timezone(timedelta(hours=7), "+07:00")
DAY = timedelta(days=1)
NONE = timedelta(0)


def local(instant: datetime) -> datetime:
    """The same instant on the office's wall clock; without a zone it is the caller's mistake."""
    if instant.tzinfo is ZONE:
        return instant
    if instant.tzinfo is None:
        raise ValueError(f"a legal instant needs a time zone: {instant!r}")
    return instant.astimezone(ZONE)


@dataclass(frozen=True)
class Session:
    """One stretch of office hours, both ends included."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise ValueError(f"a session ends after it begins: {self.opens}–{self.closes}")


Sessions = tuple[Session, ...]
USUAL_SESSIONS: Sessions = (Session(time(7, 30), time(11, 30)), Session(time(13, 30), time(17)))
USUAL_WEEK: Mapping[int, Sessions] = dict.fromkeys(range(5), USUAL_SESSIONS)


@dataclass(frozen=True)
class CalendarDay:
    """A row of the calendar table: a day that differs from the usual week.

    ``sessions`` None means the usual ones of a work day; a half day gives its own.
    ``scope`` is ``nation``, ``province`` or a unit's code.
    ``source`` is the day's name and the document that decided it, parted by " · ".
    """

    day: date
    kind: Literal["off", "work"]
    sessions: Sessions | None = None
    scope: str = "nation"
    source: str = ""
    provisional: bool = False

    @property
    def name(self) -> str:
        return self.source.partition(" · ")[0]

    def to_json(self) -> dict[str, Any]:
        sessions = self.sessions
        hours = sessions and [[f"{s.opens:%H:%M}", f"{s.closes:%H:%M}"] for s in sessions]
        return {
            "day": self.day.isoformat(),
            "kind": self.kind,
            "sessions": hours or None,
            "scope": self.scope,
            "source": self.source,
            "provisional": self.provisional,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> CalendarDay:
        """A row back from ``to_json`` or from the table, where ``day`` is a date already."""
        day, hours = row["day"], row["sessions"] or ()
        sessions = tuple(Session(time.fromisoformat(a), time.fromisoformat(b)) for a, b in hours)
        return cls(
            day=day if isinstance(day, date) else date.fromisoformat(day),
            kind=row["kind"],
            sessions=sessions or None,
            scope=row["scope"],
            source=row["source"],
            provisional=row["provisional"],
        )


class DayFacts(NamedTuple):
    """What the arithmetic asks about a day; for a day off, midnight stands for its opening."""

    spans: tuple[tuple[datetime, datetime], ...]
    opens: datetime
    closes: datetime
    worked: bool
    special: CalendarDay | None


class Calendar:
    """The working time of an office: immutable, and what it learns of a day serves all callers."""

    def __init__(
        self,
        days: Iterable[CalendarDay] = (),
        *,
        revision: int = 0,
        week: Mapping[int, Sessions] = USUAL_WEEK,
        scopes: tuple[str, ...] = (),
    ) -> None:
        self.days = tuple(days)
        self.revision = revision
        self.week = {weekday: _ordered(sessions) for weekday, sessions in week.items() if sessions}
        if not self.week:
            raise ValueError("a calendar needs at least one working day a week")
        self.scopes = scopes
        self._usual = self.week[min(self.week)]
        self._special: dict[date, CalendarDay] = {}
        for scope in ("nation", *scopes):
            self._special.update({row.day: row for row in self.days if row.scope == scope})
        self._facts: dict[date, DayFacts] = {}
        self._narrower: dict[tuple[str, ...], Calendar] = {}

    def for_scope(self, *scopes: str) -> Calendar:
        """The nation's days, then the province's, then the named units'; the last one wins."""
        named = dict.fromkeys(scope for scope in scopes if scope != "nation")
        scopes = tuple(sorted(named, key=lambda scope: scope != "province"))
        if scopes == self.scopes:
            return self
        found = self._narrower.get(scopes)
        if found is None:
            found = Calendar(self.days, revision=self.revision, week=self.week, scopes=scopes)
            self._narrower[scopes] = found
        return found

    def facts(self, day: date) -> DayFacts:
        found = self._facts.get(day)
        if found is None:
            found = self._facts[day] = self._look_up(day)
        return found

    def _look_up(self, day: date) -> DayFacts:
        special = self._special.get(day)
        sessions = self.week.get(day.weekday(), ())
        if special is not None and special.kind == "off":
            sessions = ()
        elif special is not None:
            sessions = special.sessions or sessions or self._usual
        spans = tuple(
            (datetime.combine(day, one.opens, ZONE), datetime.combine(day, one.closes, ZONE))
            for one in _ordered(sessions)
        )
        midnight = datetime.combine(day, time(), ZONE)
        if not spans:
            return DayFacts((), midnight, midnight, worked=False, special=special)
        return DayFacts(spans, spans[0][0], spans[-1][1], worked=True, special=special)

    def is_working_day(self, day: date) -> bool:
        return self.facts(day).worked

    def is_provisional(self, day: date) -> bool:
        """Whether the day rests on a guess that the official notice may still change."""
        special = self.facts(day).special
        return special is not None and special.provisional

    def sessions(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        return self.facts(day).spans

    def end_of_day(self, day: date) -> datetime:
        """The end of the day's last session, or of the next working day's where the day is off."""
        facts = self.facts(day)
        while not facts.worked:
            day += DAY
            facts = self.facts(day)
        return facts.closes

    def next_opening(self, instant: datetime) -> datetime:
        """The instant itself inside a session (ends included), else the opening of the next one."""
        instant = local(instant)
        day = instant.date()
        while True:
            for opens, closes in self.facts(day).spans:
                if instant <= closes:
                    return max(instant, opens)
            day += DAY

    def add_working_days(self, instant: datetime, n: int) -> datetime:
        """The end of the n-th working day after the day of the instant; a negative n counts back.

        >>> from datetime import datetime
        >>> f"{Calendar().add_working_days(datetime(2025, 6, 10, 9, tzinfo=ZONE), 3):%d/%m %H:%M}"
        '13/06 17:00'
        """
        day = self.next_opening(instant).date()
        step = DAY if n >= 0 else -DAY
        left = abs(n)
        while left:
            day += step
            left -= self.facts(day).worked
        return self.facts(day).closes

    def add_working_hours(self, instant: datetime, hours: int | Fraction | Decimal) -> datetime:
        """The instant so many working hours later; a negative number counts back.

        An instant that is the end of one session and the opening of the next is told as the end.

        >>> from datetime import datetime
        >>> f"{Calendar().add_working_hours(datetime(2025, 6, 13, 16, tzinfo=ZONE), 8):%d/%m %H:%M}"
        '16/06 16:30'
        """
        left = timedelta(microseconds=round(Fraction(hours) * 3_600_000_000))
        start = self.next_opening(instant)
        return self._later(start, left) if left >= NONE else self._earlier(start, -left)

    def _later(self, start: datetime, left: timedelta) -> datetime:
        for opens, closes in self._spans_from(start.date()):
            begin = max(opens, start)
            if begin <= closes and left <= closes - begin:
                return begin + left
            left -= max(closes - begin, NONE)
        raise AssertionError("unreachable: the sessions never end")

    def _earlier(self, start: datetime, left: timedelta) -> datetime:
        day = start.date()
        while True:
            for opens, closes in reversed(self.facts(day).spans):
                end = min(closes, start)
                # A whole session back is the end of the session before: hence "less than".
                if opens <= end and left < end - opens:
                    return end - left
                left -= max(end - opens, NONE)
            day -= DAY

    def _spans_from(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        while True:
            yield from self.facts(day).spans
            day += DAY

    def working_days_between(self, first: datetime, last: datetime) -> int:
        """Working days that open after the first instant, up to the last; negative when swapped."""
        if last < first:
            return -self.working_days_between(last, first)
        start, last = self.next_opening(first), local(last)
        count, day, until = 0, start.date(), last.date()
        while day <= until:
            facts = self.facts(day)
            count += facts.worked and start < facts.opens <= last
            day += DAY
        return count

    def working_time_between(self, first: datetime, last: datetime) -> timedelta:
        """The time inside sessions from one instant to another; negative when they are swapped."""
        if last < first:
            return -self.working_time_between(last, first)
        first, last = local(first), local(last)
        total, day, until = NONE, first.date(), last.date()
        while day <= until:
            for opens, closes in self.facts(day).spans:
                begin, end = max(opens, first), min(closes, last)
                if begin < end:
                    total += end - begin
            day += DAY
        return total

    def working_minutes_between(self, first: datetime, last: datetime) -> int:
        """Whole minutes of ``working_time_between``, rounded towards zero."""
        time_between = self.working_time_between(first, last)
        minutes = abs(time_between) // timedelta(minutes=1)
        return minutes if time_between >= NONE else -minutes


def _ordered(sessions: Sessions) -> Sessions:
    for earlier, later in pairwise(sessions):
        if later.opens < earlier.closes:
            raise ValueError(f"sessions overlap or are out of order: {sessions}")
    return tuple(sessions)
