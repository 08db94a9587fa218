"""The nation's days off to seed the calendar table with; then the operator keeps the table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import holidays

from engine.calendar.days import CalendarDay

# The last year whose days off the government has announced; later ones are a guess.
ANNOUNCED_UNTIL = 2026
LABOUR_CODE = "Bộ luật Lao động 2019, Điều 112"
SWAP_2026 = "12729/VPCP-KGVX ngày 25/12/2025"

# Announced after the package's data was written.
CORRECTIONS = (
    CalendarDay(
        date(2026, 1, 2), "off", source=f"Nghỉ hoán đổi với thứ Bảy 10/01/2026 · {SWAP_2026}"
    ),
    CalendarDay(date(2026, 1, 10), "work", source=f"Làm bù cho thứ Sáu 02/01/2026 · {SWAP_2026}"),
)
_SWAPPED = re.compile(r"thay cho ngày (\S+)\)")


def official_days(years: Iterable[int]) -> list[CalendarDay]:
    """Days off and worked Saturdays of these years; years not yet announced are provisional."""
    wanted = sorted(set(years))
    days: dict[date, CalendarDay] = {}
    for year in wanted:
        nation = holidays.country_holidays("VN", years=year, language="vi")
        provisional = year > ANNOUNCED_UNTIL
        for day, name in nation.items():
            days[day] = CalendarDay(day, "off", source=_source(name), provisional=provisional)
        for day in nation.weekend_workdays:
            if day.year == year:
                source = "Làm bù · theo thông báo hoán đổi ngày làm việc"
                days[day] = CalendarDay(day, "work", source=source, provisional=provisional)
    days.update((row.day, row) for row in CORRECTIONS if row.day.year in wanted)
    return [days[day] for day in sorted(days)]


def _source(name: str) -> str:
    if swap := _SWAPPED.search(name):
        return f"Nghỉ hoán đổi với ngày {swap[1]} · theo thông báo hoán đổi ngày làm việc"
    if "Tết" in name and "Dương lịch" not in name:
        # One name for the days of Tết, so that the reckoning tells them in one line.
        name = "Tết Nguyên đán"
    return f"{name} · {LABOUR_CODE}"
