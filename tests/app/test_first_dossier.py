"""The first dossier, from the counter to the returned result, as browsers post it, scripts off."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.calendar import ZONE
from engine.store import tables
from engine.store.verify import verify
from tests.office import CHECKED, COUNTER, Office, read, token


def counter_form(page: str) -> dict[str, str]:
    """What the counter's page holds before anybody types, its checked boxes and lists included."""
    soup = BeautifulSoup(page, "lxml")
    held: dict[str, str] = {}
    for field in soup.select("main input[name], main textarea[name]"):
        if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.get("type") != "file":
            held[str(field["name"])] = str(field.get("value", ""))
    for field in soup.select("main select[name]"):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        held[str(field["name"])] = str(chosen["value"]) if chosen else ""
    return held


def receive(office: Office, login: str = "reception1.binhlieu", **given: str) -> str:
    """Receive the sample, with what is typed otherwise, at Bình Liêu or elsewhere; its code."""
    browser = office.browser(login)
    page = browser.get("/counter/land-confirmation")
    assert page.status_code == 200
    told = {**counter_form(page.text), **COUNTER, **given, "do": "receive"}
    for name in [name for name in told if name.startswith("paper.")]:
        if name.endswith((".have", ".given")):
            told[name] = "1"
    done = browser.post("/counter/land-confirmation", data=told)
    assert done.status_code == 303, read(done.text)[:1500]
    code = done.headers["Location"].rsplit("/", 1)[-1]
    again = browser.post("/counter/land-confirmation", data=told)
    assert (again.status_code, again.headers["Location"].rsplit("/", 1)[-1]) == (303, code)
    return code


def test_it_walks_from_the_counter_to_the_returned_result(office: Office) -> None:
    code = receive(office)
    assert code == "H49.99.01-250707-0001"
    asked = {
        **CHECKED,
        "inspected_on": "08/07/2025",
        "outcome": "supplement",
        "supplement_items": "Ý kiến của các hộ giáp ranh",
        "supplement_reason": "Giấy tờ đã nộp chưa đủ căn cứ xác định ranh giới.",
    }
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **asked) == 303
    page = read(office.browser("reception1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Đang dừng" in page or "đang dừng" in page
    supplied = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}
    assert office.do("reception1.binhlieu", "2025-07-14T14:00", **supplied) == 303
    fine = {**CHECKED, "inspected_on": "16/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-16T16:00", **fine) == 303
    posted = {
        "posted_from": "16/07/2025",
        "posted_until": "31/07/2025",
        "posted_at": "Trụ sở UBND xã và nhà văn hoá Khu Chang Nà",
        "full_term": "true",
        "outcome": "ok",
    }
    assert office.do("officer1.binhlieu", "2025-08-01T08:30", **posted) == 303
    signed = {"outcome": "approve", "signed_how": "paper"}
    assert office.do("leader.binhlieu", "2025-08-04T09:00", **signed) == 303
    sealed = {"signed_on": "04/08/2025", "sealed_copies": "2", "sealed": "true"}
    assert office.do("clerk.binhlieu", "2025-08-05T10:30", **sealed) == 303
    back = {"receiver": "applicant", "originals_returned": "true"}
    assert office.do("reception1.binhlieu", "2025-08-06T08:00", **back) == 303
    with office.database.reading() as connection:
        dossier = connection.execute(select(tables.dossiers)).one()
        slips = connection.scalars(select(tables.slips.c.kind).order_by(tables.slips.c.id)).all()
        assert verify(connection) is None
    assert (dossier.status, dossier.outcome, slips) == (10, "early", ["receipt", "supplement"])
    assert dossier.due_at == datetime(2025, 8, 11, 17, tzinfo=ZONE)


def test_a_task_done_by_somebody_else_is_409_and_what_was_typed_is_kept(office: Office) -> None:
    receive(office)
    office.at("2025-07-09T10:00")
    late, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    held = token(late.get(path).text)
    fine = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **fine) == 303
    again = late.post(path, data={**fine, "csrf_token": held, "do": "complete"})
    assert again.status_code == 409
    assert "Sử dụng ổn định từ năm 1998" in read(again.text)


def test_a_wrong_form_is_422_and_nothing_typed_is_lost(office: Office) -> None:
    receive(office)
    office.at("2025-07-09T10:00")
    officer, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    page = officer.get(path)
    told = {**CHECKED, "inspected_on": "32/07/2025", "csrf_token": token(page.text)}
    answer = officer.post(path, data={**told, "do": "complete"})
    assert answer.status_code == 422
    assert 'value="32/07/2025"' in answer.text
    assert 'href="#inspected_on"' in answer.text
    assert "Sử dụng ổn định từ năm 1998" in answer.text


def test_an_inspection_of_tomorrow_is_refused_beside_its_field(office: Office) -> None:
    receive(office)
    office.at("2025-07-09T10:00")
    officer, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    told = {**CHECKED, "inspected_on": "10/07/2025", "outcome": "ok"}
    held = token(officer.get(path).text)
    answer = officer.post(path, data={**told, "csrf_token": held, "do": "complete"})
    assert answer.status_code == 422
    error = BeautifulSoup(answer.text, "lxml").select_one("#inspected_on-error")
    assert error is not None
    assert error.text == "Ngày kiểm tra phải trước hoặc bằng hôm nay"


@pytest.mark.parametrize(
    ("login", "status"),
    [("officer1.hoanhmo", 404), ("reception1.binhlieu", 403), ("auditor", 403)],
)
def test_who_may_not_do_a_step_is_told_so(office: Office, login: str, status: int) -> None:
    receive(office)
    path = f"/tasks/{office.open_task()}"
    browser = office.browser(login)
    held = token(browser.get("/dossiers").text)
    assert browser.post(path, data={"csrf_token": held, "do": "complete"}).status_code == status


def test_the_citizen_follows_it_with_the_secret_of_the_slip(office: Office) -> None:
    code = receive(office)
    page = office.browser("reception1.binhlieu").get(f"/counter/receipts/{code}")
    found = re.search(r"/track/[^\"'\s]*\?s=([0-9A-Z-]+)", page.text)
    stranger = office.app.test_client()
    if found is None:
        found = re.search(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\b", read(page.text))
    assert found is not None
    shown = stranger.get(f"/track/{code}?s={found[1]}")
    assert shown.status_code == 200
    assert len(shown.data) < 30_000
    told = read(shown.text)
    assert "Xác nhận tình trạng đất đai" in told
    assert "Hồ sơ mẫu 07" not in told
    assert "022080000007" not in told
    assert stranger.get(f"/track/{code}?s=AAAA-AAAA-AAAA-AAAA").status_code in (403, 404, 422)


def test_the_citizen_id_is_shown_whole_only_to_who_asks_and_the_journal_says_so(
    office: Office,
) -> None:
    code = receive(office)
    officer = office.browser("officer1.binhlieu")
    for path in (f"/tasks/{office.open_task()}", f"/dossiers/{code}", "/tasks?view=office"):
        page = officer.get(path).text
        assert "022080000007" not in page
        assert "0220******07" in page
    asked = {"csrf_token": token(officer.get(f"/dossiers/{code}").text)}
    shown = officer.post(f"/dossiers/{code}/citizen-id", data=asked)
    assert "022080000007" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    page = read(officer.get(f"/dossiers/{code}").text)
    assert "Xem số định danh đầy đủ" in page
    assert "022080000007" not in page
    stranger = office.browser("officer1.hoanhmo")
    asked = {"csrf_token": token(stranger.get("/dossiers").text)}
    assert stranger.post(f"/dossiers/{code}/citizen-id", data=asked).status_code == 404


def test_a_leader_hands_a_task_to_a_named_person_with_a_reason(office: Office) -> None:
    receive(office)
    director, path = office.browser("director.binhlieu"), f"/tasks/{office.open_task()}"
    leader = office.browser("leader.binhlieu")
    page = leader.get(path)
    people = BeautifulSoup(page.text, "lxml").select("#person option")
    assert [person.text.split(" ")[0] for person in people] == [
        "officer1.binhlieu",
        "officer2.binhlieu",
    ]
    told = {"csrf_token": token(page.text), "person": str(people[1]["value"]), "reason": ""}
    without = leader.post(f"{path}/hand", data=told)
    assert without.status_code == 422
    assert "Ghi lý do chuyển việc" in without.text
    done = leader.post(f"{path}/hand", data={**told, "reason": "Người phụ trách đi vắng"})
    assert done.status_code == 303
    page = leader.get(path)
    assert "officer2.binhlieu đang giữ việc này" in read(page.text)
    assert "Chuyển người làm “Kiểm tra thực địa” Người phụ trách đi vắng" in read(page.text)
    officer = office.browser("officer1.binhlieu")
    told["csrf_token"] = token(officer.get("/tasks").text)
    assert officer.post(f"{path}/hand", data={**told, "reason": "x"}).status_code == 403
    assert director.get(path).status_code == 200


def test_a_bulk_button_with_nothing_ticked_says_so(office: Office) -> None:
    receive(office)
    officer = office.browser("officer1.binhlieu")
    told = {"csrf_token": token(officer.get("/tasks?view=office").text), "view": "office"}
    for verb in ("claim", "release"):
        seen = officer.post("/tasks", data={**told, verb: ""}, follow_redirects=True)
        assert "Chưa chọn việc nào: hãy đánh dấu ít nhất một việc." in read(seen.text)
