"""The newer procedures at the desk: what they ask, refuse, charge and tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engine.queries import reports
from engine.store import tables
from engine.store.organisation import actor_of
from tests.app.test_first_dossier import counter_form
from tests.app.test_outcomes import slip
from tests.commands.test_moving import read as rows
from tests.office import COUNTER, Office, open_office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

PROCEDURES = (
    "birth-registration", "certified-copy", "death-registration", "household-business",
    "marital-status",
)  # fmt: skip
WHO = {
    "applicant.name": "Hồ sơ mẫu 42",
    "applicant.citizen_id": "022190000042",
    "applicant.birth": "01/01/1990",
    "applicant.sex": "female",
    "applicant.address": "Khu mẫu, xã Bình Liêu, tỉnh Quảng Ninh",
    "applicant.phone": "0900000042",
    "paper.form.quantity": "1",
}
BIRTH = {
    **WHO,
    "child_name": "Trẻ mẫu 42",
    "child_sex": "female",
    "born_on": "20/06/2025",
    "born_at": "Trung tâm y tế Bình Liêu",
    "ethnicity": "Tày",
    "home_place": "Xã Bình Liêu",
    "mother_name": "Hồ sơ mẫu 42",
    "father_known": "no",
    "proof": "hospital",
    "relation": "parent",
    "paper.birth_proof.quantity": "1",
}
DEATH = {
    **WHO,
    "deceased_name": "Người mẫu",
    "died_on": "01/07/2025",
    "died_at": "Khu mẫu",
    "proof": "notice",
    "relation": "family",
    "paper.death_notice.quantity": "1",
}
SHOP = {
    **WHO,
    "business_name": "Hộ kinh doanh mẫu 61",
    "founder": "person",
    "activities": "Bán lẻ",
    "address": "Khu mẫu",
    "capital": "50000000",
    "workers": "2",
}
COPY = {
    **WHO,
    "document_title": "Bằng mẫu",
    "document_issuer": "Trường mẫu",
    "pages": "2",
    "copies": "1",
    "paper.original.quantity": "1",
}
SINGLE = {
    **WHO,
    "purpose": "other",
    "purpose_detail": "Mua bán nhà đất",
    "marital_status": "never",
    "former_residence": "no",
    "paper.request.quantity": "1",
}
REASONS = {"refusal_reason": "Không đủ điều kiện.", "refusal_basis": "Điều 16 Luật Hộ tịch"}
NO = {"proposal": "refuse", **REASONS}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database_url, tmp_path / "files", *PROCEDURES)
    yield office
    office.database.dispose()


def press(desk: Office, name: str, told: Mapping[str, str], status: int = 303) -> str:
    """Press “receive”: the dossier's code, or the page that says what is wrong."""
    browser = desk.browser("reception1.binhlieu")
    page = browser.get(f"/counter/{name}").text
    sent = {**counter_form(page), **told, "do": "receive"}
    done = browser.post(f"/counter/{name}", data=sent)
    assert done.status_code == status, read(done.text)
    return done.headers["Location"].rsplit("/", 1)[-1] if status == 303 else done.text


def tracked(desk: Office, lang: str = "vi") -> str:
    """What the citizen reads on the page the first message leads to."""
    told = rows(desk, tables.notices)[0]["body"]
    found = re.search(r"/track/\S+\?s=[0-9A-Z-]+", told)
    assert found
    browser = desk.app.test_client()
    browser.get(f"/lang/{lang}")
    return read(browser.get(found[0]).text)


def task_page(desk: Office, login: str) -> str:
    return read(desk.browser(login).get(f"/tasks/{desk.open_task()}").text)


# -- A6: what the officer did not record is not signed -------------------------------------------


@pytest.mark.parametrize(
    ("name", "told", "proposed", "sign"),
    [
        ("birth-registration", BIRTH, {}, {"outcome": "sign"}),
        ("death-registration", DEATH, {}, {"outcome": "sign"}),
        ("household-business", SHOP, {}, {"outcome": "sign"}),
        (
            "certified-copy",
            COPY,
            {"pages_counted": "2", "copies_counted": "1"},
            {"outcome": "sign", "signed_as": "leader"},
        ),
        (
            "marital-status",
            SINGLE,
            {"searched_on": "07/07/2025", "books": "Sổ mẫu", "finding": "Đã kết hôn."},
            {"outcome": "approve", "signed_how": "paper"},
        ),
    ],
)
def test_a_leader_cannot_sign_what_the_officer_proposes_to_refuse(
    desk: Office,
    name: str,
    told: dict[str, str],
    proposed: dict[str, str],
    sign: dict[str, str],
) -> None:
    press(desk, name, told)
    officer = "officer1.binhlieu"
    assert desk.do(officer, "2025-07-07T09:30", **NO, **proposed) == 303
    assert desk.do("leader.binhlieu", "2025-07-07T10:00", **sign) == 422
    refused = {**sign, "outcome": "refuse", **REASONS}
    assert desk.do("leader.binhlieu", "2025-07-07T10:00", **refused) == 303


def test_a_death_without_a_paper_is_verified_before_it_is_registered(desk: Office) -> None:
    press(desk, "death-registration", {**DEATH, "proof": "none", "paper.death_notice.quantity": ""})
    record = {"proposal": "register", "book_entry": "01/2025, trang 3"}
    assert desk.do("officer1.binhlieu", "2025-07-07T09:30", **record) == 422
    assert desk.do("officer1.binhlieu", "2025-07-07T09:30", proposal="verify") == 303
    seen = {
        "verified_on": "07/07/2025",
        "verified_with": "Trạm y tế",
        "verified_result": "Mất tại nhà",
    }
    ahead = {**seen, "verified_on": "08/07/2025"}
    before = {**seen, "verified_on": "30/06/2025"}
    assert desk.do("officer1.binhlieu", "2025-07-07T10:00", **ahead) == 422
    assert desk.do("officer1.binhlieu", "2025-07-07T10:00", **before) == 422
    assert desk.do("officer1.binhlieu", "2025-07-07T10:00", **seen) == 303
    assert "Mất tại nhà" in task_page(desk, "officer1.binhlieu")
    assert desk.do("officer1.binhlieu", "2025-07-07T10:30", **record) == 303


# -- A4: a refusal is a result, too ---------------------------------------------------------------


def test_a_refused_citizen_is_told_of_a_result_and_of_no_certificate(desk: Office) -> None:
    press(desk, "birth-registration", BIRTH)
    assert desk.do("officer1.binhlieu", "2025-07-07T09:30", **NO) == 303
    assert desk.do("leader.binhlieu", "2025-07-07T10:00", outcome="refuse", **REASONS) == 303
    page = tracked(desk)
    assert "Hồ sơ không được giải quyết" in page
    assert "Đã có giấy khai sinh" not in page
    assert "mời bà con đến nhận kết quả" not in page
    english = tracked(desk, "en")
    assert "refused" in english
    assert "The result is ready: please collect it" not in english


# -- B1: only what can be asked for is promised ---------------------------------------------------


@pytest.mark.parametrize(
    ("name", "promised"),
    [
        ("birth-registration", False),
        ("certified-copy", False),
        ("death-registration", False),
        ("household-business", True),
        ("marital-status", True),
    ],
)
def test_a_procedure_without_a_supplement_step_promises_none(
    desk: Office, name: str, promised: bool
) -> None:
    page = read(desk.app.test_client().get(f"/procedures/{name}").text)
    assert ("ngày làm việc để bổ sung" in page) == promised


def test_a_visit_is_still_guided_where_nothing_is_said_about_supplements(desk: Office) -> None:
    browser = desk.browser("reception1.binhlieu")
    sent = {**counter_form(browser.get("/counter/birth-registration").text), **BIRTH}
    sent |= {"do": "guide", "missing": "Giấy chứng sinh", "reason": "Chưa mang theo"}
    assert browser.post("/counter/birth-registration", data=sent).status_code == 303


def test_a_shop_is_asked_once_for_papers_and_goes_on(desk: Office) -> None:
    press(desk, "household-business", SHOP)
    asked = {
        "proposal": "supplement",
        "supplement_items": "Giấy chứng nhận an toàn thực phẩm",
        "supplement_reason": "Ngành, nghề có điều kiện.",
    }
    assert desk.do("officer1.binhlieu", "2025-07-08T10:00", **asked) == 303
    brought = {"supplied_on": "10/07/2025", "supplied": "Giấy chứng nhận, 1 bản sao"}
    assert desk.do("reception1.binhlieu", "2025-07-09T09:00", **brought) == 422
    assert desk.do("reception1.binhlieu", "2025-07-10T09:00", **brought) == 303
    assert desk.do("officer1.binhlieu", "2025-07-10T10:00", **asked) != 303


# -- B2: days that can be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told", "field"),
    [("birth-registration", BIRTH, "born_on"), ("death-registration", DEATH, "died_on")],
)
@pytest.mark.parametrize("day", ["08/07/2025", "01/07/1890"])
def test_nobody_is_born_or_dead_tomorrow_or_ages_ago(
    desk: Office, name: str, told: dict[str, str], field: str, day: str
) -> None:
    press(desk, name, {**told, field: day}, 422)


# -- B3, B4: papers, lateness and fees of a birth -------------------------------------------------


def test_the_mother_is_named_where_a_hospital_certifies_the_birth(desk: Office) -> None:
    page = read(press(desk, "birth-registration", {**BIRTH, "mother_name": ""}, 422))
    assert "Nhập họ tên mẹ như ghi trên giấy chứng sinh" in page
    found = {"proof": "abandoned", "paper.birth_proof.quantity": "", "relation": "other"}
    press(
        desk,
        "birth-registration",
        {**BIRTH, **found, "mother_name": "", "paper.abandoned.quantity": "1"},
    )


def test_a_certificate_that_the_database_has_is_not_asked_for(desk: Office) -> None:
    paper = {"paper.birth_proof.quantity": ""}
    press(desk, "birth-registration", {**BIRTH, **paper}, 422)
    press(desk, "birth-registration", {**BIRTH, **paper, "proof": "database"})


def test_a_marriage_that_the_database_does_not_know_is_shown_on_paper(desk: Office) -> None:
    married = {**BIRTH, "father_known": "yes", "father_name": "Cha mẫu"}
    press(desk, "birth-registration", married, 422)
    page = press(desk, "birth-registration", {**married, "parents_married": "paper"}, 422)
    assert "bắt buộc trong trường hợp này" in read(page)
    assert "Nhập số lượng giấy tờ bắt buộc này: Giấy chứng nhận kết hôn" in read(page)
    press(desk, "birth-registration", {**married, "parents_married": "database"})


def test_a_late_birth_is_worked_out_and_extracts_are_charged(desk: Office) -> None:
    page = read(desk.app.test_client().get("/procedures/birth-registration").text)
    assert "8.000 đ" in page
    assert "theo nghị quyết của Hội đồng nhân dân tỉnh" in page
    assert "Trường hợp khác không thu" in page
    press(desk, "birth-registration", BIRTH)
    assert rows(desk, tables.payments) == []
    press(desk, "birth-registration", {**BIRTH, "born_on": "07/05/2025", "extracts": "3"})
    (owed,) = rows(desk, tables.payments)
    assert (owed["fee"], owed["amount"]) == ("extracts", 24_000)
    waiting = [row for row in rows(desk, tables.tasks) if row["state"] == "open"]
    newest = max(waiting, key=lambda row: row["dossier"])["id"]
    shown = read(desk.browser("officer1.binhlieu").get(f"/tasks/{newest}").text)
    assert re.search(r"quá hạn 60 ngày.{0,60}Có", shown)


# -- B5, B8: a shop's name and its fee ------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Công ty TNHH Mẫu",
        "Hộ kinh doanh Công ty Mẫu",
        "Hộ kinh doanh Doanh nghiệp Mẫu",
        "Hộ kinh doanh",
        "Quán mẫu",
        "Hộ kinh doanh <b>mẫu</b>",
        "Hộ kinh doanh mẫu\u202e61",
    ],
)
def test_a_shop_has_the_name_of_a_shop(desk: Office, name: str) -> None:
    press(desk, "household-business", {**SHOP, "business_name": name}, 422)


def test_a_shops_name_may_be_written_in_capitals(desk: Office) -> None:
    press(desk, "household-business", {**SHOP, "business_name": "HỘ KINH DOANH A & B"})


def test_the_counter_says_how_much_and_asks_how_it_was_paid(desk: Office) -> None:
    page = desk.browser("reception1.binhlieu").get("/counter/household-business").text
    assert "Lệ phí đăng ký hộ kinh doanh: 100.000 đ" in read(page)
    press(desk, "household-business", {**SHOP, "fee_receipt": "AA/25E-0000061"}, 422)
    paid = {"fee_receipt": "AA/25E-0000061", "fee_paid_how": "transfer"}
    code = press(desk, "household-business", {**SHOP, **paid})
    (row,) = rows(desk, tables.payments)
    assert (row["state"], row["how"], row["receipt"]) == ("paid", "transfer", "AA/25E-0000061")
    assert "(chưa thu)" not in slip(desk, code, "receipt")
    assert "chuyển khoản" in read(desk.browser("reception1.binhlieu").get(f"/dossiers/{code}").text)


# -- B7, N11 --------------------------------------------------------------------------------------


def test_a_named_limit_is_told_in_english(desk: Office) -> None:
    press(desk, "death-registration", {**DEATH, "proof": "none", "paper.death_notice.quantity": ""})
    assert desk.do("officer1.binhlieu", "2025-07-07T10:00", proposal="verify") == 303
    page = tracked(desk, "en")
    assert "With verification" in page
    assert "Có xác minh" not in page
    assert "Có xác minh" in tracked(desk)


def test_an_odd_citizen_id_stops_the_clerk_once(desk: Office) -> None:
    odd = {**BIRTH, "applicant.sex": "male"}
    page = press(desk, "birth-registration", odd, 422)
    assert "Chưa ghi nhận gì" in read(page)
    assert "Vẫn tiếp nhận" in read(page)
    assert rows(desk, tables.dossiers) == []
    again = {**counter_form(page), **odd, "do": "receive"}
    other = {**again, "applicant.citizen_id": "022191000042"}
    browser = desk.browser("reception1.binhlieu")
    assert browser.post("/counter/birth-registration", data=other).status_code == 422
    assert browser.post("/counter/birth-registration", data=again).status_code == 303


def test_on_a_saturday_the_next_working_day_is_monday(desk: Office) -> None:
    desk.at("2025-07-04T16:00")
    press(desk, "birth-registration", BIRTH)  # Friday after 15:00: due on Monday
    desk.at("2025-07-03T16:00")
    press(desk, "household-business", SHOP)  # three working days: due on Tuesday
    desk.at("2025-07-05T09:00")
    with desk.database.reading() as connection:
        actor = actor_of(connection, "director.binhlieu", desk.now)
        assert actor is not None
        assert reports.board(connection, actor, desk.now).total.due_next_day == 1


def test_who_fits_the_citizen_id_is_received_at_once(desk: Office) -> None:
    assert COUNTER["applicant.citizen_id"][3] == "0"
    press(desk, "birth-registration", BIRTH)
