"""A double click, a page gone back to: the same is done once, and nothing is done for another."""

from __future__ import annotations

from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from engine.store import tables
from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_visits import HERE, TYPED
from tests.commands.test_moving import read as rows
from tests.office import COUNTER, Office, read

OTHER = {"applicant.name": "Hồ sơ mẫu 08", "applicant.citizen_id": "022080000008"}


def held(page: str, action: str) -> dict[str, str]:
    """What the form of that address holds in the page."""
    form = BeautifulSoup(page, "lxml").select_one(f'form[action$="{action}"]')
    assert form is not None, action
    fields = form.select("input[name], textarea[name]")
    return {str(field["name"]): str(field.get("value", "")) for field in fields}


def twice(office: Office, login: str, page: str, action: str, **told: str) -> list[TestResponse]:
    """Fill the form of that page and press its button twice."""
    browser = office.browser(login)
    data = {**held(browser.get(page).text, action), **told}
    return [browser.post(f"{page.removesuffix('/desk')}{action}", data=data) for _ in range(2)]


def test_a_page_gone_back_to_never_gives_the_next_citizen_the_last_ones_receipt(
    office: Office,
) -> None:
    browser = office.browser("reception1.binhlieu")
    form = counter_form(browser.get(HERE).text)
    told = {**form, **COUNTER, "paper.request.quantity": "1", "do": "receive"}
    first = browser.post(HERE, data=told)
    assert first.status_code == 303
    code = first.headers["Location"].rsplit("/", 1)[-1]
    answer = browser.post(HERE, data={**told, **OTHER})
    assert answer.status_code == 409
    assert f"Trang này đã được dùng để lập {code}" in read(answer.text)
    again = {**counter_form(answer.text), "do": "receive"}
    assert again["applicant.name"] == "Hồ sơ mẫu 08"
    assert browser.post(HERE, data=again).status_code == 303
    names = [row["applicant_name"] for row in rows(office, tables.dossiers)]
    assert names == [COUNTER["applicant.name"], "Hồ sơ mẫu 08"]


def test_forms_without_a_key_are_not_taken_for_one_another(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    told = {**counter_form(browser.get(HERE).text), **COUNTER, "key": "", "do": "receive"}
    assert browser.post(HERE, data=told).status_code == 303
    assert browser.post(HERE, data={**told, **OTHER}).status_code == 303
    assert len(rows(office, tables.dossiers)) == 2


def test_a_guide_gone_back_to_is_no_refusal(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    told = {**counter_form(browser.get(HERE).text), **TYPED}
    assert browser.post(HERE, data={**told, "do": "guide"}).status_code == 303
    answer = browser.post(HERE, data={**told, "do": "refuse"})
    assert answer.status_code == 409
    assert [row["kind"] for row in rows(office, tables.visits)] == ["supplement"]
    again = {**counter_form(answer.text), **TYPED, "do": "refuse"}
    again["key"] = counter_form(answer.text)["key"]
    assert browser.post(HERE, data=again).status_code == 303
    assert [row["kind"] for row in rows(office, tables.visits)] == ["supplement", "refusal"]


def test_a_message_written_with_a_double_click_is_sent_once(office: Office) -> None:
    page = f"/dossiers/{receive(office)}"
    before = len(rows(office, tables.notices))
    told = {"text": "Mời bà con bổ sung bản chụp.", "do": "message"}
    answers = twice(office, "officer1.binhlieu", page, "/messages", **told)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(rows(office, tables.messages)) == 1
    assert len(rows(office, tables.notices)) == before + 1


def test_an_opinion_asked_with_a_double_click_is_asked_once(office: Office) -> None:
    page = f"/dossiers/{receive(office)}"
    told = {"unit": "VPDK.BL", "role": "liaison", "question": "Thửa 345?", "days": "3"}
    answers = twice(office, "officer1.binhlieu", page, "/opinions", **told)
    assert [answer.status_code for answer in answers] == [303, 303]
    asked = [row for row in rows(office, tables.runs) if row["kind"] == "side"]
    assert len(asked) == 1


def test_a_question_that_is_refused_is_not_lost(office: Office) -> None:
    page = f"/dossiers/{receive(office)}"
    told = {"unit": "VPDK.BL", "role": "leader", "question": "Thửa 345 có tranh chấp?", "days": "3"}
    answer = twice(office, "officer1.binhlieu", page, "/opinions", **told)[0]
    assert answer.status_code in (403, 409, 422)
    assert "Thửa 345 có tranh chấp?" in read(answer.text)


def test_a_lost_receipt_is_replaced_once_by_a_double_click(office: Office) -> None:
    page = f"/dossiers/{receive(office)}/desk"
    told = {"lost_reason": "Báo mất", "do": "lost"}
    first, second = twice(office, "reception1.binhlieu", page, "/receipts", **told)
    assert first.headers["Location"] == second.headers["Location"]
    assert [row["kind"] for row in rows(office, tables.slips)] == ["receipt", "receipt"]
    shown = office.browser("reception1.binhlieu").get(second.headers["Location"])
    assert "Giấy tiếp nhận này đã được thay bằng giấy số" in read(shown.text)


def test_a_correction_is_held_to_what_the_counter_asks(office: Office) -> None:
    page = f"/dossiers/{receive(office)}/desk"
    right = {"name": "Hồ sơ mẫu 07", "phone": "+84 912 345 678", "reason": "Ghi nhầm số"}
    wrong = {
        "phone": "12345",
        "email": "mau@noi.vn\nBcc: ai@noi.vn",
        "name": "M" * 201,
        "address": "Đ" * 301,
    }
    for name, text in wrong.items():
        told = {**right, name: text, "do": "correct"}
        assert twice(office, "reception1.binhlieu", page, "/receipts", **told)[0].status_code == 422
    assert len(rows(office, tables.slips)) == 1
    told = {**right, "do": "correct"}
    assert twice(office, "reception1.binhlieu", page, "/receipts", **told)[0].status_code == 303
    assert rows(office, tables.dossiers)[0]["applicant"]["phone"] == "0912345678"


def test_a_name_longer_than_a_list_can_hold_is_a_fault_at_the_counter(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    form = counter_form(browser.get(HERE).text)
    told = {**form, **COUNTER, "applicant.name": "M" * 201, "do": "receive"}
    answer = browser.post(HERE, data=told)
    assert (answer.status_code, "dài nhất 200 ký tự" in read(answer.text)) == (422, True)


def test_a_page_opened_under_an_older_login_gives_back_what_was_typed(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    told = {**counter_form(browser.get(HERE).text), **COUNTER, "do": "receive"}
    answer = browser.post(HERE, data={**told, "csrf_token": "of yesterday"})
    assert answer.status_code == 400
    assert "Hồ sơ mẫu 07" in read(answer.text)
    assert told["key"] not in answer.text
    login = {"login": "reception1.binhlieu", "password": "bi-mat-mau", "csrf_token": "old"}
    assert "bi-mat-mau" not in office.app.test_client().post("/login", data=login).text
