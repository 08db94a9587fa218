"""What the screens say is what people need: which slip, how much, for whom, and what comes next."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from argon2 import PasswordHasher, Type
from bs4 import BeautifulSoup

from app import accounts, fields, story
from app.i18n.left import left
from engine.calendar import ZONE, TimeLeft
from engine.commands import due
from engine.forms import load
from engine.sides import APOLOGY, SIDES, side_form
from engine.store import tables
from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_outcomes import post
from tests.app.test_papers import counter, picture, qr_address
from tests.app.test_returning import charged
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import CHECKED, COUNTER, ROOT, Office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CAPITAL = load(
    *((ROOT / f"forms/household-business/CounterStep.{part}.json").read_bytes()
      for part in ("schema", "ui"))
)  # fmt: skip


def test_a_leader_reads_amount_and_reason_before_choosing_to_sign(office: Office) -> None:
    """Slip 04 is drafted by the platform; whoever signs it must see what it says."""
    code = receive(office)
    office.at("2025-07-18T18:00")
    due.run_due(office.database, office.now)
    leader, path = office.browser("leader.binhlieu"), f"/dossiers/{code}"
    links = BeautifulSoup(leader.get(path).text, "lxml").select("a[href^='/tasks/']")
    (task,) = [str(a["href"]) for a in links if a.get_text() == SIDES[APOLOGY].name]
    page = BeautifulSoup(leader.get(task).text, "lxml")
    for name in ("amount", "reason"):
        field = page.find(id=name)
        assert field is not None
        assert field.find_parent("details", class_="when") is None, name
        assert field.find_parent(attrs={"data-when": "outcome!decline"}) is not None


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_browser_follows_a_condition_in_either_quotes(quote: str) -> None:
    """Both are one expression to the checker, so both must fold and unfold alike."""
    form = side_form(APOLOGY)
    ui = json.loads(SIDES[APOLOGY].file("ui"))
    ui["fields"]["amount"]["visibleWhen"] = f"outcome == {quote}sign{quote}"
    drawn = fields.draw(
        load(json.dumps(form.schema).encode(), json.dumps(ui).encode()),
        {}, (), "vi", {}, date(2025, 7, 7),
    )  # fmt: skip
    assert 'data-when="outcome=sign"' in drawn


@ON_SQLITE
@pytest.mark.parametrize(("do", "said"), [
    ("guide", "quay lại khi đủ giấy tờ"),
    ("refuse", "lý do đã ghi trên phiếu"),
    ("redirect", "nộp tại nơi ghi trên phiếu"),
])  # fmt: skip
def test_only_who_lacks_papers_is_told_to_come_back(office: Office, do: str, said: str) -> None:
    reception = office.browser("reception1.binhlieu")
    held = counter_form(reception.get("/counter/land-confirmation").text)
    told = {"missing": "Sơ đồ", "reason": "Không đúng thẩm quyền", "redirect_to": "UBND tỉnh"}
    done = reception.post("/counter/land-confirmation", data={**held, **COUNTER, **told, "do": do})
    assert done.status_code == 303
    page = read(reception.get(done.headers["Location"]).text)
    assert said in page
    assert ("quay lại" in page) == (do == "guide")


@ON_SQLITE
def test_areas_are_read_as_they_were_measured(office: Office) -> None:
    receive(office, paper_area="1.234.567,5")
    fine = {**CHECKED, "measured_area": "12.345,67", "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **fine) == 303
    page = read(office.browser("officer1.binhlieu").get(f"/tasks/{office.open_task()}").text)
    assert "12.345,67" in page
    assert "1.234.567,5" in page


def test_capital_is_read_as_money_and_what_is_chosen_by_its_name() -> None:
    told = {"capital": 50_000_000, "workers": 3}
    assert story.pairs(told, CAPITAL) == [
        ("Vốn kinh doanh", "50.000.000\u00a0đ"),
        ("Số lao động", "3"),
    ]
    assert story.pairs({"gone": 1998, "area": 12345.67}) == [
        ("gone", "1998"),
        ("area", "12.345,67"),
    ]


def lose_the_receipt(office: Office, code: str) -> None:
    desk = f"/dossiers/{code}/desk"
    office.browser("reception1.binhlieu").get(desk)
    held = counter_form(office.browser("reception1.binhlieu").get(desk).text)
    told = {
        "do": "lost",
        "lost_reason": "Người nộp báo mất ngày 08/07",
        "replaces": held["replaces"],
    }
    path = f"/dossiers/{code}/receipts"
    assert post(office, "reception1.binhlieu", path, desk, **told).status_code == 303


@ON_SQLITE
def test_a_receipt_that_was_replaced_says_by_which(office: Office) -> None:
    code = receive(office)
    office.at("2025-07-08T10:00")
    lose_the_receipt(office, code)
    reception = office.browser("reception1.binhlieu")
    first, second = (row["number"] for row in rows(office, tables.slips))
    page = read(reception.get(f"/dossiers/{code}").text)
    assert page.count("đã thay bằng số") == 1
    assert f"đã thay bằng số {second}" in page
    assert "Cấp lại Giấy tiếp nhận hồ sơ và hẹn trả kết quả Người nộp báo mất ngày 08/07" in page
    page = read(reception.get(f"/counter/receipts/{code}").text)
    assert f"Đã cấp giấy tiếp nhận mới, thay giấy số {first}" in page
    assert "Đã tiếp nhận hồ sơ" not in page


@ON_SQLITE
def test_a_wrong_scan_is_taken_out_at_the_counter(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    told = {"paper.request.file": picture("sai.jpg"), "do": "scan"}
    page = counter(office, page, **COUNTER, **told).text
    button = BeautifulSoup(page, "lxml").select_one('#papers ~ table [name="_remove_file"]')
    assert button is not None
    assert (button.text, button["aria-label"]) == ("Bỏ", "Bỏ tệp sai.jpg")
    held = {"paper.request.file": picture("đúng.jpg"), "_remove_file": str(button["value"])}
    page = counter(office, page, **held).text
    assert "sai.jpg" not in read(page)
    assert "đúng.jpg" in read(page)


@ON_SQLITE
def test_photographs_arrive_in_the_order_they_were_taken(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone = office.app.test_client()
    form = {"csrf_token": token(phone.get(qr_address(asked)).text)}
    names = [f"trang{number}.jpg" for number in range(8)]
    files = [picture(name, number * 9) for number, name in enumerate(names)]
    assert "Đã gửi 8 tệp" in read(phone.post(qr_address(asked), data={**form, "file": files}).text)
    page = counter(office, asked, _fetch="1").text
    kept = BeautifulSoup(page, "lxml").select('[name="upload:paper.request.file"]')
    assert [str(one["value"]).partition("|")[2] for one in kept] == names


@ON_SQLITE
def test_every_file_stands_under_the_paper_it_belongs_to(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    scans = {"paper.request.file": picture("a.jpg"), "paper.boundary.file": picture("b.jpg", 9)}
    held = {name: told for name, told in scans.items() if name in page}
    done = counter(office, page, **COUNTER, **held, do="receive")
    assert done.status_code == 303, read(done.text)[:900]
    code = done.headers["Location"].rsplit("/", 1)[-1]
    soup = BeautifulSoup(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text, "lxml")
    for link in soup.select("a[href*='/documents/']"):
        paper = link.find_parent("ul").find_parent("li")
        assert paper is not None, link.text


@ON_SQLITE
def test_a_fee_is_taken_with_its_receipt_or_a_reason_and_found_until_then(office: Office) -> None:
    code, cashier = charged(office), office.browser("cashier.binhlieu")
    inbox = BeautifulSoup(cashier.get("/tasks").text, "lxml")
    link = inbox.select_one("nav.views a[href='/dossiers?unpaid=1']")
    assert link is not None
    assert link.get_text(" ", strip=True) == "Chưa nộp phí 1"
    page = read(cashier.get("/dossiers?unpaid=1").text).replace("\xa0", " ")
    assert code in page
    assert "chưa thu 30.000 đ" in page
    path, on = f"/dossiers/{code}/payments/1", f"/dossiers/{code}"
    empty = post(office, "cashier.binhlieu", path, on, do="collect", how="transfer")
    soup = BeautifulSoup(empty.text, "lxml")
    assert empty.status_code == 422
    field, how = soup.find(id="receipt1"), soup.select_one("#how1 option[selected]")
    assert field is not None
    assert field.find_parent("details").has_attr("open")  # type: ignore[union-attr]
    assert how is not None
    assert how["value"] == "transfer"
    assert "Ghi ký hiệu và số biên lai; chưa có thì ghi lý do." in read(empty.text)
    assert rows(office, tables.payments)[0]["state"] == "owed"
    why = "Hết biên lai, cấp sau"
    assert post(office, "cashier.binhlieu", path, on, do="collect", why=why).status_code == 303
    assert rows(office, tables.payments)[0]["why"] == why
    assert code not in read(cashier.get("/dossiers?unpaid=1").text)


@ON_SQLITE
@pytest.mark.parametrize(("told", "at", "said"), [
    ({"question": "", "days": "3"}, "question", "Ghi nội dung cần hỏi"),
    ({"question": "Có tranh chấp?", "days": "-3"}, "days", "từ 1 đến 30"),
    ({"question": "Có tranh chấp?", "days": "31"}, "days", "từ 1 đến 30"),
])  # fmt: skip
def test_what_is_wrong_with_a_question_is_said_at_its_field(
    office: Office, told: dict[str, str], at: str, said: str
) -> None:
    page = f"/dossiers/{receive(office)}"
    asked = {"unit": "VPDK.BL", "role": "liaison", **told}
    answer = post(office, "officer1.binhlieu", f"{page}/opinions", page, **asked)
    soup = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 422
    error, details = soup.find(id=f"{at}-error"), soup.find(id="question").find_parent("details")  # type: ignore[union-attr]
    assert error is not None
    assert said in error.text
    assert details is not None
    assert details.has_attr("open")
    assert soup.select_one(f'.summary a[href="#{at}"]') is not None
    assert soup.find(id="question").text.strip() == told["question"]  # type: ignore[union-attr]
    assert soup.select_one("#unit option[selected]")["value"] == "VPDK.BL"  # type: ignore[index]
    assert soup.find(id="days")["value"] == told["days"]  # type: ignore[index]


@ON_SQLITE
def test_every_button_that_looks_for_files_says_what_it_found(office: Office) -> None:
    receive(office)
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    empty = {**COUNTER, "applicant.citizen_id": ""}
    for typed, said in ((empty, "Nhập số định danh"), (COUNTER, "Không thấy giấy tờ nào")):
        assert said in read(counter(office, page, **typed, _fetch="earlier").text)
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    assert "Chưa có tệp nào từ điện thoại" in read(counter(office, asked, _fetch="1").text)
    phone = office.app.test_client()
    form = {"csrf_token": token(phone.get(qr_address(asked)).text)}
    phone.post(qr_address(asked), data={**form, "file": picture()})
    assert "Đã nhận 1 tệp." in read(counter(office, asked, _fetch="1").text)


@ON_SQLITE
def test_whoever_ends_a_step_with_a_slip_can_print_it_at_once(office: Office) -> None:
    receive(office)
    ask_for_papers(office)
    page = office.browser("officer1.binhlieu").get("/tasks").text
    link = BeautifulSoup(page, "lxml").select_one(".note a")
    assert link is not None
    assert link.text == "In phiếu yêu cầu bổ sung (mẫu 02)"
    assert office.browser("officer1.binhlieu").get(str(link["href"])).mimetype == "application/pdf"


@ON_SQLITE
def test_a_stopped_dossier_owes_no_date_and_stands_nowhere(office: Office) -> None:
    code = receive(office)
    care, leader = f"/dossiers/{code}/care", office.browser("leader.binhlieu")
    office.at("2025-07-08T10:00")
    told = {"do": "cancel", "ground": "Điều 9 Nghị định số 118/2025/NĐ-CP"}
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303
    soup = BeautifulSoup(leader.get(f"/dossiers/{code}").text, "lxml")
    said = read(str(soup))
    assert "Hạn trả:" not in said
    assert "Đã dừng giải quyết, không còn hạn trả" in said
    assert [tag.text for tag in soup.select(".title .tag")] == ["Dừng xử lý"]
    assert soup.select(".strip .current, .path .current") == []
    first = soup.select_one(".story > li b")
    assert first is not None
    assert first.text == "Dừng giải quyết hồ sơ"
    row = BeautifulSoup(leader.get("/dossiers").text, "lxml").select_one("tbody tr")
    assert row is not None
    assert row.select(".left-ok, .left-late, .left-soon") == []


def test_overdue_over_a_weekend_is_said_without_minutes() -> None:
    saturday = datetime(2025, 7, 5, 9, tzinfo=ZONE)
    told = left(saturday, TimeLeft("minutes", 0, late=True), saturday, "vi")
    assert (told.words, told.tone) == ("Đã quá hạn", "late")


@ON_SQLITE
def test_an_extension_too_long_is_refused_in_the_unit_of_the_limit(office: Office) -> None:
    code = receive(office)
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/extension"
    answer = post(office, "leader.binhlieu", path, care, amount="99", sorry="x")
    assert "Gia hạn từ 1 đến 10 ngày làm việc." in read(answer.text)
    summary = BeautifulSoup(answer.text, "lxml").select_one('.summary a[href="#amount"]')
    assert summary is not None


@ON_SQLITE
def test_faults_at_the_desk_are_listed_above_the_forms(office: Office) -> None:
    code = receive(office)
    path, desk = f"/dossiers/{code}/receipts", f"/dossiers/{code}/desk"
    answer = post(office, "reception1.binhlieu", path, desk, do="correct", name="", reason="x")
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select(".summary a")


@ON_SQLITE
def test_a_refusal_does_not_say_its_title_twice(office: Office) -> None:
    page = BeautifulSoup(office.browser("officer1.binhlieu").get("/counter").text, "lxml")
    main = page.find("main")
    assert main is not None
    assert main.text.count("làm được việc này") == 1
    assert "được làm việc này" not in main.text
    assert "hãy báo quản trị" in main.text


@ON_SQLITE
def test_the_receipt_of_an_extended_dossier_says_the_new_date_too(office: Office) -> None:
    code = receive(office)
    care, path = f"/dossiers/{code}/care", f"/dossiers/{code}/extension"
    told = {"amount": "3", "sorry": "Phải đo đạc lại ranh giới"}
    assert post(office, "leader.binhlieu", path, care, **told).status_code == 303
    page = read(office.browser("reception1.binhlieu").get(f"/counter/receipts/{code}").text)
    assert "Hạn trả đã đổi: thứ Năm 24/07/2025, 17:00" in page


def test_passwords_are_hashed_at_owasps_minimum_or_above() -> None:
    assert accounts.MEMORY >= 19_456
    assert accounts.PASSES >= 2
    assert PasswordHasher().type is Type.ID
