"""How results leave the house: by whom, how and where; and what they cost."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader

from engine.calendar import ZONE
from engine.commands import dossiers, extending, folders, payments, reissuing, returning, suspending
from engine.commands.case import Case, open_case
from engine.commands.due import run_due
from engine.errors import BadInstant
from engine.package import Fee, Text
from engine.queries.proof import breaches
from engine.store import tables
from engine.store.database import Transaction
from engine.words import sentence
from tests.app.test_absences import person
from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_outcomes import post, slip, text
from tests.commands.test_bad_input import told as at_the_counter
from tests.commands.test_moving import read as rows
from tests.journeys import ASKED, BACK, ask_for_papers, settle
from tests.office import COUNTER, Office, open_office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

SOMEBODY = {
    "receiver": "representative",
    "receiver_name": "Người nhận thay mẫu 08",
    "receiver_id": "022085000008",
}


def picture() -> tuple[io.BytesIO, str]:
    held = io.BytesIO()
    Image.new("1", (8, 8)).save(held, "PNG")
    held.seek(0)
    return held, "uy quyen.png"


def hand(office: Office, **answers: object) -> tuple[int, str]:
    """Press the return step's button; the answer's status and what the page reads."""
    office.at("2025-08-06T08:00")
    path = f"/tasks/{office.open_task()}"
    browser = office.browser("reception1.binhlieu")
    told = {**answers, "csrf_token": token(browser.get(path).text), "do": "complete"}
    answer = browser.post(path, data=told)
    return answer.status_code, read(answer.text)


def dossier(office: Office) -> dict[str, object]:
    (row,) = rows(office, tables.dossiers)
    return row


def test_nobody_else_gets_the_result_without_an_authorisation(office: Office) -> None:
    receive(office)
    settle(office)
    assert dossier(office)["handover"] == "waiting"
    status, said = hand(office, **SOMEBODY)
    assert (status, "Chọn giấy uỷ quyền" in said) == (422, True)
    status, said = hand(office, **SOMEBODY, authorised_by="new")
    assert (status, "không có giấy uỷ quyền thì không trả kết quả" in said) == (422, True)
    assert "Chụp giấy uỷ quyền và đính kèm" in said
    status, said = hand(office, **SOMEBODY, authorised_by="filed")
    assert (status, "không có giấy uỷ quyền cho người mang số định danh này" in said) == (422, True)
    assert "Người nhận thay mẫu 08" in said or dossier(office)["status"] == 9
    paper = {"authorisation": "Số 12/2025, UBND xã Bình Liêu", "authorisation_scan": picture()}
    status, _ = hand(office, **SOMEBODY, authorised_by="new", **paper)
    assert (status, dossier(office)["handover"]) == (303, "representative")
    (scan,) = rows(office, tables.documents)
    assert scan["paper"] == "field:authorisation_scan"
    page = read(office.browser("director.binhlieu").get("/dossiers").text)
    assert "Đã trả kết quả" in page


def test_the_person_who_was_authorised_at_receipt_needs_no_second_paper(office: Office) -> None:
    receive(
        office,
        **{
            "applicant.represented": "1",
            "representative.name": "Người nhận thay mẫu 08",
            "representative.citizen_id": "022085000008",
            "representative.authorisation": "Số 12/2025",
            "paper.authorisation.quantity": "1",
        },
    )
    settle(office)
    other = {**SOMEBODY, "receiver_id": "022085000009", "authorised_by": "filed"}
    assert hand(office, **other)[0] == 422
    assert hand(office, **SOMEBODY, authorised_by="filed")[0] == 303


def test_by_post_and_electronically_the_state_says_so(office: Office) -> None:
    code = receive(office, return_by="post")
    assert "Qua dịch vụ bưu chính công ích" in slip(office, code, "receipt")
    settle(office)
    assert "gui qua buu chinh den dia chi da dang ky" in rows(office, tables.notices)[-1]["body"]
    status, said = hand(office, receiver="electronic")
    assert (status, "Chưa có bản điện tử của kết quả" in said) == (422, True)
    assert hand(office, receiver="post")[0] == 422
    assert hand(office, receiver="post", postal_code="EE000000001VN")[0] == 303
    assert dossier(office)["handover"] == "posted"
    page = read(office.browser("reception1.binhlieu").get(f"/dossiers/{code}").text)
    assert "đã gửi bưu chính" in page


def test_an_electronic_return_needs_the_scan_that_was_sealed(office: Office) -> None:
    receive(office, return_by="electronic")
    settle(office, result_scan=picture())
    assert hand(office, receiver="electronic")[0] == 303
    assert dossier(office)["handover"] == "electronic"


def test_two_people_cannot_return_one_result(office: Office) -> None:
    receive(office)
    settle(office)
    office.at("2025-08-06T08:00")
    path = f"/tasks/{office.open_task()}"
    first, second = (office.browser(f"reception{n}.binhlieu") for n in (1, 2))
    told = [
        {**BACK, "csrf_token": token(b.get(path).text), "do": "complete"} for b in (first, second)
    ]
    assert first.post(path, data=told[0]).status_code == 303
    late = second.post(path, data=told[1])
    assert (late.status_code, "Tiếp nhận 1, Bình Liêu" in read(late.text)) == (409, True)
    returned = [r for r in rows(office, tables.journal) if r["kind"] == "handed"]
    assert len(returned) == 1


def test_the_result_waits_where_the_applicant_wants_it(office: Office) -> None:
    code = receive(office, "reception1.hoanhmo", commune="06838", return_at="H49.99.02")
    row = dossier(office)
    assert (row["receiving"], row["deciding"], row["return_at"]) == (
        "H49.99.03", "UBND.06838", "H49.99.02",
    )  # fmt: skip
    settle(office)
    (task,) = [t for t in rows(office, tables.tasks) if t["state"] == "open"]
    assert (task["step"], task["unit"]) == ("ReturnResult", "H49.99.02")
    assert "xa Luc Hon" in rows(office, tables.notices)[-1]["body"]
    for login in ("reception1.hoanhmo", "officer1.binhlieu", "reception1.luchon"):
        assert office.browser(login).get(f"/dossiers/{code}").status_code == 200, login
    assert office.browser("reception1.binhlieu").get(f"/dossiers/{code}").status_code == 404
    # The applicant thinks better of it: the step goes back to where the dossier was received.
    desk = f"/dossiers/{code}/desk"
    told = {"return_by": "counter", "return_at": "H49.99.03"}
    path = f"/dossiers/{code}/return"
    assert post(office, "reception1.hoanhmo", path, desk, **told).status_code == 303
    (task,) = [t for t in rows(office, tables.tasks) if t["state"] == "open"]
    assert task["unit"] == "H49.99.03"
    wrong = {"return_by": "counter", "return_at": "UBND.06838"}
    refused = post(office, "reception1.hoanhmo", path, desk, **wrong)
    assert refused.status_code == 422


def test_a_lost_receipt_is_issued_anew_and_the_old_secret_opens_nothing(office: Office) -> None:
    code = receive(office)
    (told,) = rows(office, tables.notices)
    old = re.search(r"\?s=([0-9A-Z-]+)", told["body"])
    assert old is not None
    desk, path = f"/dossiers/{code}/desk", f"/dossiers/{code}/receipts"
    empty = post(office, "reception1.binhlieu", path, desk, do="lost", lost_reason=" ")
    assert empty.status_code == 422
    lost = post(
        office, "reception1.binhlieu", path, desk, do="lost", lost_reason="Báo mất 08/7/2025"
    )
    assert lost.status_code == 303
    page = read(office.browser("reception1.binhlieu").get(lost.headers["Location"]).text)
    secret = re.search(r"Mã bí mật để tra cứu: ([0-9A-Z-]+)", page)
    assert secret is not None
    citizen = office.app.test_client()
    assert citizen.get(f"/track/{code}?s={old[1]}").status_code == 404
    assert citizen.get(f"/track/{code}?s={secret[1]}").status_code == 200
    issued = [r for r in rows(office, tables.slips) if r["kind"] == "receipt"]
    assert [r["round"] for r in issued] == [1, 2]
    pdf = office.browser("reception1.binhlieu").get(f"/dossiers/{code}/slips/{issued[1]['id']}.pdf")
    assert f"Thay giấy số {issued[0]['number']} (cấp lại do mất: Báo mất 08/7/2025)" in text(
        pdf.data
    )


def test_a_misprint_is_corrected_and_the_new_receipt_says_which_it_replaces(office: Office) -> None:
    code = receive(office)
    desk, path = f"/dossiers/{code}/desk", f"/dossiers/{code}/receipts"
    same = {"name": "Hồ sơ mẫu 07", "address": "Khu mẫu, xã Bình Liêu, tỉnh Quảng Ninh",
            "phone": "0900000007", "email": ""}  # fmt: skip
    nothing = post(office, "reception1.binhlieu", path, desk, do="correct", reason="x", **same)
    assert nothing.status_code == 422
    right = {**same, "name": "Hồ sơ mẫu 70", "reason": "In sai họ tên"}
    assert post(office, "reception1.binhlieu", path, desk, do="correct", **right).status_code == 303
    assert dossier(office)["applicant_name"] == "Hồ sơ mẫu 70"
    page = read(office.browser("reception1.binhlieu").get("/dossiers?q=mau+70").text)
    assert code in page
    last = [r for r in rows(office, tables.slips) if r["kind"] == "receipt"][-1]
    pdf = office.browser("reception1.binhlieu").get(f"/dossiers/{code}/slips/{last['id']}.pdf")
    assert "Tiếp nhận hồ sơ của: Hồ sơ mẫu 70" in text(pdf.data)
    assert "đính chính: In sai họ tên" in text(pdf.data)
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


def test_a_reprint_is_the_stored_slip_with_the_mark_of_a_copy(office: Office) -> None:
    code = receive(office)
    (row,) = rows(office, tables.slips)
    browser = office.browser("director.binhlieu")
    stored = browser.get(f"/dossiers/{code}/slips/{row['id']}.pdf").data
    copy = browser.get(f"/dossiers/{code}/slips/{row['id']}/copy.pdf").data
    assert "BẢN SAO" not in text(stored)
    pages = PdfReader(io.BytesIO(copy)).pages
    assert len(pages) == len(PdfReader(io.BytesIO(stored)).pages) == 2
    assert all("BẢN SAO · in lại 09:00 07/07/2025" in page.extract_text() for page in pages)
    assert code in text(copy)
    assert browser.get(f"/dossiers/{code}/slips/{row['id']}.pdf").data == stored
    kinds = [line["kind"] for line in rows(office, tables.journal)]
    assert "reprinted" in kinds


def test_the_forms_of_the_day_are_printed_and_each_copy_says_whose_it_is(office: Office) -> None:
    code = receive(office)
    first = slip(office, code, "receipt")
    assert "Liên 1: giao người nộp hồ sơ" in first and "Liên 2: lưu kèm hồ sơ" in first
    control = f"/dossiers/{code}/control.pdf"
    assert "Mẫu số 05" in text(office.browser("director.binhlieu").get(control).data)
    office.at("2025-09-15T08:00")  # the circular of 2025 applies
    assert "Mẫu số 06" in text(office.browser("director.binhlieu").get(control).data)


def test_a_dossier_goes_to_the_competent_office_with_its_open_step(office: Office) -> None:
    code = receive(office)
    due = dossier(office)["due_at"]
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/redirection"
    wrong = {"competent": "H49.99.02", "redirect_reason": "Đất ở xã khác"}
    assert post(office, "leader.binhlieu", path, care, **wrong).status_code == 422
    told = {"competent": "UBND.06841", "redirect_reason": "Đất ở xã khác"}
    assert post(office, "leader.binhlieu", path, care, **told).status_code == 303
    (task,) = [t for t in rows(office, tables.tasks) if t["state"] == "open"]
    assert (task["unit"], dossier(office)["deciding"]) == ("UBND.06841", "UBND.06841")
    assert dossier(office)["due_at"] == due
    assert office.browser("officer1.hoanhmo").get(f"/tasks/{task['id']}").status_code == 200
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


def test_a_folder_moves_when_both_sides_say_so(office: Office) -> None:
    code = receive(office)
    giver, taker = office.browser("reception1.binhlieu"), office.browser("officer1.binhlieu")
    page = giver.get("/folders").text
    assert code in read(page)
    assert code not in read(taker.get("/folders").text)
    told = {"csrf_token": token(page), "folder": "1", "to": "UBND.06838", "do": "send"}
    assert giver.post("/folders", data=told).status_code == 303
    giver.post("/folders", data=told)  # a double click gives nothing twice
    (row,) = rows(office, tables.folders)
    assert dossier(office)["folder_at"] is None
    page = taker.get("/folders").text
    assert code in read(page)
    took = {"csrf_token": token(page), "folder": str(row["id"]), "do": "take"}
    assert taker.post("/folders", data=took).status_code == 303
    taker.post("/folders", data=took)
    assert dossier(office)["folder_at"] == "UBND.06838"
    control = text(giver.get(f"/dossiers/{code}/control.pdf").data)
    line = "Tiếp nhận 1, Bình Liêu; Trung tâm Phục vụ hành chính công xã Bình Liêu Công chức"
    assert control.count("Hồ sơ giấy; người nhận: Công chức địa chính, Bình Liêu") == 1
    (handed,) = [r for r in rows(office, tables.handovers) if r["note"].startswith("Hồ sơ giấy")]
    assert handed["from_person"] == "reception1.binhlieu"
    assert control.count(line) == 2  # the dossier at receipt, and its folder
    assert "Hồ sơ giấy ở Uỷ ban nhân dân xã Bình Liêu" in read(giver.get(f"/dossiers/{code}").text)


def test_the_counter_sends_to_the_competent_office_in_writing(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    page = browser.get("/counter/land-confirmation").text
    told = {"csrf_token": token(page), "key": "r1", "applicant.name": "Hồ sơ mẫu 09",
            "do": "redirect", "reason": "Không thuộc thẩm quyền của Trung tâm"}  # fmt: skip
    assert browser.post("/counter/land-confirmation", data=told).status_code == 422
    told["redirect_to"] = "Thuế cơ sở mẫu, xã Bình Liêu"
    done = browser.post("/counter/land-confirmation", data=told)
    assert done.status_code == 303
    assert "Thuế cơ sở mẫu" in read(browser.get(done.headers["Location"]).text)
    pdf = text(browser.get(done.headers["Location"] + "/slip.pdf").data)
    assert "Đề nghị nộp hồ sơ tại: Thuế cơ sở mẫu, xã Bình Liêu" in pdf
    assert rows(office, tables.dossiers) == []


def charged(office: Office) -> str:
    """A dossier that owes a fee."""
    code = receive(office)
    with office.acting("reception1.binhlieu") as tx:
        case = open_case(1, tx)
        fee = Fee("map", Text("Phí trích lục", "Map fee"), 30_000, None, "receipt")
        first = payments.charge(case, fee, 30_000)
        assert payments.charge(case, fee, 30_000) == first
        case.save()
    return code


def test_whoever_returns_the_result_is_told_what_has_not_been_paid(office: Office) -> None:
    code = charged(office)
    browser = office.browser("officer1.binhlieu")
    assert "Chưa thu tiền" not in read(browser.get(f"/tasks/{office.open_task()}").text)
    settle(office)
    counter, path = office.browser("reception1.binhlieu"), f"/tasks/{office.open_task()}"
    said = read(counter.get(path).text).replace("\xa0", " ")
    assert "Chưa thu tiền. Phí trích lục: 30.000 đ" in said
    post(office, "cashier.binhlieu", f"/dossiers/{code}/payments/1", f"/dossiers/{code}",
         do="collect", how="cash", receipt="AA/01")  # fmt: skip
    assert "Chưa thu tiền" not in read(counter.get(path).text)


@pytest.mark.parametrize("act", ["collect", "waive", "refund"])
def test_a_fee_is_settled_once(office: Office, act: str) -> None:
    code = charged(office)
    page = read(office.browser("cashier.binhlieu").get(f"/dossiers/{code}").text)
    assert "Phí trích lục : 30.000 đ" in page.replace("\xa0", " ")
    path, on = f"/dossiers/{code}/payments/1", f"/dossiers/{code}"
    if act == "refund":
        post(office, "cashier.binhlieu", path, on, do="collect", how="transfer", receipt="AA/01")
    told = {
        "do": act,
        "how": "cash",
        "receipt": "AA/01",
        "why": "" if act == "collect" else "Hộ nghèo",
    }
    post(office, "cashier.binhlieu", path, on, **told)
    (row,) = rows(office, tables.payments)
    assert row["state"] == {"collect": "paid", "waive": "waived", "refund": "refunded"}[act]
    post(office, "cashier.binhlieu", path, on, **{**told, "do": "waive", "why": "Lần nữa"})
    (again,) = rows(office, tables.payments)
    assert again == row


def test_a_leader_lets_a_named_limit_apply_and_the_ledger_says_so(
    database_url: str, tmp_path: Path
) -> None:
    office = open_office(database_url, tmp_path / "files", "marital-status")
    counter = {
        **{name: value for name, value in COUNTER.items() if name.startswith("applicant.")},
        "purpose": "marriage",
        "partner_name": "Người dự định kết hôn mẫu 11",
        "partner_born_on": "04/03/1992",
        "wedding_place": "UBND xã Bình Liêu",
        "marital_status": "never",
        "former_residence": "no",
        "paper.request.quantity": "1",
    }
    browser = office.browser("reception1.binhlieu")
    page = browser.get("/counter/marital-status").text
    told = {**counter_form(page), **counter, "do": "receive"}
    received = browser.post("/counter/marital-status", data=told)
    assert received.status_code == 303, read(received.text)[:900]
    code = received.headers["Location"].rsplit("/", 1)[-1]
    assert f"{dossier(office)['due_at']:%d/%m/%Y}" == "10/07/2025"
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/limit"
    shown = read(office.browser("leader.binhlieu").get(care).text)
    assert "Có xác minh ở nơi từng thường trú: 23 ngày" in shown
    assert "Gia hạn thêm mấy ngày làm việc" in shown
    wrong = {"limit": "made-up", "limit_reason": "Cần xác minh"}
    assert post(office, "leader.binhlieu", path, care, **wrong).status_code == 422
    silent = {"limit": "verification", "limit_reason": " "}
    assert post(office, "leader.binhlieu", path, care, **silent).status_code == 422
    right = {"limit": "verification", "limit_reason": "Phải xác minh tại nơi cư trú cũ"}
    office.at("2025-07-11T08:00")
    late = post(office, "leader.binhlieu", path, care, **right)
    assert (late.status_code, "Đã quá hạn lúc 17:00 10/07/2025" in read(late.text)) == (422, True)
    office.at("2025-07-10T16:00")
    assert post(office, "leader.binhlieu", path, care, **right).status_code == 303
    assert f"{dossier(office)['due_at']:%d/%m/%Y}" == "30/07/2025"
    page = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "Đổi thời hạn áp dụng" in page
    assert "Có xác minh ở nơi từng thường trú" in page
    assert "Áp dụng thời hạn khác" not in read(office.browser("leader.binhlieu").get(care).text)
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()
    office.database.dispose()


def test_a_folder_given_to_the_wrong_office_is_taken_back_until_it_is_confirmed(
    office: Office,
) -> None:
    code = receive(office)
    giver, taker = office.browser("reception1.binhlieu"), office.browser("officer1.binhlieu")
    told = {"csrf_token": token(giver.get("/folders").text), "folder": "1", "to": "UBND.06838"}
    giver.post("/folders", data={**told, "do": "send"})
    (row,) = rows(office, tables.folders)
    back = {**told, "folder": str(row["id"]), "do": "back"}
    held = {"csrf_token": token(taker.get("/folders").text), "folder": back["folder"]}
    assert taker.post("/folders", data={**held, "do": "back"}).status_code == 403
    for _ in range(2):  # a double click
        assert giver.post("/folders", data=back).status_code == 303
    assert rows(office, tables.folders) == []
    assert "Lấy lại hồ sơ giấy chưa giao" in read(giver.get(f"/dossiers/{code}").text)
    assert taker.post("/folders", data={**held, "do": "take"}).status_code == 303
    assert dossier(office)["folder_at"] is None
    giver.post("/folders", data={**told, "do": "send"})
    (row,) = rows(office, tables.folders)
    taker.post("/folders", data={**held, "folder": str(row["id"]), "do": "take"})
    late = giver.post("/folders", data={**back, "folder": str(row["id"])})
    assert late.status_code == 409
    said = f"Bên nhận đã xác nhận hồ sơ giấy {code}, không lấy lại được nữa."
    assert said in read(late.text)
    assert "chưa ghi gì cho các hồ sơ đánh dấu" not in read(late.text)
    assert dossier(office)["folder_at"] == "UBND.06838"


def test_of_two_folders_taken_back_one_that_has_arrived_is_named_and_the_other_stays_ticked(
    office: Office,
) -> None:
    arrived, other = receive(office), receive(office)
    giver, taker = office.browser("reception1.binhlieu"), office.browser("officer1.binhlieu")
    told = {"csrf_token": token(giver.get("/folders").text), "to": "UBND.06838"}
    giver.post("/folders", data={**told, "folder": ["1", "2"], "do": "send"})
    first, second = rows(office, tables.folders)
    held = {"csrf_token": token(taker.get("/folders").text), "folder": str(first["id"])}
    taker.post("/folders", data={**held, "do": "take"})
    both = [str(first["id"]), str(second["id"])]
    answer = giver.post("/folders", data={**told, "folder": both, "do": "back"})
    assert answer.status_code == 409
    seen = read(answer.text)
    assert f"Bên nhận đã xác nhận hồ sơ giấy {arrived}, không lấy lại được nữa." in seen
    assert "chưa ghi gì cho các hồ sơ đánh dấu cùng lần này" in seen
    ticked = BeautifulSoup(answer.text, "lxml").select("input[name=folder][checked]")
    assert [box["aria-label"] for box in ticked] == [other]
    assert len(rows(office, tables.folders)) == 2


def test_a_folder_goes_only_to_an_office_with_a_part_in_the_dossier(office: Office) -> None:
    receive(office)
    giver = office.browser("reception1.binhlieu")
    told = {"csrf_token": token(giver.get("/folders").text), "folder": "1", "to": "UBND.06841"}
    answer = giver.post("/folders", data={**told, "do": "send"}, follow_redirects=True)
    assert "không tham gia giải quyết hồ sơ" in read(answer.text)
    assert rows(office, tables.folders) == []


def test_an_opinion_asked_elsewhere_moves_no_folder(office: Office) -> None:
    code = receive(office)
    giver, taker = office.browser("reception1.binhlieu"), office.browser("officer1.binhlieu")
    told = {"csrf_token": token(giver.get("/folders").text), "folder": "1", "to": "UBND.06838"}
    giver.post("/folders", data={**told, "do": "send"})
    (row,) = rows(office, tables.folders)
    took = {"csrf_token": token(taker.get("/folders").text), "folder": str(row["id"])}
    taker.post("/folders", data={**took, "do": "take"})
    page = f"/dossiers/{code}"
    asked = {"unit": "VPDK.BL", "role": "liaison", "question": "Có tranh chấp?", "days": "3"}
    assert post(office, "officer1.binhlieu", f"{page}/opinions", page, **asked).status_code == 303
    assert code not in read(taker.get("/folders").text)


def test_a_folder_is_taken_on_ones_own_post_before_one_lent(office: Office) -> None:
    receive(office)
    path = "/absences"
    absent = {
        "person": str(person(office, "officer1.binhlieu")),
        "substitute": str(person(office, "clerk.binhlieu")),
        "since": "2025-07-08", "until": "2025-07-11", "basis": "Giấy uỷ quyền mẫu 06/2025",
    }  # fmt: skip
    assert post(office, "leader.binhlieu", path, path, **absent).status_code == 303
    office.at("2025-07-09T08:00")
    giver, taker = office.browser("reception1.binhlieu"), office.browser("clerk.binhlieu")
    told = {"csrf_token": token(giver.get("/folders").text), "folder": "1", "to": "UBND.06838"}
    giver.post("/folders", data={**told, "do": "send"})
    (row,) = rows(office, tables.folders)
    took = {"csrf_token": token(taker.get("/folders").text), "folder": str(row["id"])}
    assert taker.post("/folders", data={**took, "do": "take"}).status_code == 303
    (line,) = [one for one in rows(office, tables.handovers) if "Hồ sơ giấy" in one["note"]]
    assert (line["to_role"], "thay mặt" in line["note"]) == ("clerk", False)


def test_two_offices_that_move_the_same_folders_never_wait_for_each_other(office: Office) -> None:
    first, second = receive(office), receive(office)
    giver = office.browser("reception1.binhlieu")
    told = {"csrf_token": token(giver.get("/folders").text), "to": "UBND.06838", "do": "send"}
    for folder in ("2", "1"):  # the younger dossier's hand-over is the older one
        giver.post("/folders", data={**told, "folder": folder})
    locked: list[int] = []
    held = folders.open_case

    def watched(dossier: int, tx: Transaction) -> Case:
        locked.append(dossier)
        return held(dossier, tx)

    with pytest.MonkeyPatch.context() as patch, office.acting("officer1.binhlieu") as tx:
        patch.setattr(folders, "open_case", watched)
        assert folders.take(tx, [row["id"] for row in rows(office, tables.folders)]) == 2
    assert locked == sorted(locked) and len(locked) == 2
    assert first != second


def receipts(office: Office) -> list[dict[str, object]]:
    return [row["data"] for row in rows(office, tables.slips) if row["kind"] == "receipt"]


def test_a_receipt_printed_anew_explains_the_date_it_prints(office: Office) -> None:
    code = receive(office)
    ask_for_papers(office)
    given = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}
    assert office.do("reception1.binhlieu", "2025-07-14T14:00", **given) == 303
    office.at("2025-07-15T10:00")
    with office.acting("leader.binhlieu") as tx:
        extending.extend(tx, dossier(office)["id"], 2, "Phải đo đạc lại")
    number = rows(office, tables.slips)[-1]["number"]
    desk, path = f"/dossiers/{code}/desk", f"/dossiers/{code}/receipts"
    for _ in range(2):
        told = {"do": "lost", "lost_reason": "Báo mất"}
        assert post(office, "reception1.binhlieu", path, desk, **told).status_code == 303
    first, *anew = receipts(office)
    due = dossier(office)["due_at"].astimezone(ZONE)
    now = f"Hạn hiện nay: 17 giờ 00 phút, ngày {due:%d/%m/%Y}, theo phiếu số {number}."
    for one in anew:
        assert one["promised_at"] == first["promised_at"]
        assert one["explanation"] == [*first["explanation"], now]  # type: ignore[misc]


def test_a_wrong_instant_of_receipt_is_set_right_with_a_new_receipt(office: Office) -> None:
    code = receive(office)  # on Monday 7 July, 9:00; due on 21 July
    desk, path = f"/dossiers/{code}/desk", f"/dossiers/{code}/receipt-time"
    office.at("2025-07-08T09:00")

    def correct(at: str, reason: str = "Gõ nhầm ngày") -> int:
        told = {"received_at": at, "received_reason": reason}
        return post(office, "reception1.binhlieu", path, desk, **told).status_code

    assert correct("04/07/2025 10:00", " ") == 422
    for wrong in ("07/07/2025 09:01", "29/06/2025 09:00", "07/07/2025 09:00", "hôm qua"):
        assert correct(wrong) == 422, wrong
    assert correct("04/07/2025 10:00") == 303
    row = dossier(office)
    assert f"{row['received_at'].astimezone(ZONE):%d/%m %H:%M}" == "04/07 10:00"
    for name in ("due_at", "promised_at"):
        assert f"{row[name].astimezone(ZONE):%d/%m %H:%M}" == "18/07 17:00", name
    last = rows(office, tables.slips)[-1]
    said = text(
        office.browser("reception1.binhlieu").get(f"/dossiers/{code}/slips/{last['id']}.pdf").data
    )
    for part in (
        "Thời gian nhận hồ sơ: 10 giờ 00 phút, ngày 04 tháng 7 năm 2025",
        "17 giờ 00 phút, ngày 18 tháng 7 năm 2025",
        "không tính ngày nhận hồ sơ (04/07/2025)",
        "sửa thời điểm nhận: Gõ nhầm ngày",
    ):
        assert part in said, part
    assert "Hạn hiện nay" not in said
    page = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "sửa thời điểm nhận, trước đó ghi 09:00 ngày 07/07/2025: Gõ nhầm ngày" in page
    office.at("2025-07-18T18:00")  # the duties hang on the date that is owed now
    run_due(office.database, office.now)
    assert dossier(office)["escalated"] == "due_passed"
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


def test_a_receipt_is_not_set_later_than_what_was_done_since(office: Office) -> None:
    office.at("2025-07-09T09:00")
    code = receive(office)
    id = dossier(office)["id"]
    with office.acting("reception1.binhlieu") as tx:
        reissuing.correct_receipt(tx, id, datetime(2025, 7, 7, 8, tzinfo=ZONE), "Giấy nhận")
    office.at("2025-07-09T10:00")
    task = f"/tasks/{office.open_task()}"
    on_paper = {
        **ASKED,
        "do": "complete",
        "legal_at": "08/07/2025 10:00",
        "legal_reason": "Mất điện",
    }
    assert post(office, "officer1.binhlieu", task, task, **on_paper).status_code == 303
    with office.acting("reception1.binhlieu") as tx, pytest.raises(BadInstant) as refused:
        reissuing.correct_receipt(tx, id, datetime(2025, 7, 8, 11, tzinfo=ZONE), "Nhầm")
    assert "10:00 08/07/2025" in sentence(refused.value)
    assert code


@pytest.mark.parametrize("withdrawn", [True, False])
def test_the_folder_of_a_stopped_dossier_goes_back_to_where_the_papers_are_fetched(
    office: Office, withdrawn: bool
) -> None:
    code = receive(office, return_at="H49.99.02")
    with office.acting("reception1.binhlieu") as tx:
        folders.send(tx, [1], "UBND.06838")
    with office.acting("officer1.binhlieu") as tx:
        folders.take(tx, [1])
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, 1, "Người nộp xin rút", withdrawn=withdrawn)
    path, giver = "/folders", office.browser("officer1.binhlieu")
    page = read(giver.get(path).text)
    assert code in page
    assert "Lục Hồn" in page
    assert "Trả lại giấy tờ" in page
    answer = post(office, "officer1.binhlieu", path, path, folder="1", to="H49.99.02", do="send")
    assert answer.status_code == 303
    assert "Trả lại giấy tờ" not in read(giver.get(path).text)
    taker = office.browser("reception1.luchon")
    assert code in read(taker.get(path).text)
    with office.acting("reception1.luchon") as tx:
        folders.take(tx, [rows(office, tables.folders)[-1]["id"]])
    assert code not in read(taker.get(path).text), "it lies where it is fetched"


def test_a_centre_that_the_applicant_no_longer_wants_sees_nothing_any_more(office: Office) -> None:
    code = receive(office, "reception1.hoanhmo", commune="06838", return_at="H49.99.02")
    assert office.browser("reception1.luchon").get(f"/dossiers/{code}").status_code == 200
    with office.acting("reception1.hoanhmo") as tx:
        returning.choose(tx, 1, "counter", "H49.99.03")
    assert office.browser("reception1.luchon").get(f"/dossiers/{code}").status_code == 404
    assert office.browser("officer1.binhlieu").get(f"/dossiers/{code}").status_code == 200
    with office.acting("reception1.hoanhmo") as tx:
        returning.choose(tx, 1, "counter", "H49.99.02")
    assert office.browser("reception1.luchon").get(f"/dossiers/{code}").status_code == 200


def test_a_centre_that_once_held_the_return_or_the_folder_goes_on_seeing_the_dossier(
    office: Office,
) -> None:
    code = receive(office, "reception1.hoanhmo", commune="06838", return_at="H49.99.02")
    with office.acting("reception1.hoanhmo") as tx:
        folders.send(tx, [1], "H49.99.02")
        returning.choose(tx, 1, "counter", "H49.99.03")
    assert office.browser("reception1.luchon").get(f"/dossiers/{code}").status_code == 200


def test_a_receipt_set_right_over_new_year_gets_a_number_of_that_years_ledger(
    office: Office,
) -> None:
    office.at("2026-01-05T09:00")
    with office.acting("reception1.binhlieu") as tx:
        dossiers.receive(tx, **at_the_counter(key="a"))
    at = datetime(2025, 12, 31, 8, tzinfo=ZONE)
    with office.acting("reception1.binhlieu") as tx:
        reissuing.correct_receipt(tx, 1, at, "Nhập nhầm")
    with office.acting("reception1.binhlieu") as tx:
        late = {"received_at": at.replace(hour=9), "reason": "Mất điện"}
        dossiers.receive(tx, **at_the_counter(key="b", **late))
    numbers = [(row["received_at"].year, row["ledger_no"]) for row in rows(office, tables.dossiers)]
    assert numbers == [(2025, 1), (2025, 2)]
    slip = [row for row in rows(office, tables.slips) if row["kind"] == "receipt"][1]
    assert (slip["data"]["ledger_book"], slip["data"]["ledger_serial"]) == ("01/2025", 1)
