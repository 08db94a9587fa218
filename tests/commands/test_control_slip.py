"""Slip 06: who gave what to whom, at which legal instant, and whether in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from engine.calendar import ZONE, CalendarDay
from engine.commands import (
    absences,
    beside,
    calendar,
    redirecting,
    reissuing,
    returning,
    suspending,
    tasks,
)
from engine.store import tables
from tests.app.test_absences import arrange, person
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import text
from tests.commands.test_moving import read as rows
from tests.journeys import ASKED as ASK
from tests.journeys import BACK, POSTED, settle
from tests.office import CHECKED, Office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

GIVE = {"supplied_on": "09/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}
OK = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}


def dossier(office: Office) -> dict[str, Any]:
    (row,) = rows(office, tables.dossiers)
    return dict(row)


def last(office: Office) -> dict[str, Any]:
    return dict(rows(office, tables.handovers)[-1])


@pytest.mark.parametrize(
    ("asked", "given", "result"),
    [
        ("2025-07-08T10:00", "2025-07-09T14:00", "early"),
        ("2025-07-22T10:00", "2025-07-24T14:00", "late"),
    ],
)
def test_slip_06_judges_the_step_after_a_pause(
    office: Office, asked: str, given: str, result: str
) -> None:
    receive(office)  # due 21/07
    assert office.do("officer1.binhlieu", asked, **ASK) == 303
    assert office.do("reception1.binhlieu", given, **GIVE) == 303
    assert last(office)["result"] == result


def send_on(office: Office, at: str) -> None:
    """The leader gives the dossier to the office that is competent."""
    office.at(at)
    with office.acting("leader.binhlieu") as tx:
        redirecting.redirect(tx, 1, "UBND.06841", "nhầm")


def test_a_late_dossier_redirected_while_it_is_posted_is_late(office: Office) -> None:
    receive(office)
    assert office.do("officer1.binhlieu", "2025-07-22T10:00", **OK) == 303
    send_on(office, "2025-07-23T09:00")
    assert last(office)["result"] == "late"


def test_a_redirection_while_reception_waits_has_its_line(office: Office) -> None:
    receive(office)
    assert office.do("officer1.binhlieu", "2025-07-08T10:00", **ASK) == 303
    send_on(office, "2025-07-08T15:00")
    assert last(office)["to_unit"] == "UBND.06841"


def test_what_was_settled_early_is_not_late_on_slip_06_afterwards(office: Office) -> None:
    receive(office)
    settle(office)
    office.at("2025-09-10T09:00")
    with office.acting("reception1.binhlieu") as tx:
        returning.choose(tx, 1, "counter", "H49.99.02")
    assert (dossier(office)["outcome"], last(office)["result"]) == ("early", "early")


def test_slip_06_gives_the_hour_it_judged(office: Office) -> None:
    receive(office)
    path = f"/tasks/{office.open_task()}"
    office.at("2025-07-22T10:00")
    browser = office.browser("officer1.binhlieu")
    told = {
        **ASK,
        "csrf_token": token(browser.get(path).text),
        "do": "complete",
        "legal_at": "21/07/2025 16:00",
        "legal_reason": "Mất điện",
    }
    assert browser.post(path, data=told).status_code == 303
    line = last(office)
    assert f"{line['at'].astimezone(ZONE):%d/%m %H:%M}" == "21/07 16:00"
    assert line["note"] == "Nhập sau: Mất điện"
    assert line["result"] == "late"  # three working days from the seventh


def test_slip_06_judges_the_step_that_was_handed_over(office: Office) -> None:
    """The leader's step was due 23/07; handed on 28/07 it is late, whatever the dossier's date."""
    receive(office)
    fine = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-08T16:00", **fine) == 303
    posted = {**POSTED, "posted_from": "08/07/2025", "posted_until": "23/07/2025"}
    assert office.do("officer1.binhlieu", "2025-07-24T09:00", **posted) == 303
    done = office.do("leader.binhlieu", "2025-07-30T09:00", outcome="approve", signed_how="paper")
    assert done == 303
    step = next(t for t in rows(office, tables.tasks) if t["step"] == "LeaderDecision")
    assert step["closed_at"] > step["step_due"]
    lines = {line["step"]: line["result"] for line in rows(office, tables.handovers)}
    assert lines["NumberAndSeal"] == "late"


def test_the_result_in_the_applicants_hand_is_the_last_line(office: Office) -> None:
    code = receive(office)
    settle(office)
    assert office.do("reception1.binhlieu", "2025-08-06T08:00", **BACK) == 303
    line = last(office)
    assert (line["to_role"], line["name"], line["result"]) == ("applicant", "Trả kết quả", "early")
    sheet = office.browser("director.binhlieu").get(f"/dossiers/{code}/control.pdf")
    assert "Người nộp hồ sơ Trả kết quả (người nộp hồ sơ nhận)" in text(sheet.data)


def test_an_answered_opinion_comes_back_and_its_office_is_named_as_coordinating(
    office: Office,
) -> None:
    code = receive(office)
    with office.acting("officer1.binhlieu") as tx:
        id = beside.ask_opinion(tx, 1, "liaison", "VPDK.BL", "Thửa đất có tranh chấp không?", 2)
    task = f"/tasks/{id}"
    office.at("2025-07-15T10:00")
    browser = office.browser("reception2.binhlieu")
    told = {
        "csrf_token": token(browser.get(task).text),
        "do": "complete",
        "position": "agree",
        "opinion": "Không.",
    }
    answered = browser.post(task, data=told)
    assert answered.status_code == 303, text(answered.data)
    line = last(office)
    assert (line["from_unit"], line["to_unit"]) == ("VPDK.BL", "UBND.06838")
    assert line["result"] == "late"  # two working days from the seventh
    sheet = office.browser("director.binhlieu").get(f"/dossiers/{code}/control.pdf")
    assert "Cơ quan phối hợp giải quyết: Chi nhánh" in text(sheet.data)


def test_an_office_whose_question_was_taken_back_does_not_coordinate(office: Office) -> None:
    code = receive(office)
    with office.acting("officer1.binhlieu") as tx:
        id = beside.ask_opinion(tx, 1, "liaison", "VPDK.BL", "Thửa đất có tranh chấp không?", 2)
        beside.withdraw_opinion(tx, id, "Hỏi nhầm")
    browser = office.browser("director.binhlieu")
    sheet = text(browser.get(f"/dossiers/{code}/control.pdf").data)
    assert "Cơ quan phối hợp giải quyết: không có" in sheet
    assert "Rút lại: Cho ý kiến (Hỏi nhầm)" in sheet
    page = read(browser.get(f"/dossiers/{code}").text)
    assert "officer1.binhlieu rút câu hỏi hôm nay, 09:00 Hỏi nhầm" in page
    asked = "Chi nhánh Văn phòng đăng ký đất đai khu vực Bình Liêu: Rút lại: Cho ý kiến"
    assert f"officer1.binhlieu → {asked}" in page


def test_a_stop_has_its_line_and_so_has_the_question_that_needs_no_answer_any_more(
    office: Office,
) -> None:
    code = receive(office)
    with office.acting("officer1.binhlieu") as tx:
        beside.ask_opinion(tx, 1, "liaison", "VPDK.BL", "Thửa đất có tranh chấp không?", 2)
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, 1, "Điều 5 khoản 2")
    told = [
        (line["name"], line["from_unit"], line["to_unit"], line["note"]) for line in lines(office)
    ]
    assert told[-2:] == [
        ("Rút lại: Cho ý kiến", "UBND.06838", "VPDK.BL", "không cần ý kiến nữa"),
        ("Dừng giải quyết", "UBND.06838", "H49.99.01", ""),
    ]
    page = read(office.browser("director.binhlieu").get(f"/dossiers/{code}").text)
    assert "leader.binhlieu rút câu hỏi hôm nay, 09:00 không cần ý kiến nữa" in page


def test_a_stop_at_the_applicants_wish_is_given_by_whoever_enters_it(office: Office) -> None:
    receive(office)
    with office.acting("director.binhlieu") as tx:
        suspending.cancel(tx, 1, "Người nộp đề nghị rút", withdrawn=True)
    assert (last(office)["from_person"], last(office)["from_unit"]) == (
        "director.binhlieu",
        "H49.99.01",
    )


def lines(office: Office) -> list[dict[str, Any]]:
    return [dict(row) for row in rows(office, tables.handovers)]


def test_a_step_nobody_was_allowed_to_do_is_not_late(office: Office) -> None:
    receive(office)
    office.at("2025-07-08T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, 1, "Bão")
    office.at("2025-07-15T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.resume(tx, 1, "Bão")
    assert office.do("officer1.binhlieu", "2025-07-15T10:00", **OK) == 303
    assert last(office)["result"] != "late"


def test_an_opinion_gets_back_the_days_of_a_suspension_and_no_others(office: Office) -> None:
    receive(office)
    with office.acting("officer1.binhlieu") as tx:
        id = beside.ask_opinion(tx, 1, "liaison", "VPDK.BL", "Thửa đất có tranh chấp không?", 2)

    def owed() -> str:
        (row,) = [task for task in rows(office, tables.tasks) if task["id"] == id]
        return f"{row['step_due'].astimezone(ZONE):%d/%m %H:%M}"

    assert owed() == "09/07 17:00"
    storm(office, 8, 9)
    assert owed() == "09/07 17:00"
    office.at("2025-07-09T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, 1, "Bão")
    office.at("2025-07-15T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.resume(tx, 1, "Bão")
    assert owed() == "16/07 17:00"  # the day it goes on is not counted, as by the legal clock


def test_a_step_is_not_late_for_days_the_office_was_closed(office: Office) -> None:
    receive(office)
    office.at("2025-07-08T07:00")
    storm(office, 8, 9, 10)
    assert office.do("officer1.binhlieu", "2025-07-11T10:00", **OK) == 303
    assert last(office)["result"] != "late"


def test_a_step_from_before_a_receipt_set_right_has_its_days_from_there(office: Office) -> None:
    receive(office)
    (before,) = [task["step_due"] for task in rows(office, tables.tasks) if task["state"] == "open"]
    with office.acting("reception1.binhlieu") as tx:
        at = datetime(2025, 7, 4, 9, tzinfo=ZONE)
        reissuing.correct_receipt(tx, 1, at, "Nhập nhầm")
    (after,) = [task["step_due"] for task in rows(office, tables.tasks) if task["state"] == "open"]
    assert (before.day, after.day) == (10, 9)


def test_slip_06_names_both_where_a_substitute_redirects(office: Office) -> None:
    receive(office)
    arrange(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-09T09:00")
    with office.acting("clerk.binhlieu") as tx:
        redirecting.redirect(tx, 1, "UBND.06841", "Sai thẩm quyền")
    assert last(office)["note"].startswith("Thay mặt ")
    assert "Sai thẩm quyền" in last(office)["note"]


def test_slip_06_names_both_once_where_a_substitute_hands_a_task_over(office: Office) -> None:
    receive(office)
    arrange(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-09T09:00")
    to = person(office, "officer2.binhlieu")
    with office.acting("clerk.binhlieu") as tx:
        tasks.reassign(tx, office.open_task(), to, "Đi công tác")
    assert last(office)["note"].startswith("Thay mặt ")
    assert last(office)["note"].count("Thay mặt") == 1


def test_slip_06_names_both_where_a_substitute_hands_the_result_over(office: Office) -> None:
    receive(office)
    settle(office)
    office.at("2025-08-05T12:00")
    pair = (person(office, "reception1.binhlieu"), person(office, "cashier.binhlieu"))
    days = (datetime(2025, 8, 5, tzinfo=ZONE), datetime(2025, 8, 9, tzinfo=ZONE))
    with office.acting("director.binhlieu") as tx:
        absences.arrange_absence(tx, *pair, *days, "Phân công mẫu 01")
    assert office.do("cashier.binhlieu", "2025-08-06T08:00", **BACK) == 303
    assert last(office)["note"].startswith("Thay mặt ")


def storm(office: Office, *days: int) -> None:
    """The province is closed on these days of July; what is open is counted anew."""
    closed = [CalendarDay(date(2025, 7, day), "off", None, "province", "Bão") for day in days]
    with office.acting("admin") as tx:
        calendar.set_days(tx, closed)
        calendar.recount(tx, "Bão")
    while calendar.carry_on(office.database, office.now):
        pass
