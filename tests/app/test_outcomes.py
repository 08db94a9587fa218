"""What does not go straight: an extension with its apology, a stop, and the sheets of the books."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from engine.calendar import ZONE
from engine.commands import due, extending
from engine.queries import sheets
from engine.queries.proof import breaches
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import CHECKED, Office, read, token


def post(office: Office, login: str, path: str, page: str, **told: object) -> TestResponse:
    browser = office.browser(login)
    return browser.post(path, data={**told, "csrf_token": token(browser.get(page).text)})


def text(pdf: bytes) -> str:
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", said.replace("\xa0", " "))


def slip(office: Office, code: str, kind: str) -> str:
    (row,) = [row for row in rows(office, tables.slips) if row["kind"] == kind]
    return text(
        office.browser("leader.binhlieu").get(f"/dossiers/{code}/slips/{row['id']}.pdf").data
    )


def test_a_due_date_is_moved_once_with_an_apology_in_writing(office: Office) -> None:
    code = receive(office)
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/extension"
    office.at("2025-07-18T18:00")
    due.run_due(office.database, office.now)  # one working day before: the leader is told
    page = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "Xin lỗi và gia hạn (mẫu 04)" in page
    page = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Xin lỗi và gia hạn (mẫu 04)" not in page
    for wrong in ({"amount": "3"}, {"amount": "0", "sorry": "x"}, {"amount": "11", "sorry": "x"}):
        assert post(office, "leader.binhlieu", path, care, **wrong).status_code == 422
    told = {"amount": "3", "sorry": "Phải đo đạc lại ranh giới"}
    assert post(office, "leader.binhlieu", path, care, **told).status_code == 303
    said = slip(office, code, "apology")
    for part in (
        "Mẫu số 04",
        "Thời gian hẹn trả kết quả: 17 giờ 00 phút, ngày 21 tháng 7 năm 2025",
        "Phải đo đạc lại ranh giới",
        "17 giờ 00 phút, ngày 24 tháng 7 năm 2025",
        "Uỷ ban nhân dân xã Bình Liêu xin lỗi Ông/Bà",
    ):
        assert part in said, part
    page = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "Xin lỗi và gia hạn đến" in page
    owed = rows(office, tables.dossiers)[0]["due_at"].astimezone(ZONE)
    assert f"{owed:%H:%M %d/%m/%Y}" == "17:00 24/07/2025"
    second = post(office, "leader.binhlieu", path, care, **told)
    assert second.status_code == 422
    assert "đã gia hạn rồi" in read(second.text)
    # The duties hang on the new due date: nothing is late on the old one.
    office.at("2025-07-22T09:00")
    due.run_due(office.database, office.now)
    assert rows(office, tables.dossiers)[0]["escalated"] is None
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


def test_what_is_late_or_stands_is_not_extended(office: Office) -> None:
    code = receive(office)
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/extension"
    told = {"amount": "3", "sorry": "Phải đo đạc lại"}
    office.at("2025-07-22T09:00")
    late = post(office, "leader.binhlieu", path, care, **told)
    assert (late.status_code, "Đã quá hạn" in read(late.text)) == (422, True)
    office.at("2025-07-09T10:00")
    office.do(
        "officer1.binhlieu", "2025-07-09T10:00", **CHECKED, inspected_on="08/07/2025", outcome="ok"
    )
    stands = post(office, "leader.binhlieu", path, care, **told)
    assert (stands.status_code, "Đồng hồ đang dừng" in read(stands.text)) == (422, True)


def test_a_citizen_withdraws_and_takes_slip_05_home(office: Office) -> None:
    code = receive(office)
    care = f"/dossiers/{code}/care"
    told = {"do": "withdraw", "ground": "Đơn xin rút hồ sơ ngày 08/7/2025"}
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303
    said = slip(office, code, "stop")
    for part in ("đề nghị của người nộp hồ sơ", "Đơn xin rút hồ sơ ngày 08/7/2025"):
        assert part in said, part
    assert "Mẫu số" not in said  # the circular of 2018 has no form for it
    lines = [
        row["fact"]["status"] for row in rows(office, tables.journal) if row["kind"] == "status"
    ]
    assert lines[-2:] == [7, 8]


def test_the_control_slip_tells_every_hand_over(office: Office) -> None:
    code = receive(office)
    office.do(
        "officer1.binhlieu", "2025-07-09T10:00", **CHECKED, inspected_on="08/07/2025", outcome="ok"
    )
    said = text(office.browser("reception1.binhlieu").get(f"/dossiers/{code}/control.pdf").data)
    for part in ("Mẫu số 05", "Tiếp nhận 1, Bình Liêu", "Kiểm tra thực địa", "Niêm yết công khai"):
        assert part in said, part
    assert len(re.findall("trước hạn|đúng hạn|quá hạn", said)) == len(
        rows(office, tables.handovers)
    )


def test_the_ledger_of_a_period_lists_what_was_received(office: Office) -> None:
    code = receive(office)
    asked = "/reports/ledger.pdf?centre=H49.99.01&since=2025-07-01&until=2025-07-31"
    said = text(office.browser("director.binhlieu").get(asked).data)
    assert "SỔ THEO DÕI HỒ SƠ" in said
    assert code.replace("-", "") in said.replace("-", "").replace(" ", "")
    assert "Hồ sơ mẫu 07" in said
    before = asked.replace("07-31", "07-06")
    assert "Không có hồ sơ nào" in text(office.browser("director.binhlieu").get(before).data)
    for since, until in (("2025-07-31", "2025-07-01"), ("2020-01-01", "2025-07-01"), ("", "x")):
        wrong = f"/reports/ledger.pdf?centre=H49.99.01&since={since}&until={until}"
        assert office.browser("director.binhlieu").get(wrong).status_code == 422


def test_the_ledger_says_what_was_refused_and_which_day_is_owed_instead(office: Office) -> None:
    receive(office)
    why = {"refusal_basis": "Điều 1 văn bản mẫu", "refusal_reason": "Đất đang có tranh chấp."}
    seen = {**CHECKED, **why, "inspected_on": "08/07/2025", "outcome": "refuse"}
    assert office.do("officer1.binhlieu", "2025-07-08T16:00", **seen) == 303
    assert office.do("leader.binhlieu", "2025-07-09T10:00", outcome="sign", **why) == 303
    office.parked.append(office.open_task())
    office.at("2025-07-10T09:00")
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        extending.extend(tx, 2, 2, "Đo lại ranh giới")
    with office.database.reading() as connection:
        book = sheets.ledger_rows(connection, "H49.99.01", date(2025, 7, 1), date(2025, 7, 31))
    assert [row["note"] for row in book] == ["từ chối giải quyết", "hạn tính lại 28/07/2025"]


def test_a_ledger_of_more_than_a_book_says_so_and_never_leaves_anybody_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(office)
    receive(office)
    asked = "/reports/ledger.pdf?centre=H49.99.01&since=2025-07-01&until=2025-07-31"
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert office.browser("director.binhlieu").get(asked).status_code == 200
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    answer = office.browser("director.binhlieu").get(asked)
    assert answer.status_code == 422
    assert "hơn 1 hồ sơ" in read(answer.text)


LATE = {"legal_at": "08/07/2025 15:00", "legal_reason": "Mất điện từ 15:00 ngày 08/7"}


def test_what_was_decided_on_paper_is_entered_with_its_own_instant(office: Office) -> None:
    code = receive(office)
    care = f"/dossiers/{code}/care"
    told = {"do": "suspend", "ground": "Chờ bản án", **LATE}
    office.at("2025-07-09T10:00")
    for wrong in (
        {"legal_at": "09/07/2025 10:01"},
        {"legal_at": "01/07/2025 10:00"},
        {"legal_at": "07/07/2025 08:59"},  # before it was received
        {"legal_at": "hôm qua"},
        {"legal_reason": " "},
    ):
        answer = post(office, "leader.binhlieu", care, care, **{**told, **wrong})
        assert answer.status_code == 422, wrong
        assert "Mất điện từ 15:00" in answer.text or wrong == {"legal_reason": " "}
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303
    (pause,) = rows(office, tables.dossiers)[0]["history"]["pauses"]
    assert pause["began"] == "2025-07-08T15:00:00+07:00"
    (line,) = [row for row in rows(office, tables.journal) if row["kind"] == "suspended"]
    assert line["fact"]["late"] == LATE["legal_reason"]

    office.at("2025-07-11T10:00")
    told = {"do": "resume", "ground": "Có bản án", **LATE, "legal_at": "10/07/2025 14:00"}
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303
    (pause,) = rows(office, tables.dossiers)[0]["history"]["pauses"]
    assert pause["ended"] == "2025-07-10T14:00:00+07:00"
    told = {"do": "withdraw", "ground": "Đơn xin rút", **LATE, "legal_at": "10/07/2025 13:59"}
    before = post(office, "leader.binhlieu", care, care, **told)
    assert "sớm hơn việc đã ghi trước đó" in read(before.text)
    told["legal_at"] = "10/07/2025 16:00"
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303
    (line,) = [row for row in rows(office, tables.journal) if row["kind"] == "cancelled"]
    assert line["fact"]["at"] == "2025-07-10T16:00:00+07:00"
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


def test_an_extension_decided_in_time_may_be_entered_after_the_due_date(office: Office) -> None:
    code = receive(office)  # due on 21 July, 17:00
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/extension"
    told = {"amount": "3", "sorry": "Phải đo đạc lại"}
    told |= {"extend_legal_at": "21/07/2025 16:00", "extend_legal_reason": "Mất điện"}
    office.at("2025-07-22T09:00")
    page = read(office.browser("leader.binhlieu").get(care).text)
    assert "Xin lỗi và gia hạn" in page
    assert "chỉ nhập ở đây việc gia hạn đã quyết định trên giấy trước hạn" in page.lower()
    assert post(office, "leader.binhlieu", path, care, **told).status_code == 303
    owed = rows(office, tables.dossiers)[0]["due_at"].astimezone(ZONE)
    assert f"{owed:%d/%m}" == "24/07"
    (line,) = [row for row in rows(office, tables.journal) if row["kind"] == "extended"]
    assert line["fact"]["at"] == "2025-07-21T16:00:00+07:00"


def test_whoever_worked_on_a_dossier_stopped_meanwhile_reads_when_and_why(office: Office) -> None:
    code = receive(office)
    path, care = f"/tasks/{office.open_task()}", f"/dossiers/{code}/care"
    officer = office.browser("officer1.binhlieu")
    told = {**CHECKED, "village_head_opinion": "Gõ rất lâu", "inspected_on": "07/07/2025"}
    told |= {"outcome": "ok", "do": "complete", "csrf_token": token(officer.get(path).text)}
    office.at("2025-07-07T10:20")
    stop = {"do": "withdraw", "ground": "Gia đình xin thôi"}
    assert post(office, "leader.binhlieu", care, care, **stop).status_code == 303
    answer = officer.post(path, data=told)
    said = read(answer.text)
    assert answer.status_code == 409
    assert f"Hồ sơ {code} đã dừng giải quyết lúc 10:20 07/07/2025: Gia đình xin thôi" in said
    assert "Người thực hiện" not in said
    assert "Gõ rất lâu" in said  # what was typed stays to be copied


def test_whoever_worked_on_a_step_that_a_timer_took_away_reads_that_it_is_gone(
    office: Office,
) -> None:
    receive(office)
    ask_for_papers(office)
    path, desk = f"/tasks/{office.open_task()}", office.browser("reception1.binhlieu")
    told = {"supplied": "Đã nộp đủ", "supplied_on": "20/08/2025", "do": "complete"}
    told |= {"csrf_token": token(desk.get(path).text)}
    office.at("2025-08-20T18:00")
    due.run_due(office.database, office.now)  # thirty working days of silence
    answer = desk.post(path, data=told)
    said = read(answer.text)
    assert answer.status_code == 409
    assert re.search(r"không còn cần làm nữa \(rút lại lúc \d\d:\d\d \d\d/\d\d/2025\)", said)
    assert "Người thực hiện" not in said
