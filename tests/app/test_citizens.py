"""The citizen's page: papers sent, a dossier asked back, content or not, an answer in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from engine.commands import brought
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post
from tests.commands.test_moving import read as rows
from tests.journeys import BACK, ask_for_papers, settle
from tests.office import Office, read


class Citizen:
    """Somebody with a slip in hand, scripts off."""

    def __init__(self, office: Office, **given: str) -> None:
        self.office, self.code = office, receive(office, **given)
        (told,) = rows(office, tables.notices)
        secret = re.search(r"\?s=([0-9A-Z-]+)", told["body"])
        assert secret is not None
        self.secret = secret[1]
        self.browser: FlaskClient = office.app.test_client()

    @property
    def path(self) -> str:
        return f"/track/{self.code}?s={self.secret}"

    def page(self) -> str:
        answer = self.browser.get(self.path)
        assert answer.status_code == 200
        return answer.text

    def do(self, act: str, **told: object) -> TestResponse:
        """Post the form of that act as it stands on the page, with what is typed."""
        soup = BeautifulSoup(self.page(), "lxml")
        button = soup.select_one(f'[name="do"][value="{act}"]')
        assert button is not None, f"no {act} on the page"
        form = button.find_parent("form")
        assert form is not None
        held = {str(f["name"]): str(f.get("value", "")) for f in form.select("input[type=hidden]")}
        return self.browser.post(str(form["action"]), data={**held, "do": act, **told})

    def reads(self) -> str:
        return read(self.page())


@pytest.fixture
def citizen(office: Office) -> Iterator[Citizen]:
    yield Citizen(office)


def photo() -> tuple[BytesIO, str]:
    held = BytesIO()
    Image.new("RGB", (40, 30)).save(held, "JPEG")
    held.seek(0)
    return held, "giap ranh.jpg"


def test_papers_asked_for_are_sent_from_home_and_confirmed_by_the_office(citizen: Citizen) -> None:
    office = citizen.office
    assert "Gửi giấy tờ bổ sung" not in citizen.reads()
    ask_for_papers(office)
    assert "Ý kiến của các hộ giáp ranh" in citizen.reads()
    office.at("2025-07-12T20:00")  # a Saturday evening
    sent = citizen.do("papers", text="Có 2 hộ ký", file=[photo(), photo()])
    assert sent.status_code == 303
    assert "Cơ quan trả lời trước thứ Ba 15/07/2025, 17:00" in citizen.reads()
    inbox = read(office.browser("reception1.binhlieu").get("/tasks?view=office").text)
    assert "Gửi giấy tờ bổ sung" in inbox
    office.at("2025-07-15T17:01")
    assert "Lẽ ra cơ quan phải trả lời trước thứ Ba 15/07/2025, 17:00" in citizen.reads()
    office.at("2025-07-12T20:00")
    task = f"/tasks/{office.open_task()}"
    page = office.browser("reception1.binhlieu").get(task).text
    assert "Có 2 hộ ký" in read(page)
    assert "bà con gửi từ trang tra cứu" in read(page)
    held = rows(office, tables.documents)
    assert [(row["paper"], row["added_by"]) for row in held] == [("reply", None)] * 2
    seen = office.browser("reception1.binhlieu").get(
        f"/dossiers/{citizen.code}/documents/{held[0]['id']}"
    )
    assert seen.data[:3] == b"\xff\xd8\xff"
    supplied = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ (bản chụp)."}
    assert office.do("reception1.binhlieu", "2025-07-14T08:00", **supplied) == 303
    assert "Cơ quan đã xử lý lúc thứ Hai 14/07/2025, 08:00" in citizen.reads()
    assert "Gửi giấy tờ bổ sung" not in read(
        office.browser("officer1.binhlieu").get("/tasks?view=office").text
    )


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("", b"", "Chọn từ một đến mười tệp"),
        ("don.pdf", b"MZ\x90\x00 a program", "chỉ nhận PDF, JPEG hoặc PNG"),
        ("anh.jpg", b"PK\x03\x04 a zip", "chỉ nhận PDF, JPEG hoặc PNG"),
        ("don.pdf", b"%PDF-1.7 not really", "tệp bị hỏng"),
        ("lon.pdf", b"%PDF-" + b"0" * 50_000, "tệp quá lớn"),
    ],
)
def test_what_is_no_paper_is_refused_in_words_and_nothing_is_kept(
    citizen: Citizen, name: str, data: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brought, "MOST_BYTES", 50_000)
    ask_for_papers(citizen.office)
    answer = citizen.do("papers", text="Đây ạ", file=(BytesIO(data), name))
    assert answer.status_code == 422
    assert said in read(answer.text)
    assert "Đây ạ" in answer.text
    assert rows(citizen.office, tables.documents) == []
    assert rows(citizen.office, tables.messages) == []


def test_a_double_click_sends_once(citizen: Citizen) -> None:
    ask_for_papers(citizen.office)
    told = {"s": citizen.secret, "key": "one", "do": "papers"}
    soup = BeautifulSoup(citizen.page(), "lxml")
    field = soup.find("input", {"name": "csrf_token"})
    assert field is not None
    told["csrf_token"] = str(field["value"])
    for _ in range(2):
        answer = citizen.browser.post(f"/track/{citizen.code}", data={**told, "file": photo()})
        assert answer.status_code == 303
    assert len(rows(citizen.office, tables.messages)) == 1
    assert len(rows(citizen.office, tables.documents)) == 1


def test_nobody_sends_without_end_before_the_office_has_answered(citizen: Citizen) -> None:
    office = citizen.office
    for n in range(5):
        assert citizen.do("feedback", text=f"Lần {n}").status_code == 303
    more = citizen.do("feedback", text="Lần nữa")
    assert more.status_code == 422
    assert "Bà con đã gửi 5 lần mà cơ quan chưa trả lời" in read(more.text)
    assert "Lần nữa" in more.text
    page, first = f"/dossiers/{citizen.code}", rows(office, tables.messages)[0]["id"]
    said = {"text": "Đã mở thêm một quầy."}
    post(office, "director.binhlieu", f"{page}/messages/{first}", page, **said)
    assert citizen.do("feedback", text="Lần nữa").status_code == 303


def test_a_dossier_is_asked_back_and_the_office_stops_it(citizen: Citizen) -> None:
    office, code = citizen.office, citizen.code
    assert citizen.do("withdrawal", text=" ").status_code == 422
    assert citizen.do("withdrawal", text="Gia đình đã thoả thuận").status_code == 303
    assert 'value="withdrawal"' not in citizen.page()
    page = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "Bà con đang chờ trả lời: đề nghị rút hồ sơ" in page
    assert "Gia đình đã thoả thuận" in page
    care = f"/dossiers/{code}/care"
    told = {"do": "withdraw", "ground": "Theo đề nghị của người nộp"}
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303
    assert "Cơ quan đã xử lý lúc" in citizen.reads()
    assert "Hồ sơ đã dừng giải quyết" in citizen.reads()
    assert rows(office, tables.messages)[0]["answered_at"] == office.now


def test_feedback_is_answered_on_the_page_and_told(citizen: Citizen) -> None:
    office, code = citizen.office, citizen.code
    assert citizen.do("feedback", text="Chờ ở quầy hơn một giờ").status_code == 303
    assert "Cơ quan trả lời trước thứ Hai 14/07/2025, 17:00" in citizen.reads()
    (line,) = rows(office, tables.messages)
    page, path = f"/dossiers/{code}", f"/dossiers/{code}/messages/{line['id']}"
    assert post(office, "officer1.binhlieu", path, page, text="  ").status_code == 303
    assert rows(office, tables.messages)[0]["answered_at"] is None
    said = {"text": "Xin lỗi bà con; đã mở thêm một quầy."}
    assert post(office, "director.binhlieu", path, page, **said).status_code == 303
    assert "Xin lỗi bà con; đã mở thêm một quầy." in citizen.reads()
    assert rows(office, tables.notices)[-1]["event"] == "answered"
    again = post(office, "officer1.binhlieu", path, page, text="Lần hai")
    assert (again.status_code, "Lần hai" in read(again.text)) == (409, True)
    assert "Lần hai" not in citizen.reads()
    told = len(rows(office, tables.notices))
    assert (
        post(office, "director.binhlieu", path, page, **said).status_code == 303
    )  # a double click
    assert len(rows(office, tables.notices)) == told


def test_a_note_stays_in_the_house_and_a_message_does_not(citizen: Citizen) -> None:
    office = citizen.office
    page = f"/dossiers/{citizen.code}"
    for do, text in (("note", "Gọi hai lần không nghe máy"), ("message", "Mời đến ký tờ khai")):
        said = post(office, "officer1.binhlieu", f"{page}/messages", page, do=do, text=text)
        assert said.status_code == 303
    outside = citizen.reads()
    assert "Mời đến ký tờ khai" in outside
    assert "Gọi hai lần" not in outside
    told = [row["event"] for row in rows(office, tables.notices)]
    assert told == ["received", "message"]
    assert "Mời đến ký tờ khai" not in rows(office, tables.notices)[-1]["body"]


def test_the_result_is_fetched_and_rated_by_one_press(
    citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = citizen.office
    assert "hài lòng không" not in citizen.reads()
    settle(office, result_scan=(photo()[0], "ket qua.jpg"))
    link = BeautifulSoup(citizen.page(), "lxml").find("a", string="ket qua.jpg")
    assert link is not None
    fetched = citizen.browser.get(str(link["href"]))
    assert (fetched.status_code, fetched.data) == (200, photo()[0].getvalue())
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    stranger = citizen.browser.get(str(link["href"]).replace(citizen.secret, "AAAA-AAAA-AAAA"))
    assert stranger.status_code == 404
    assert office.do("reception1.binhlieu", "2025-08-06T08:00", **BACK) == 303
    assert citizen.do("rate", marks="3").status_code == 303
    assert citizen.do("rate", marks="1").status_code == 303  # the last word counts
    assert citizen.do("rate", marks="9").status_code == 422
    (row,) = rows(office, tables.ratings)
    assert row["marks"] == 1
    story = read(office.browser("director.binhlieu").get(f"/dossiers/{citizen.code}").text)
    assert "Người nộp hồ sơ tải kết quả điện tử" in story
    assert "Người nộp hồ sơ đánh giá: Chưa hài lòng" in story


def test_without_the_secret_nothing_is_taken(citizen: Citizen) -> None:
    told = citizen.secret
    citizen.secret = "AAAA-AAAA-AAAA"
    soup = BeautifulSoup(citizen.browser.get("/login").text, "lxml")
    field = soup.find("input", {"name": "csrf_token"})
    assert field is not None
    data = {"s": citizen.secret, "key": "k", "do": "feedback", "text": "x"}
    answer = citizen.browser.post(
        f"/track/{citizen.code}", data={**data, "csrf_token": str(field["value"])}
    )
    assert answer.status_code == 404
    assert rows(citizen.office, tables.messages) == []
    citizen.secret = told
    assert citizen.browser.get(citizen.path).status_code == 200
