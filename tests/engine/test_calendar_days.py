"""Working days and hours, the table's rows, and the official seed."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest

from engine.calendar import (
    ZONE,
    Calendar,
    CalendarDay,
    Session,
    days,
    limits,
    official_days,
    working_time_left,
)

OFFICIAL = Calendar(official_days(range(2024, 2028)))
MORNING = (Session(time(7, 30), time(11, 30)),)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize("module", [days, limits])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-04-26", True),  # a Saturday for the Friday after the holiday
        ("2025-05-02", False),
        ("2026-01-02", False),
        ("2026-01-10", True),
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-11-24", False),
        ("2025-01-27", False),
        ("2025-09-01", False),
        ("2025-09-03", True),
        ("2014-12-27", False),  # a swap of a year that was not asked for
    ],
)
def test_the_seed_is_the_official_calendar(day: str, worked: bool) -> None:
    assert OFFICIAL.is_working_day(date.fromisoformat(day)) is worked


def test_a_year_without_official_notice_is_provisional() -> None:
    rows = official_days([2026, 2027])
    assert {row.provisional for row in rows if row.day.year == 2026} == {False}
    assert {row.provisional for row in rows if row.day.year == 2027} == {True}
    assert OFFICIAL.is_provisional(date(2027, 1, 1))
    assert not OFFICIAL.is_provisional(date(2026, 1, 1))
    assert not OFFICIAL.is_provisional(date(2027, 6, 1))


def test_the_seed_names_its_source_and_has_one_row_a_day() -> None:
    rows = official_days(range(2024, 2029))
    assert len({row.day for row in rows}) == len(rows)
    assert all(row.name and " · " in row.source and len(row.source) <= 200 for row in rows)
    assert {row.name for row in rows if row.day.month == 2} == {"Tết Nguyên đán"}


def test_a_row_survives_the_table() -> None:
    half = CalendarDay(date(2025, 7, 5), "work", MORNING, "H49.99.01", "Tuyên truyền · 12/TB", True)
    for row in (half, CalendarDay(date(2025, 7, 5), "off")):
        assert CalendarDay.from_json(row.to_json()) == row
        assert CalendarDay.from_json({**row.to_json(), "day": row.day}) == row


def test_a_half_day_ends_at_noon_and_a_worked_saturday_has_the_usual_hours() -> None:
    calendar = Calendar(
        [
            CalendarDay(date(2025, 7, 4), "work", MORNING),
            CalendarDay(date(2025, 7, 5), "work"),
        ]
    )
    assert calendar.add_working_days(at("2025-07-03T09:00"), 1) == at("2025-07-04T11:30")
    assert calendar.add_working_days(at("2025-07-03T09:00"), 2) == at("2025-07-05T17:00")
    assert calendar.add_working_hours(at("2025-07-04T11:00"), 1) == at("2025-07-05T08:00")
    assert calendar.next_opening(at("2025-07-04T14:00")) == at("2025-07-05T07:30")


def test_the_narrowest_scope_wins() -> None:
    day = date(2025, 7, 7)
    calendar = Calendar(
        [
            CalendarDay(day, "work", MORNING, "H49.99.01"),
            CalendarDay(day, "off", scope="province"),
            CalendarDay(date(2025, 7, 8), "off"),
        ],
        revision=7,
    )
    assert calendar.is_working_day(day)
    assert not calendar.is_working_day(date(2025, 7, 8))
    assert not calendar.for_scope("province").is_working_day(day)
    for scopes in (("province", "H49.99.01"), ("H49.99.01", "province"), ("nation", "H49.99.01")):
        centre = calendar.for_scope(*scopes)
        assert centre.end_of_day(day) == at("2025-07-07T11:30")
        assert centre.revision == 7
    assert calendar.for_scope("H49.99.02").is_working_day(day)
    assert calendar.for_scope("nation") is calendar
    assert calendar.for_scope("province") is calendar.for_scope("province", "nation")


def test_another_week_has_other_hours() -> None:
    saturdays = Calendar(week={0: MORNING, 5: MORNING})
    assert saturdays.add_working_days(at("2025-07-07T09:00"), 1) == at("2025-07-12T11:30")


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2025-06-10T07:00", "2025-06-10T07:30"),
        ("2025-06-10T07:30", "2025-06-10T07:30"),
        ("2025-06-10T11:30", "2025-06-10T11:30"),
        ("2025-06-10T11:30:01", "2025-06-10T13:30"),
        ("2025-06-10T17:00", "2025-06-10T17:00"),
        ("2025-06-10T17:00:01", "2025-06-11T07:30"),
        ("2025-06-14T10:00", "2025-06-16T07:30"),
        ("2025-01-24T18:00", "2025-02-03T07:30"),
    ],
)
def test_an_instant_outside_sessions_is_the_next_opening(instant: str, opening: str) -> None:
    assert OFFICIAL.next_opening(at(instant)) == at(opening)


def test_an_instant_of_another_zone_is_read_on_the_office_clock() -> None:
    # 18:30 in Hanoi is still the morning of that day in London.
    evening = datetime(2025, 6, 10, 11, 30, tzinfo=UTC)
    assert OFFICIAL.next_opening(evening) == at("2025-06-11T07:30")
    assert OFFICIAL.add_working_days(evening, 1).date() == date(2025, 6, 12)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        OFFICIAL.next_opening(datetime(2025, 6, 10, 9))


def test_days_and_hours_count_back_for_reminders() -> None:
    due = at("2025-07-08T17:00")
    assert OFFICIAL.add_working_days(due, -1) == at("2025-07-07T17:00")
    assert OFFICIAL.add_working_days(due, -2) == at("2025-07-04T17:00")
    assert OFFICIAL.add_working_hours(due, -4) == at("2025-07-08T11:00")
    assert OFFICIAL.add_working_hours(at("2025-07-07T08:00"), -1) == at("2025-07-04T16:30")
    # Whole sessions back is the end of the session before, not the opening of this one.
    assert OFFICIAL.add_working_hours(at("2025-07-07T14:30"), -1) == at("2025-07-07T11:30")


def test_half_an_hour_is_an_amount_of_hours() -> None:
    assert OFFICIAL.add_working_hours(at("2025-07-07T16:45"), Fraction(1, 2)) == at(
        "2025-07-08T07:45"
    )


def test_time_between_is_negative_when_swapped() -> None:
    friday, tuesday = at("2025-07-04T16:00"), at("2025-07-08T08:00")
    assert OFFICIAL.working_days_between(friday, tuesday) == 2
    assert OFFICIAL.working_days_between(tuesday, friday) == -2
    assert OFFICIAL.working_minutes_between(friday, tuesday) == 60 + 450 + 30
    assert OFFICIAL.working_minutes_between(tuesday, friday) == -540


@pytest.mark.parametrize(
    ("due", "now", "vi", "en"),
    [
        ("2025-07-08T17:00", "2025-07-08T11:00", "Còn 4 giờ", "4 hours left"),
        ("2025-07-08T17:00", "2025-07-08T16:20", "Còn 40 phút", "40 minutes left"),
        ("2025-07-08T17:00", "2025-07-07T16:59", "Còn 1 ngày", "1 day left"),
        ("2025-07-08T17:00", "2025-07-07T18:30", "Còn 7 giờ", "7 hours left"),
        ("2025-07-08T17:00", "2025-07-03T09:00", "Còn 3 ngày", "3 days left"),
        ("2025-07-08T09:30", "2025-07-07T16:00", "Còn 3 giờ", "3 hours left"),
        ("2025-07-08T17:00", "2025-07-08T17:00", "Còn 0 phút", "0 minutes left"),
        ("2025-07-08T17:00", "2025-07-09T10:00", "Quá 2 giờ", "2 hours late"),
        ("2025-07-08T17:00", "2025-07-09T17:00", "Quá 1 ngày", "1 day late"),
        ("2025-07-04T17:00", "2025-07-05T17:00", "Quá 0 phút", "0 minutes late"),
    ],
)
def test_time_left_is_said_as_staff_say_it(due: str, now: str, vi: str, en: str) -> None:
    left = working_time_left(at(due), at(now), OFFICIAL)
    assert (left.words("vi"), left.words("en")) == (vi, en)


def test_a_calendar_that_never_works_or_sessions_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        Calendar(week={})
    with pytest.raises(ValueError, match="ends after it begins"):
        Session(time(9), time(9))
    with pytest.raises(ValueError, match="overlap"):
        Calendar(week={0: (Session(time(8), time(12)), Session(time(11), time(15)))})
