"""A storm closes an office: dossiers keep their due dates until somebody says otherwise."""

from __future__ import annotations

from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from engine.commands import calendar, due
from engine.queries.proof import breaches
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import Office, read, token

PAGE = "/calendar"
STORM = {"day": "2025-07-10", "kind": "off", "scope": "H49.99.01", "source": "Nghỉ bão · CĐ mẫu 12"}


def post(office: Office, path: str, **told: object) -> TestResponse:
    browser = office.browser("admin")
    return browser.post(path, data={**told, "csrf_token": token(browser.get(PAGE).text)})


def in_order(office: Office) -> bool:
    with office.database.reading() as connection:
        return breaches(connection, office.now) == ()


def test_a_change_moves_no_dossier_until_it_is_counted_anew(office: Office) -> None:
    code = receive(office)
    (before,) = rows(office, tables.dossiers)
    assert post(office, PAGE, **STORM).status_code == 303
    page = read(office.browser("admin").get(PAGE).text)
    assert "1 hồ sơ đang giải quyết sẽ đổi hạn" in page
    assert "thứ Hai 21/07/2025, 17:00 thứ Ba 22/07/2025, 17:00" in page
    assert "Nghỉ bão · CĐ mẫu 12" in page

    # Somebody works on it: the due date is still the promised one.
    office.at("2025-07-09T10:00")
    browser = office.browser("officer1.binhlieu")
    task = f"/tasks/{office.open_task()}"
    told = {"do": "draft", "csrf_token": token(browser.get(task).text)}
    assert browser.post(task, data=told).status_code == 303
    assert rows(office, tables.dossiers)[0]["due_at"] == before["due_at"]
    assert in_order(office)

    assert post(office, f"{PAGE}/recount", reason=" ").status_code == 422
    assert post(office, f"{PAGE}/recount", reason="Nghỉ bão ngày 10/7").status_code == 303
    while calendar.carry_on(office.database, office.now):
        pass
    (after,) = rows(office, tables.dossiers)
    assert (after["due_at"] - before["due_at"]).days == 1
    assert after["promised_at"] == before["promised_at"]
    assert in_order(office)
    shown = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Tính lại hạn theo lịch mới" in shown
    assert "Nghỉ bão" in shown
    page = read(office.browser("auditor").get(PAGE).text)
    assert "đã xong · đổi hạn: 1" in page
    assert "sẽ đổi hạn" not in page
    # The duties hang on the new instant.
    office.at("2025-07-22T16:00")
    due.run_due(office.database, office.now)
    assert rows(office, tables.dossiers)[0]["escalated"] == "due_soon"


def test_what_stands_is_named_too(office: Office) -> None:
    code = receive(office)
    ask_for_papers(office, "2025-07-11T10:00")
    assert post(office, PAGE, **STORM).status_code == 303
    page = read(office.browser("admin").get(PAGE).text)
    assert "0 hồ sơ đang giải quyết sẽ đổi hạn" in page
    assert f"1 hồ sơ đang dừng, sẽ tính theo lịch mới khi chạy lại: {code}" in page


def test_other_offices_and_later_dossiers_are_not_touched(office: Office) -> None:
    post(office, PAGE, **{**STORM, "scope": "H49.99.03"})
    receive(office)
    assert "sẽ đổi hạn" not in read(office.browser("admin").get(PAGE).text)
    post(office, PAGE, **{**STORM, "scope": "H49.99.03", "day": "2025-07-11"})
    page = read(office.browser("admin").get(PAGE).text)
    assert "0 hồ sơ đang giải quyết sẽ đổi hạn" in page  # one counts with an earlier calendar
    before = rows(office, tables.dossiers)[0]["due_at"]
    post(office, f"{PAGE}/recount", reason="Nghỉ bão")
    while calendar.carry_on(office.database, office.now):
        pass
    (row,) = rows(office, tables.dossiers)
    assert row["due_at"] == before
    assert [item["state"] for item in rows(office, tables.recount_items)] == ["same"]


def test_a_half_day_is_written_with_its_hours(office: Office) -> None:
    half = {**STORM, "kind": "work", "hours": "7:30-11:30", "scope": "province"}
    assert post(office, PAGE, **half).status_code == 303
    assert "07:30–11:30" in read(office.browser("admin").get(PAGE).text)
    for hours in ("11:30-07:30", "25:00-26:00", "sáng", "07:30-11:30, 11:00-12:00"):
        assert post(office, PAGE, **{**half, "hours": hours}).status_code == 422


def test_hours_of_a_day_off_are_not_thrown_away_in_silence(office: Office) -> None:
    before = rows(office, tables.calendar_days)
    for hours, said in (("07:30-11:30", "Nửa ngày: chọn"), ("25:99-x", "Ghi giờ như")):
        told = post(office, PAGE, **{**STORM, "kind": "off", "hours": hours})
        error = BeautifulSoup(told.text, "lxml").select_one("#hours-error")
        assert (told.status_code, error is not None and said in error.text) == (422, True)
    assert rows(office, tables.calendar_days) == before
    for wrong in ({"day": "x"}, {"day": "0001-01-01"}, {"source": " "}, {"scope": "nowhere"}):
        assert post(office, PAGE, **{**STORM, **wrong}).status_code == 422
