"""Limits, histories, the clock's answers and the sentences of its ledger."""

from __future__ import annotations

import timeit
from dataclasses import replace
from datetime import datetime, time
from fractions import Fraction
from typing import get_args

import pytest

from engine.calendar import (
    ZONE,
    Calendar,
    CalendarDay,
    Clock,
    History,
    Limit,
    ledger_numbers,
    ledger_text,
    ledger_words,
    official_days,
    on_time,
    read_clock,
)
from engine.calendar.ledger import LineKind
from engine.errors import AlreadyExtended, BadInstant, BadLimit

OFFICIAL = Calendar(official_days(range(2024, 2028)), revision=3)
TUESDAY = "2025-06-10T09:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def received(limit: str, when: str = TUESDAY, *, restart: bool = False) -> History:
    return History(at(when), Limit.parse(limit), restart_on_resume=restart)


def read(history: History, now: str = "2025-06-10T09:00") -> Clock:
    return read_clock(history, OFFICIAL, at(now))


def story(history: History, lang: str = "vi", now: str = TUESDAY) -> list[str]:
    return [
        f"{ledger_words(line, lang)} | {ledger_numbers(line)}".removesuffix(" | ")
        for line in read(history, now).ledger
    ]


# ---- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limit", "canonical"),
    [
        ("10 working days", Limit(10, "working days"), "10 working days"),
        ("1 working day", Limit(1, "working days"), "1 working days"),
        (" 4  working hours ", Limit(4, "working hours"), "4 working hours"),
        ("1 Working Hour", Limit(1, "working hours"), "1 working hours"),
        ("30 days", Limit(30, "days"), "30 days"),
        ("1 day", Limit(1, "days"), "1 days"),
        ("same day 15:00", Limit(1, "same day", time(15)), "same day 15:00"),
        ("same day", Limit(1, "same day", time(15)), "same day 15:00"),
        ("same day 09:30", Limit(1, "same day", time(9, 30)), "same day 09:30"),
    ],
)
def test_a_limit_is_read_as_designers_write_it(text: str, limit: Limit, canonical: str) -> None:
    assert Limit.parse(text) == limit
    assert limit.text() == canonical
    assert Limit.parse(canonical) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "days",
        "0 days",
        "-1 days",
        "1.5 days",
        "10 weeks",
        "10000 days",
        "1\u0660 days",  # an Arabic zero
        "10 working days later",
        "same day 24:00",
        "same day 3pm",
        "P3D",
    ],
)
def test_what_is_not_a_limit_is_named(text: str) -> None:
    with pytest.raises(BadLimit) as refusal:
        Limit.parse(text)
    assert refusal.value.particulars == {"text": text}


@pytest.mark.parametrize(
    ("amount", "unit", "cutoff"),
    [
        (0, "days", None),
        (1, "weeks", None),
        (3, "days", time(15)),
        (1, "same day", None),
        (2, "same day", time(15)),
        (10_000, "working hours", None),
    ],
)
def test_a_limit_that_means_nothing_cannot_be_made(
    amount: int, unit: str, cutoff: time | None
) -> None:
    with pytest.raises(BadLimit):
        Limit(amount, unit, cutoff)  # type: ignore[arg-type]


def test_a_limit_is_said_in_both_languages() -> None:
    assert Limit.parse("10 working days").words("vi") == "10 ngày làm việc"
    assert Limit.parse("8 working hours").words("vi") == "8 giờ làm việc"
    assert Limit.parse("30 days").words("vi") == "30 ngày"
    assert Limit.parse("1 working day").words("en") == "1 working day"
    assert Limit.parse("2 days").words("en") == "2 days"
    assert "15:00" in Limit.parse("same day").words("vi")
    assert "15:00" in Limit.parse("same day").words("en")


# ---- histories ----------------------------------------------------------------------------------


def test_the_clock_stands_until_the_last_token_goes_on() -> None:
    history = received("10 working days", "2025-07-01T08:00")
    history = history.pause(at("2025-07-03T09:00"), "bổ sung", "Supplement")
    history = history.pause(at("2025-07-07T15:00"), "nghĩa vụ tài chính", "Tax")
    history = history.resume(at("2025-07-08T09:00"), "Supplement")
    clock = read(history, "2025-07-09T09:00")
    assert clock.paused and history.paused
    assert clock.due is None
    assert clock.since == at("2025-07-03T09:00")
    assert clock.reasons == ("bổ sung", "nghĩa vụ tài chính")
    assert (clock.consumed, clock.remaining) == (2, 8)
    history = history.resume(at("2025-07-11T08:00"), "Tax")
    clock = read(history, "2025-07-14T09:00")
    assert not clock.paused
    assert clock.due == at("2025-07-23T17:00")
    assert (clock.since, clock.reasons) == (None, ())
    assert clock.revision == 3


def test_pausing_twice_or_resuming_what_does_not_wait_changes_nothing() -> None:
    history = received("3 working days").pause(at("2025-06-11T09:00"), "bổ sung", "A")
    assert history.pause(at("2025-06-12T09:00"), "bổ sung", "A") is history
    assert history.resume(at("2025-06-12T09:00"), "B") is history


def test_a_pause_in_the_night_stands_at_once_and_costs_nothing_if_answered_in_it() -> None:
    history = received("3 working days").pause(at("2025-06-11T18:00"), "bổ sung", "A")
    assert read(history, "2025-06-11T18:01").due is None
    history = history.resume(at("2025-06-11T20:00"), "A")
    assert read(history, "2025-06-11T20:00").due == at("2025-06-13T17:00")


def test_nothing_happens_before_it_can() -> None:
    history = received("3 working days")
    with pytest.raises(BadInstant):
        history.pause(at("2025-06-10T08:59"), "bổ sung")
    with pytest.raises(BadInstant):
        history.extend(at("2025-06-09T09:00"), 1)
    with pytest.raises(BadInstant):
        history.change_limit(at("2025-06-09T09:00"), "verification", Limit.parse("23 days"))
    waiting = history.pause(at("2025-06-11T09:00"), "bổ sung")
    with pytest.raises(BadInstant) as refusal:
        waiting.resume(at("2025-06-11T08:00"))
    assert refusal.value.particulars["bound"] == at("2025-06-11T09:00")


def test_a_limit_is_extended_once() -> None:
    history = received("3 working days").extend(at("2025-06-12T09:00"), 2, "chờ xác minh")
    assert read(history).due == at("2025-06-17T17:00")
    with pytest.raises(AlreadyExtended):
        history.extend(at("2025-06-13T09:00"), 1)
    with pytest.raises(BadLimit):
        received("3 working days").extend(at("2025-06-12T09:00"), 0)


def test_a_named_limit_replaces_the_limit_and_counts_from_receipt() -> None:
    history = received("3 working days").change_limit(
        at("2025-06-12T09:00"), "verification", Limit.parse("23 days"), "xác minh nơi cư trú cũ"
    )
    assert read(history).due == at("2025-07-03T17:00")


def test_an_extension_in_the_unit_of_a_replaced_limit_no_longer_applies() -> None:
    history = received("3 working days").extend(at("2025-06-11T09:00"), 5)
    history = history.change_limit(at("2025-06-12T09:00"), "verification", Limit.parse("23 days"))
    assert read(history).due == at("2025-07-03T17:00")
    assert any(line.kind == "superseded" for line in read(history).ledger)


def test_a_same_day_limit_is_extended_by_working_days() -> None:
    history = received("same day 15:00").extend(at("2025-06-10T15:00"), 2, "nhiều trang")
    assert read(history).due == at("2025-06-12T17:00")


def test_receipt_can_be_corrected_but_not_past_what_followed() -> None:
    history = received("3 working days").pause(at("2025-06-11T09:00"), "bổ sung", "A")
    history = history.resume(at("2025-06-11T10:00"), "A")
    corrected = history.correct(at("2025-06-12T09:00"), at("2025-06-09T16:00"), "mất điện")
    assert read(corrected).due == at("2025-06-12T17:00")
    assert corrected.corrections[0].was == at("2025-06-10T09:00")
    with pytest.raises(BadInstant):
        history.correct(at("2025-06-12T09:00"), at("2025-06-11T09:01"))
    with pytest.raises(BadInstant):
        received("3 working days").correct(at("2025-06-12T09:00"), at("2025-06-12T09:01"))


# ---- the clock's answers ------------------------------------------------------------------------


def test_a_pause_on_the_last_day_leaves_the_due_instant_where_it_was() -> None:
    """The last day is consumed when it opens, so the answer comes to a clock that has run out."""
    history = received("3 working days").pause(at("2025-06-13T10:00"), "bổ sung")
    assert read(history, "2025-06-16T09:00").remaining == 0
    assert read(history.resume(at("2025-06-17T10:00"))).due == at("2025-06-13T17:00")


def test_what_was_late_before_the_pause_stays_late_even_if_resuming_restarts() -> None:
    for limit, due in (("3 working days", "2025-06-13T17:00"), ("same day", "2025-06-10T17:00")):
        history = received(limit, restart=True).pause(at("2025-06-16T10:00"), "bổ sung")
        assert read(history.resume(at("2025-06-17T10:00"))).due == at(due)


def test_a_pause_before_the_due_instant_restarts_even_on_the_last_day() -> None:
    history = received("3 working days", restart=True).pause(at("2025-06-13T10:00"), "bổ sung")
    assert read(history.resume(at("2025-06-17T10:00"))).due == at("2025-06-20T17:00")


def test_a_pause_at_the_due_instant_itself_still_restarts() -> None:
    history = received("3 working days", restart=True).pause(at("2025-06-13T17:00"), "bổ sung")
    assert read(history.resume(at("2025-06-17T10:00"))).due == at("2025-06-20T17:00")


def test_a_pause_that_follows_at_once_is_the_same_standing_clock() -> None:
    history = received("10 working days").pause(at("2025-06-11T09:00"), "bổ sung", "A")
    history = history.resume(at("2025-06-12T10:00"), "A")
    history = history.pause(at("2025-06-12T10:00"), "nghĩa vụ tài chính", "B")
    clock = read(history, "2025-06-13T09:00")
    assert clock.since == at("2025-06-11T09:00")
    assert clock.reasons == ("bổ sung", "nghĩa vụ tài chính")


def test_consumption_grows_when_days_open_and_with_minutes() -> None:
    history = received("3 working days")
    grown = [read(history, now).consumed for now in ("2025-06-11T07:29", "2025-06-11T07:30")]
    assert grown == [0, 1]
    hours = received("8 working hours")
    assert read(hours, "2025-06-10T09:45").consumed == Fraction(3, 4)
    assert read(hours, "2025-06-10T12:00").remaining == Fraction(11, 2)


@pytest.mark.parametrize(
    ("settled", "outcome"),
    [
        ("2025-06-12T16:59", "early"),
        ("2025-06-13T08:00", "on time"),
        ("2025-06-13T17:00", "on time"),
        ("2025-06-13T17:01", "late"),
    ],
)
def test_on_time_is_judged_against_the_due_instant(settled: str, outcome: str) -> None:
    assert on_time(at("2025-06-13T17:00"), at(settled)) == outcome


def test_a_calendar_that_is_not_official_yet_is_told() -> None:
    assert read(received("10 working days", "2026-12-28T09:00")).provisional
    assert not read(received("10 working days")).provisional
    line = next(x for x in story(received("10 working days", "2026-12-28T09:00")) if "dự kiến" in x)
    assert line == "01/01 ngày nghỉ: Tết Dương lịch (lịch dự kiến)"


def test_reading_a_clock_is_quick() -> None:
    history = received("10 working days").pause(at("2025-06-12T10:00"), "bổ sung", "A")
    history = history.resume(at("2025-06-17T15:00"), "A").extend(at("2025-06-18T09:00"), 3)
    best = min(timeit.repeat(lambda: read(history), number=50, repeat=5)) / 50
    # Measured 0.08 ms; the bound leaves room for a busy machine.
    assert best < 0.001


# ---- the ledger's sentences ---------------------------------------------------------------------


def test_the_ledger_of_a_plain_limit() -> None:
    assert story(received("4 working days", "2025-07-02T09:00")) == [
        "02/07 ngày nhận, không tính",
        "03–04/07 2 ngày làm việc | 1–2",
        "05–06/07 thứ Bảy, Chủ nhật",
        "07–08/07 2 ngày làm việc | 3–4",
    ]
    assert story(received("4 working days", "2025-07-02T09:00"), "en") == [
        "02/07 day of receipt, not counted",
        "03–04/07 2 working days | 1–2",
        "05–06/07 Saturday, Sunday",
        "07–08/07 2 working days | 3–4",
    ]


def test_the_ledger_of_a_pause() -> None:
    history = received("4 working days", "2025-07-08T09:00")
    history = history.pause(at("2025-07-09T10:00"), "niêm yết công khai", "Posting")
    assert story(history, now="2025-07-12T08:00") == [
        "08/07 ngày nhận, không tính",
        "09/07 1 ngày làm việc | 1",
        "10–12/07 đồng hồ dừng: niêm yết công khai",
    ]
    history = history.resume(at("2025-07-14T08:00"), "Posting")
    assert story(history)[2:] == [
        "10–13/07 đồng hồ dừng: niêm yết công khai",
        "14/07 đồng hồ chạy lại, không tính",
        "15–17/07 3 ngày làm việc | 2–4",
    ]


def test_the_ledger_of_a_pause_that_costs_nothing() -> None:
    history = received("2 working days").pause(at("2025-06-11T09:00"), "bổ sung", "A")
    assert story(history, now="2025-06-11T10:00")[-1] == "11/06 đồng hồ dừng: bổ sung"
    history = history.resume(at("2025-06-11T15:30"), "A")
    assert "11/06 đồng hồ dừng 09:00–15:30, không mất ngày nào: bổ sung" in story(history)


def test_the_ledger_of_two_pauses_from_morning_to_evening() -> None:
    history = received("2 working days")
    for day in (11, 12):
        history = history.pause(at(f"2025-06-{day}T07:30"), "đo đạc", "A")
        history = history.resume(at(f"2025-06-{day}T16:00"), "A")
    assert story(history)[1:3] == [
        "11/06 đồng hồ dừng: đo đạc",
        "12/06 đồng hồ dừng: đo đạc",
    ]


def test_the_ledger_of_holidays_make_up_days_and_a_new_year() -> None:
    assert story(received("3 working days", "2025-04-25T14:00")) == [
        "25/04 ngày nhận, không tính",
        "26/04 1 ngày làm việc, kể cả ngày làm bù 26/04 | 1",
        "27/04 Chủ nhật",
        "28–29/04 2 ngày làm việc | 2–3",
    ]
    assert story(received("10 working days", "2025-01-24T10:00"))[1:5] == [
        "25–26/01 thứ Bảy, Chủ nhật",
        "27/01–01/02 ngày nghỉ: Tết Nguyên đán",
        "02/02 Chủ nhật",
        "03–07/02 5 ngày làm việc | 1–5",
    ]
    assert story(received("5 days", "2024-12-30T10:00"))[1] == "31/12/2024–04/01/2025 5 ngày | 1–5"


def test_the_ledger_of_calendar_days_that_end_on_a_day_off() -> None:
    assert story(received("30 days", "2025-08-01T09:00")) == [
        "01/08 ngày nhận, không tính",
        "02–31/08 30 ngày | 1–30",
        "01–03/09 ngày cuối là ngày nghỉ, chuyển sang ngày làm việc tiếp theo",
    ]


def test_the_ledger_of_receipt_outside_office_hours() -> None:
    assert story(received("1 working day", "2025-06-14T10:00"))[0] == (
        "16/06 ngày nhận (nộp lúc 10:00 ngày 14/06, ngoài giờ làm việc), không tính"
    )


def test_the_ledger_of_a_same_day_limit() -> None:
    history = received("same day")
    assert story(history) == ["10/06 ngày nhận, giải quyết trong ngày | 1"]
    history = history.pause(at("2025-06-10T10:00"), "bổ sung", "A")
    assert story(history.resume(at("2025-06-10T15:20"), "A")) == [
        "10/06 ngày nhận, không tính",
        "10/06 đồng hồ chạy lại, không tính",
        "11/06 1 ngày làm việc | 1",
    ]
    assert story(history.resume(at("2025-06-11T09:20"), "A"))[-1] == (
        "11/06 đồng hồ chạy lại, giải quyết trong ngày | 1"
    )


def test_the_ledger_of_working_hours() -> None:
    history = received("8 working hours", "2025-06-13T14:00")
    history = history.pause(at("2025-06-13T15:00"), "bổ sung", "A")
    assert story(history.resume(at("2025-06-16T09:00"), "A"), "en") == [
        "13/06 received at 14:00",
        "13/06 1 hour worked | 1:00",
        "13–16/06 the clock stood: bổ sung",
        "16/06 6 hours worked | 6:00",
        "17/06 1 hour worked | 1:00",
    ]
    eight = received("8 working hours", "2025-06-12T22:10")
    assert story(eight)[1:] == [
        "13/06 7 giờ 30 phút làm việc | 7:30",
        "14–15/06 thứ Bảy, Chủ nhật",
        "16/06 30 phút làm việc | 0:30",
    ]
    assert [line.minutes for line in read(eight).ledger if line.kind == "counted"] == [450, 30]


def test_the_ledger_of_a_restart() -> None:
    history = received("5 working days", restart=True)
    history = history.pause(at("2025-06-16T10:00"), "bổ sung", "A")
    assert story(history.resume(at("2025-06-19T09:00"), "A"))[1:] == [
        "11–13/06 3 ngày làm việc, không cộng vì tính lại từ đầu",
        "14–15/06 thứ Bảy, Chủ nhật",
        "16/06 1 ngày làm việc, không cộng vì tính lại từ đầu",
        "17–18/06 đồng hồ dừng: bổ sung",
        "19/06 tính lại thời hạn từ đầu",
        "19/06 đồng hồ chạy lại, không tính",
        "20/06 1 ngày làm việc | 1",
        "21–22/06 thứ Bảy, Chủ nhật",
        "23–26/06 4 ngày làm việc | 2–5",
    ]


def test_the_ledger_of_what_changed_the_reckoning() -> None:
    history = received("3 working days")
    history = history.change_limit(
        at("2025-06-11T09:00"), "verification", Limit.parse("23 days"), "xác minh"
    )
    history = history.extend(at("2025-06-12T09:00"), 2, "chờ trả lời")
    history = history.correct(at("2025-06-13T09:00"), at("2025-06-10T08:00"), "mất điện")
    assert [line for line in story(history) if " ngày | " not in line] == [
        "10/06 ngày nhận, không tính",
        "11/06 áp dụng thời hạn 23 ngày, kể từ ngày nhận: xác minh",
        "12/06 gia hạn thêm 2 ngày: chờ trả lời",
        "13/06 sửa thời điểm nhận, trước đó ghi 09:00 ngày 10/06/2025: mất điện",
        "06–07/07 ngày cuối là ngày nghỉ, chuyển sang ngày làm việc tiếp theo",
    ]


@pytest.mark.parametrize("kind", get_args(LineKind))
def test_every_kind_of_line_has_words_in_both_languages(kind: LineKind) -> None:
    received_on = read(received("2 working days")).ledger[0]
    line = replace(received_on, kind=kind, limit=Limit.parse("2 days"))
    vi, en = ledger_text(line, "vi"), ledger_text(line, "en")
    assert vi and en and vi != en
    assert "{" not in vi + en


def test_the_weekly_days_off_of_a_long_closure_are_named_together() -> None:
    closed = [CalendarDay(at(f"2025-06-{d:02}T00:00").date(), "off") for d in range(11, 26)]
    clock = read_clock(received("1 working day"), Calendar(closed), at(TUESDAY))
    assert ledger_words(clock.ledger[1]) == "11–25/06 ngày nghỉ hằng tuần"
