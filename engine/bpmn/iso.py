"""ISO 8601 as BPMN timers use it: instants, durations and repetitions."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.calendar import ZONE

_NUMBER = r"(\d{1,6}(?:[.,]\d{1,9})?)"
_DURATION = re.compile(
    rf"^P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?!$)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?$",
    re.IGNORECASE,
)
_DATE = re.compile(r"^\d{4}-?\d{2}-?\d{2}([T ].*)?$|^\d{4}-?W\d{2}", re.IGNORECASE)
_CYCLE = re.compile(r"^R(-1|\d{0,6})/(.+)$", re.IGNORECASE)
MAX_YEARS = 200
KINDS = ("timeDate", "timeDuration", "timeCycle")


@dataclass(frozen=True)
class Duration:
    """Months are calendar months, clamped to the month's last day; the rest is plain time."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """The instant this much later."""
        count = start.year * 12 + start.month - 1 + self.months
        year, month = divmod(count, 12)
        day = min(start.day, monthrange(year, month + 1)[1])
        return start.replace(year=year, month=month + 1, day=day) + self.rest

    def before(self, end: datetime) -> datetime:
        """The instant this much earlier."""
        return Duration(-self.months, -self.rest).after(end)


@dataclass(frozen=True)
class Cycle:
    """So many times (None: for ever), first at an instant or after one period."""

    times: int | None
    start: datetime | None
    every: Duration


def looks_like_iso(text: str) -> bool:
    """Whether a timer's text is meant as a literal rather than an expression."""
    upper = text.strip().upper()
    return bool(
        re.match(r"^P[\dT]", upper)
        or re.match(r"^R-?\d*/", upper)
        or _DATE.match(upper)
        or upper in ("P", "PT")
    )


def duration(text: str) -> Duration:
    """Read ``P5D``, ``PT72H``, ``P1Y2M``; ``ValueError`` for anything else."""
    found = _DURATION.match(text.strip())
    if not found:
        raise ValueError(text)
    years, months, weeks, days, hours, minutes, seconds = (
        float(part.replace(",", ".")) if part else 0.0 for part in found.groups()
    )
    whole = years * 12 + months
    if whole != int(whole) or whole > MAX_YEARS * 12:
        raise ValueError(text)
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if rest > timedelta(days=366 * MAX_YEARS):
        raise ValueError(text)
    return Duration(int(whole), rest)


def instant(text: str) -> datetime:
    """Read a date or a date and time; without an offset it is local (+07:00)."""
    read = datetime.fromisoformat(text.strip().replace(" ", "T"))
    return read.replace(tzinfo=ZONE) if read.tzinfo is None else read.astimezone(ZONE)


def cycle(text: str) -> Cycle:
    """Read ``R3/PT24H``, ``R/2025-07-01T08:00:00/P1D``, ``R5/P1D/2025-07-09``."""
    found = _CYCLE.match(text.strip())
    if not found:
        raise ValueError(text)
    count, rest = found.groups()
    times = int(count) if count not in ("", "-1") else None
    parts = rest.split("/")
    if len(parts) == 1:
        return Cycle(times, None, _period(parts[0]))
    if len(parts) != 2:
        raise ValueError(text)
    if parts[0].upper().startswith("P"):
        every = _period(parts[0])
        if times is None:
            raise ValueError(text)
        start = instant(parts[1])
        for _ in range(times):
            start = every.before(start)
        return Cycle(times, every.after(start), every)
    return Cycle(times, instant(parts[0]), _period(parts[1]))


def _period(text: str) -> Duration:
    every = duration(text)
    if not every.months and every.rest < timedelta(seconds=1):
        raise ValueError(text)
    return every


def check(kind: str, text: str) -> None:
    """``ValueError`` unless a literal fits its element (timeDate, timeDuration, timeCycle)."""
    if kind == "timeDate":
        instant(text)
    elif kind == "timeDuration":
        duration(text)
    elif kind == "timeCycle":
        cycle(text)
    else:
        raise ValueError(kind)
