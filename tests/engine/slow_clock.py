"""A second legal clock, slow and written from the rules alone, to measure the real one against.

It lists every day (or walks every five minutes) and asks of each whether it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

HANOI = timezone(timedelta(hours=7))
HORIZON = 400
STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class SlowOffice:
    """Office hours day by day; ``exceptions`` gives the sessions of the days that differ."""

    exceptions: dict[date, list[tuple[str, str]]]

    def sessions(self, day: date) -> list[tuple[datetime, datetime]]:
        usual = [("07:30", "11:30"), ("13:30", "17:00")] if day.isoweekday() <= 5 else []
        hours = self.exceptions.get(day, usual)
        return [
            (
                datetime.combine(day, time.fromisoformat(a), HANOI),
                datetime.combine(day, time.fromisoformat(b), HANOI),
            )
            for a, b in hours
        ]

    def into_hours(self, instant: datetime) -> datetime:
        day = instant.date()
        while True:
            for opens, closes in self.sessions(day):
                if instant < opens:
                    return opens
                if instant <= closes:
                    return instant
            day += timedelta(1)


@dataclass(frozen=True)
class SlowLimit:
    amount: int
    unit: str
    cutoff: time | None = None


@dataclass(frozen=True)
class SlowStory:
    """What was told, in plain values: nothing here was worked out by the clock that is measured."""

    received: datetime
    limits: list[SlowLimit]  # as they were told; the last one holds
    extension: SlowLimit | None  # so many of that unit more
    pauses: list[tuple[datetime, datetime | None]]
    restart: bool

    @property
    def unit(self) -> str:
        return self.limits[-1].unit

    @property
    def cutoff(self) -> time | None:
        return self.limits[-1].cutoff

    @property
    def amount(self) -> int:
        """The limit, and what was added to it in its own unit."""
        more = self.extension
        fits = more is not None and _day_unit(more.unit) == _day_unit(self.unit)
        return self.limits[-1].amount + (more.amount if more is not None and fits else 0)


def _day_unit(unit: str) -> str:
    """A day more than the same day is a working day more."""
    return "working days" if unit == "same day" else unit


def gaps(office: SlowOffice, story: SlowStory) -> list[tuple[datetime, datetime | None]]:
    """How many tokens wait, swept over time: the clock stands wherever it is more than none."""
    never = datetime(9999, 1, 1, tzinfo=HANOI)
    ends: list[tuple[datetime, int]] = []
    for began, ended in story.pauses:
        first = office.into_hours(began)
        last = never if ended is None else office.into_hours(ended)
        if first != last:
            ends += [(first, +1), (last, -1)]
    waiting, since, found = 0, never, []
    for at, change in sorted(ends, key=lambda end: (end[0], -end[1])):
        if waiting == 0:
            since = at
        waiting += change
        if waiting == 0:
            found.append((since, None if at == never else at))
    return found


def slow_due(office: SlowOffice, story: SlowStory) -> datetime | None:
    stood = gaps(office, story)
    if any(ended is None for _, ended in stood):
        return None
    origin = office.into_hours(story.received)
    if not (story.restart or story.unit == "same day"):
        return ends_at(office, story, origin, stood)
    for began, ended in stood:
        assert ended is not None
        if began > ends_at(office, story, origin, []):
            break
        origin = ended
    return ends_at(office, story, origin, [])


def ends_at(
    office: SlowOffice,
    story: SlowStory,
    origin: datetime,
    stood: list[tuple[datetime, datetime | None]],
) -> datetime:
    if story.unit == "working hours":
        return list_minutes(office, origin, stood, story.amount * 12)[-1] + STEP
    day = list_days(office, story, origin, stood, story.amount)[-1]
    while not office.sessions(day):
        day += timedelta(1)
    return office.sessions(day)[-1][1]


def list_days(
    office: SlowOffice,
    story: SlowStory,
    origin: datetime,
    stood: list[tuple[datetime, datetime | None]],
    amount: int,
) -> list[date]:
    """The days the limit consists of, as many as there are within the horizon."""
    counted: list[date] = []
    if story.unit == "same day" and story.cutoff and origin.time() < story.cutoff:
        counted.append(origin.date())
    for i in range(1, HORIZON):
        day = origin.date() + timedelta(i)
        sessions = office.sessions(day)
        if story.unit != "days" and not sessions:
            continue
        opening = sessions[0][0] if sessions else datetime.combine(day, time(), HANOI)
        if not any(a <= opening and (b is None or opening <= b) for a, b in stood):
            counted.append(day)
    return counted[:amount]


def list_minutes(
    office: SlowOffice, origin: datetime, stood: list[tuple[datetime, datetime | None]], steps: int
) -> list[datetime]:
    """The beginnings of the five-minute steps in which the clock ran."""
    ran: list[datetime] = []
    day = origin.date()
    while len(ran) < steps and (day - origin.date()).days < HORIZON:
        for opens, closes in office.sessions(day):
            at = opens
            while at < closes:
                if at >= origin and not any(a <= at and (b is None or at < b) for a, b in stood):
                    ran.append(at)
                at += STEP
        day += timedelta(1)
    return ran[:steps]


def slow_consumed(office: SlowOffice, story: SlowStory, now: datetime) -> float:
    """Days or hours gone by so far, of a limit that never restarts."""
    stood = gaps(office, story)
    origin = office.into_hours(story.received)
    if story.unit == "working hours":
        return sum(at < now for at in list_minutes(office, origin, stood, story.amount * 12)) / 12
    gone = 0
    for day in list_days(office, story, origin, stood, story.amount):
        sessions = office.sessions(day)
        opening = sessions[0][0] if sessions else datetime.combine(day, time(), HANOI)
        gone += (origin if day == origin.date() else opening) <= now
    return gone
