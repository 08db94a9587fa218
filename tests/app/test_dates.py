"""Dates, amounts and time left, as an official writes them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.i18n import dates
from app.i18n.left import left
from engine.calendar import ZONE, TimeLeft

NOW = datetime(2025, 7, 9, 9, 41, tzinfo=ZONE)
DUE = datetime(2025, 7, 8, 17, tzinfo=ZONE)


def test_an_instant_is_said_with_its_weekday() -> None:
    assert dates.long(DUE, "vi") == "thứ Ba 08/07/2025, 17:00"
    assert dates.long(DUE, "en") == "Tuesday 08/07/2025, 17:00"


def test_today_is_called_today_and_another_year_is_named() -> None:
    assert dates.short(NOW, NOW, "vi") == "hôm nay, 09:41"
    assert dates.short(DUE, NOW, "vi") == "08/07, 17:00"
    assert dates.short(DUE.replace(year=2024), NOW, "vi") == "08/07/2024, 17:00"


def test_money_has_dots_and_stays_on_one_line() -> None:
    assert dates.dong(1234567) == "1.234.567\u00a0đ"


@pytest.mark.parametrize("typed", ["01/02/1980", "1.2.1980", "01021980", " 01-02-1980 "])
def test_a_day_may_be_typed_in_several_ways(typed: str) -> None:
    assert dates.read_day(typed) == date(1980, 2, 1)


@pytest.mark.parametrize("typed", ["", "31/02/1980", "1980-02-01", "hôm qua"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert dates.read_day(typed) is None


def test_a_moment_is_a_day_and_an_hour() -> None:
    assert dates.read_moment("02/07/2025 09:05") == datetime(2025, 7, 2, 9, 5, tzinfo=ZONE)
    assert dates.read_moment("02/07/2025 25:00") is None
    assert dates.read_moment("02/07/2025") is None


def test_what_is_late_says_so_in_words() -> None:
    owed = left(DUE, TimeLeft("days", 1, True), NOW, "vi")
    assert (owed.tone, owed.words, owed.detail) == ("late", "Quá 1 ngày", "hạn 08/07, 17:00")


def test_hours_left_are_soon_and_days_left_are_in_time() -> None:
    assert left(NOW, TimeLeft("hours", 5, False), NOW, "vi").tone == "soon"
    assert left(NOW, TimeLeft("days", 9, False), NOW, "vi").tone == "ok"
    assert left(NOW, TimeLeft("days", 1, False), NOW, "vi", soon=True).tone == "soon"


def test_a_standing_clock_says_what_is_owed_when_it_resumes() -> None:
    owed = left(None, None, NOW, "vi", paused=True, remaining=(6, "working days"))
    assert (owed.tone, owed.words) == ("paused", "Đang dừng")
    assert owed.detail == "còn 6 ngày khi chạy lại"
