"""The words of a ledger line, as an official would say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine.calendar.ledger import LedgerLine
from engine.words.tables import table


def ledger_words(line: LedgerLine, lang: str = "vi") -> str:
    """The line as one sentence: ``03–04/07 2 ngày làm việc``."""
    return f"{ledger_dates(line)} {ledger_text(line, lang)}"


def ledger_dates(line: LedgerLine) -> str:
    """``02/07``, ``03–04/07``, ``31/07–01/08`` or, into a new year, ``31/12/2025–02/01/2026``."""
    first, last = line.first, line.last
    if first == last:
        return f"{first:%d/%m}"
    if first.year != last.year:
        return f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"
    return (
        f"{first:%d}–{last:%d/%m}" if first.month == last.month else f"{first:%d/%m}–{last:%d/%m}"
    )


def ledger_numbers(line: LedgerLine) -> str:
    """The running count, ``1–2``, or the working time of an hours limit, ``2:30``."""
    if line.kind == "counted" and line.worked is not None:
        hours, minutes = divmod(line.worked // timedelta(minutes=1), 60)
        return f"{hours}:{minutes:02d}"
    if line.number_from is None:
        return ""
    return f"{line.number_from}–{line.number_to}" if line.counts > 1 else str(line.number_from)


def ledger_text(line: LedgerLine, lang: str = "vi") -> str:
    """What happened to these days, without the dates."""
    told, outside = table("time_", lang), ""
    note = line.note_en if lang == "en" and line.note_en else line.note
    if line.at and line.kind == "received" and line.at.date() != line.first:
        outside = told["outside"].format(at=_hour(line.at), day=f"{line.at:%d/%m}")
    # Keyed by the kind of line, or by its variant.
    sentence: str = told["ledger"][_variant(line)].format(
        amount=_amount(line, lang),
        at=_hour(line.at),
        because=f": {note}" if note else "",
        days=_made_up(line) if line.kind == "counted" else "",
        note=note,
        on=f"{line.at:%d/%m/%Y}" if line.at else "",
        outside=outside,
        until=_hour(line.until),
        weekdays=_weekdays(line, lang),
    )
    return sentence + (told["provisional"] if line.provisional else "")


def _variant(line: LedgerLine) -> str:
    if line.kind == "received" and line.worked is not None:
        return "received, by the hour"
    if line.kind in ("received", "resumed") and line.counts:
        return f"{line.kind}, settled that day"
    if line.kind == "counted" and line.note:
        return "counted, with make-up days"
    if line.kind == "off" and line.note:
        return "off, a holiday"
    return line.kind


def _amount(line: LedgerLine, lang: str) -> str:
    if line.worked is not None:
        return _working_time(line.worked, lang)
    return line.limit.words(lang) if line.limit else ""


def _working_time(worked: timedelta, lang: str) -> str:
    told = table("time_", lang)["worked"]
    hours, minutes = divmod(worked // timedelta(minutes=1), 60)
    parts = [told["hour" if hours == 1 else "hours"].format(n=hours)] if hours else []
    if minutes or not hours:
        parts.append(told["minute" if minutes == 1 else "minutes"].format(n=minutes))
    time: str = told["all"].format(time=" ".join(parts))
    return time


def _made_up(line: LedgerLine) -> str:
    return ", ".join(f"{date.fromisoformat(day):%d/%m}" for day in line.note.split(",") if day)


def _weekdays(line: LedgerLine, lang: str) -> str:
    told = table("time_", lang)
    days = (line.last - line.first).days + 1
    if days > len(told["weekdays"]):
        return str(told["weekly"])
    names = (told["weekdays"][(line.first + timedelta(i)).weekday()] for i in range(days))
    return ", ".join(names)


def _hour(at: datetime | None) -> str:
    return f"{at:%H:%M}" if at else ""
