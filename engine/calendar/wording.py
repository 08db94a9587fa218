"""The words of a ledger line, as an official would say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from engine.calendar.ledger import LedgerLine
from engine.calendar.limits import Language

WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

# Keyed by the kind of line, or by its variant as `_variant` tells it.
SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "vi": {
        "received": "ngày nhận{outside}, không tính",
        "received, settled that day": "ngày nhận{outside}, giải quyết trong ngày",
        "received, by the hour": "nhận lúc {at}{outside}",
        "counted": "{amount}",
        "counted, with make-up days": "{amount}, kể cả ngày làm bù {days}",
        "off": "{weekdays}",
        "off, a holiday": "ngày nghỉ: {note}",
        "paused": "đồng hồ dừng{because}",
        "resumed": "đồng hồ chạy lại, không tính",
        "resumed, settled that day": "đồng hồ chạy lại, giải quyết trong ngày",
        "brief": "đồng hồ dừng {at}–{until}, không mất ngày nào{because}",
        "moved": "ngày cuối là ngày nghỉ, chuyển sang ngày làm việc tiếp theo",
        "lapsed": "{amount}, không cộng vì tính lại từ đầu",
        "restarted": "tính lại thời hạn từ đầu",
        "extended": "gia hạn thêm {amount}{because}",
        "superseded": "gia hạn {amount}, không còn áp dụng vì đã thay thời hạn",
        "limit": "áp dụng thời hạn {amount}, kể từ ngày nhận{because}",
        "corrected": "sửa thời điểm nhận, trước đó ghi {at} ngày {on}{because}",
    },
    "en": {
        "received": "day of receipt{outside}, not counted",
        "received, settled that day": "day of receipt{outside}, settled the same day",
        "received, by the hour": "received at {at}{outside}",
        "counted": "{amount}",
        "counted, with make-up days": "{amount}, make-up day {days} included",
        "off": "{weekdays}",
        "off, a holiday": "day off: {note}",
        "paused": "the clock stood{because}",
        "resumed": "the clock went on, not counted",
        "resumed, settled that day": "the clock went on, settled the same day",
        "brief": "the clock stood {at}–{until}, no day lost{because}",
        "moved": "the last day is a day off: on to the next working day",
        "lapsed": "{amount}, not added: the limit began again",
        "restarted": "the limit began again from zero",
        "extended": "extended by {amount}{because}",
        "superseded": "extended by {amount}, void since the limit was replaced",
        "limit": "the limit is now {amount}, from the day of receipt{because}",
        "corrected": "receipt corrected, it had said {at} on {on}{because}",
    },
}
OUTSIDE: Mapping[Language, str] = {
    "vi": " (nộp lúc {at} ngày {day}, ngoài giờ làm việc)",
    "en": " (handed in at {at} on {day}, outside office hours)",
}
PROVISIONAL: Mapping[Language, str] = {"vi": " (lịch dự kiến)", "en": " (provisional calendar)"}
MANY_DAYS_OFF: Mapping[Language, str] = {"vi": "ngày nghỉ hằng tuần", "en": "weekly days off"}


def ledger_words(line: LedgerLine, lang: Language = "vi") -> str:
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


def ledger_text(line: LedgerLine, lang: Language = "vi") -> str:
    """What happened to these days, without the dates."""
    outside, note = "", line.note_en if lang == "en" and line.note_en else line.note
    if line.at and line.kind == "received" and line.at.date() != line.first:
        outside = OUTSIDE[lang].format(at=_hour(line.at), day=f"{line.at:%d/%m}")
    sentence = SENTENCES[lang][_variant(line)].format(
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
    return sentence + (PROVISIONAL[lang] if line.provisional else "")


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


def _amount(line: LedgerLine, lang: Language) -> str:
    if line.worked is not None:
        return _working_time(line.worked, lang)
    return line.limit.words(lang) if line.limit else ""


def _working_time(worked: timedelta, lang: Language) -> str:
    hours, minutes = divmod(worked // timedelta(minutes=1), 60)
    vi, en = [], []
    if hours:
        vi.append(f"{hours} giờ")
        en.append(f"{hours} hour" + "s" * (hours != 1))
    if minutes or not hours:
        vi.append(f"{minutes} phút")
        en.append(f"{minutes} minute" + "s" * (minutes != 1))
    return " ".join(vi) + " làm việc" if lang == "vi" else " ".join(en) + " worked"


def _made_up(line: LedgerLine) -> str:
    return ", ".join(f"{date.fromisoformat(day):%d/%m}" for day in line.note.split(",") if day)


def _weekdays(line: LedgerLine, lang: Language) -> str:
    days = (line.last - line.first).days + 1
    if days > len(WEEKDAYS[lang]):
        return MANY_DAYS_OFF[lang]
    return ", ".join(WEEKDAYS[lang][(line.first + timedelta(i)).weekday()] for i in range(days))


def _hour(at: datetime | None) -> str:
    return f"{at:%H:%M}" if at else ""
