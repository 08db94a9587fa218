"""What the screens tell people: dates that move, steps that wait, and whose turn it is."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from engine.calendar import ZONE
from engine.commands import due
from tests.app.test_first_dossier import counter_form, receive
from tests.office import CHECKED, COUNTER, Office, open_office, read, token

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_the_counter_says_why_the_promised_date_may_move(office: Office) -> None:
    reception = office.browser("reception1.binhlieu")
    for path in ("/counter/land-confirmation", f"/counter/receipts/{receive(office)}"):
        page = read(reception.get(path).text)
        assert "Có thể muộn hơn, vì đồng hồ dừng trong lúc: Niêm yết công khai (15 ngày)." in page


@ON_SQLITE
def test_the_counter_says_how_a_birth_date_is_written_in_a_hint(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    soup = BeautifulSoup(page, "lxml")
    label = soup.find("label", {"for": "applicant.birth"})
    hint = soup.find(id="applicant.birth-hint")
    assert label is not None and label.text == "Ngày sinh"
    assert hint is not None and hint.text == "Dạng dd/mm/yyyy"


@ON_SQLITE
def test_no_form_of_a_step_says_a_name_twice(office: Office) -> None:
    receive(office)
    officer = office.browser("officer1.binhlieu")
    soup = BeautifulSoup(officer.get(f"/tasks/{office.open_task()}").text, "lxml")
    form = soup.select_one("form[data-draft]")
    assert form is not None
    told = [one.get_text(strip=True) for one in form.select("h2, label, legend, .label")]
    assert len(told) == len(set(told))


@ON_SQLITE
def test_the_trail_above_a_public_procedure_ends_where_one_is(office: Office) -> None:
    soup = BeautifulSoup(office.app.test_client().get("/procedures/land-confirmation").text, "lxml")
    trail = soup.select_one(".crumbs")
    assert trail is not None
    assert trail.get_text(" ", strip=True).endswith("9.900014")


class Citizen:
    """Somebody with the receipt in hand."""

    def __init__(self, office: Office) -> None:
        self.office, self.code = office, receive(office)
        receipt = office.browser("reception1.binhlieu").get(f"/counter/receipts/{self.code}")
        secret = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", read(receipt.text))
        assert secret is not None
        self.secret = secret[0]

    def reads(self, at: str) -> str:
        """The tracking page at that time."""
        self.office.at(at)
        due.run_due(self.office.database, datetime.fromisoformat(at).replace(tzinfo=ZONE))
        page = self.office.app.test_client().get(f"/track/{self.code}?s={self.secret}")
        return read(page.text)


ASKED = {
    **CHECKED,
    "inspected_on": "08/07/2025",
    "outcome": "supplement",
    "supplement_items": "Ý kiến của các hộ giáp ranh",
    "supplement_reason": "Giấy tờ đã nộp chưa đủ căn cứ xác định ranh giới.",
}
POSTED = {
    "posted_from": "09/07/2025",
    "posted_until": "24/07/2025",
    "posted_at": "Trụ sở UBND xã",
    "full_term": "true",
    "outcome": "ok",
}


@ON_SQLITE
def test_a_citizen_reads_why_the_date_moves_and_that_it_has_moved(office: Office) -> None:
    citizen = Citizen(office)
    fine = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **fine) == 303
    stands = citizen.reads("2025-07-10T09:00")
    assert "Bà con chưa phải làm gì." in stands
    assert "Thời hạn đang tạm dừng: Niêm yết công khai 15 ngày." in stands
    assert "muộn hơn ngày in trên giấy hẹn (thứ Hai 21/07/2025, 17:00)" in stands
    assert office.do("officer1.binhlieu", "2025-07-25T08:30", **POSTED) == 303
    moved = citizen.reads("2025-07-25T09:00")
    assert "Giấy hẹn ghi thứ Hai 21/07/2025, 17:00; ngày trả đã đổi. Lý do: Niêm yết" in moved
    assert moved.count("Niêm yết công khai 15 ngày") == 3  # why, in the reckoning, on the way


@ON_SQLITE
def test_a_citizen_reads_when_a_late_dossier_was_due(office: Office) -> None:
    page = Citizen(office).reads("2025-07-23T09:00")
    assert "Hồ sơ đã quá hạn trả (thứ Hai 21/07/2025, 17:00). Chúng tôi xin lỗi bà con." in page


@ON_SQLITE
def test_a_citizen_is_asked_for_papers_until_the_centre_looks_into_it(office: Office) -> None:
    citizen = Citizen(office)
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **ASKED) == 303
    page = citizen.reads("2025-07-10T09:00")
    assert "Đến lượt bà con bổ sung giấy tờ" in page
    assert "mang đủ những gì ghi trong phiếu yêu cầu đến Trung tâm" in page
    later = citizen.reads("2025-08-25T09:00")
    assert "Đang chờ: Giám đốc Trung tâm Thời gian bổ sung đã hết ngày thứ Tư 20/08" in later


@ON_SQLITE
def test_a_step_beside_the_plain_path_is_shown_where_the_dossier_is(office: Office) -> None:
    code = receive(office)
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **ASKED) == 303
    reception = office.browser("reception1.binhlieu")
    for path in (f"/dossiers/{code}", f"/tasks/{office.open_task()}"):
        soup = BeautifulSoup(reception.get(path).text, "lxml")
        here = soup.select(".strip [aria-current=step]")
        assert [one.get_text(strip=True) for one in here] == ["Chờ bổ sung giấy tờ, đang làm"]


@ON_SQLITE
def test_a_file_is_listed_with_its_size_where_it_is_looked_for(office: Office) -> None:
    drawn = BytesIO()
    Image.effect_noise((200, 200), 64).save(drawn, "PNG")
    size = f"{round(len(drawn.getvalue()) / 1000)} kB"
    drawn.seek(0)
    reception = office.browser("reception1.binhlieu")
    page = reception.get("/counter/land-confirmation").text
    told = {**counter_form(page), **COUNTER, "do": "receive"}
    done = reception.post(
        "/counter/land-confirmation", data={**told, "paper.request.file": (drawn, "don.png")}
    )
    assert done.status_code == 303
    code = done.headers["Location"].rsplit("/", 1)[-1]
    assert f"don.png {size}" in read(reception.get(f"/dossiers/{code}").text)
    officer = office.browser("officer1.binhlieu")
    assert f"don.png {size}" in read(officer.get(f"/tasks/{office.open_task()}").text)


@ON_SQLITE
def test_a_page_that_came_too_late_leads_to_how_things_stand(office: Office) -> None:
    receive(office)
    office.at("2025-07-09T10:00")
    officer, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    held = token(officer.get(path).text)
    fine = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **fine) == 303
    again = officer.post(path, data={**fine, "csrf_token": held, "do": "complete"})
    link = BeautifulSoup(again.text, "lxml").select_one(".actions .primary")
    assert link is not None and link["href"] == path


@ON_SQLITE
def test_an_empty_list_points_to_the_office_only_when_work_waits_there(office: Office) -> None:
    officer = office.browser("officer1.binhlieu")
    assert "Không có công việc nào ở đây." in read(officer.get("/tasks").text)
    receive(office)
    page = read(officer.get("/tasks").text)
    assert "Xem “Của bộ phận” để nhận thêm." in page
    office.at("2025-07-30T10:00")
    assert "0 việc. " in read(officer.get("/tasks").text)
    assert "1 việc, 1 quá hạn." in read(officer.get("/tasks?view=office").text)


@ON_SQLITE
def test_a_limit_within_the_day_is_not_counted_from_today(
    database_url: str, tmp_path: Path
) -> None:
    office = open_office(database_url, tmp_path / "files", "certified-copy")
    page = read(office.browser("reception1.binhlieu").get("/counter/certified-copy").text)
    office.database.dispose()
    assert "Trong ngày (nhận từ 15:00 thì ngày làm việc tiếp theo). " in page
    assert "từ hôm nay" not in page


@ON_SQLITE
def test_a_line_of_the_inbox_begins_with_a_word(office: Office) -> None:
    receive(office)
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **ASKED) == 303
    page = office.browser("reception1.binhlieu").get("/tasks?view=office").text
    told = [one.get_text().strip() for one in BeautifulSoup(page, "lxml").select("td small")]
    assert "Chờ người nộp bổ sung, hoàn thiện hồ sơ" in told
    assert not [one for one in told if one.startswith("·")]
