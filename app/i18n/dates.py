"""Instants, days, amounts and ids as an official writes them, in the reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime

from engine.calendar import ZONE
from engine.words.tables import table

_TODAY = {"vi": "hôm nay", "en": "today"}
_NONE = "–"


def long(at: datetime | None, lang: str) -> str:
    """``thứ Ba 08/07/2025, 17:00``."""
    if at is None:
        return _NONE
    at = at.astimezone(ZONE)
    return f"{weekday(at, lang)} {at:%d/%m/%Y, %H:%M}"


def weekday(day: date, lang: str) -> str:
    """``thứ Bảy``."""
    return str(table("time_", lang)["weekdays"][day.weekday()])


def named(day: date, lang: str) -> str:
    """``thứ Tư 20/08/2025``."""
    return f"{weekday(day, lang)} {day:%d/%m/%Y}"


def short(at: datetime | None, now: datetime, lang: str) -> str:
    """``hôm nay, 17:00``, ``08/07, 17:00``, with the year when it is another one."""
    if at is None:
        return _NONE
    at, now = at.astimezone(ZONE), now.astimezone(ZONE)
    if at.date() == now.date():
        return f"{_TODAY[lang]}, {at:%H:%M}"
    return f"{at:%d/%m, %H:%M}" if at.year == now.year else f"{at:%d/%m/%Y, %H:%M}"


def stamp(at: datetime | None, now: datetime) -> str:
    """``02/07 09:12`` in a list, with the year when it is another one."""
    if at is None:
        return _NONE
    at = at.astimezone(ZONE)
    return f"{at:%d/%m %H:%M}" if at.year == now.astimezone(ZONE).year else f"{at:%d/%m/%Y %H:%M}"


def day(value: date | datetime | str | None) -> str:
    """``08/07/2025`` from a day, an instant or an ISO text; other text stays as it is."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        value = value.astimezone(ZONE)
    return f"{value:%d/%m/%Y}"


def span(first: date, last: date) -> str:
    """``03–04/07``, ``30/06–02/07``, or one day."""
    if first == last:
        return f"{first:%d/%m}"
    return (
        f"{first:%d}–{last:%d/%m}"
        if (first.month, first.year) == (last.month, last.year)
        else f"{first:%d/%m}–{last:%d/%m}"
    )


def dong(amount: int) -> str:
    """``8.000 đ``, kept on one line."""
    return f"{amount:,}".replace(",", ".") + "\u00a0đ"


def size(count: int) -> str:
    """``1,8 MB``, ``64 kB``."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f}".replace(".", ",") + "\u00a0MB"
    return f"{max(1, round(count / 1000))}\u00a0kB"


def mask(citizen_id: str) -> str:
    """``0221******07``: enough to tell two people apart, too little to use."""
    return (
        citizen_id[:4] + "*" * (len(citizen_id) - 6) + citizen_id[-2:]
        if len(citizen_id) > 6
        else "*" * len(citizen_id)
    )


_DAY = re.compile(r"\s*(\d{1,2})[/.\- ]?(\d{1,2})[/.\- ]?(\d{4})\s*")
_MOMENT = re.compile(rf"{_DAY.pattern}[ ,]\s*(\d{{1,2}})[:hg](\d{{2}})\s*")


def read_day(typed: str) -> date | None:
    """A day typed dd/mm/yyyy (or 01021980); None when it is no day."""
    match = _DAY.fullmatch(typed)
    return _day(*map(int, match.groups())) if match else None


def read_moment(typed: str) -> datetime | None:
    """An instant typed dd/mm/yyyy hh:mm; None when it is none."""
    match = _MOMENT.fullmatch(typed)
    if match is None:
        return None
    *days, hour, minute = map(int, match.groups())
    found = _day(*days)
    if found is None or hour > 23 or minute > 59:
        return None
    return datetime(found.year, found.month, found.day, hour, minute, tzinfo=ZONE)


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
