"""What the offices see and can do of a dossier that ended without a result."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.commands import folders
from engine.errors import FolderElsewhere
from engine.queries.proof import breaches
from engine.store import cutovers, tables
from engine.store.verify import verify
from tests.app.test_citizens import Citizen
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post, text
from tests.app.test_returning import hand
from tests.commands.test_moving import read as rows
from tests.journeys import BACK, refuse, settle
from tests.office import Office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

HERE, DONE = "reception1.binhlieu", "đã xong"


@pytest.fixture
def citizen(office: Office) -> Citizen:
    return Citizen(office)


def stop(office: Office, code: str) -> None:
    """The leader stops it two days after its receipt."""
    care = f"/dossiers/{code}/care"
    office.at("2025-07-08T10:00")
    told = {"do": "cancel", "ground": "Khoản 2 Điều 9"}
    assert post(office, "leader.binhlieu", care, care, **told).status_code == 303


def page(office: Office, code: str, login: str = HERE) -> BeautifulSoup:
    return BeautifulSoup(office.browser(login).get(f"/dossiers/{code}").text, "lxml")


def strip(soup: BeautifulSoup) -> list[tuple[str, str]]:
    """The steps of the path with what is said of each."""
    lines = (read(str(line)).rpartition(", ") for line in soup.select(".strip li"))
    return [(name.strip(), state.strip()) for name, _, state in lines]


def test_a_refused_dossier_promises_no_step_that_cannot_come(office: Office) -> None:
    code = receive(office)
    refuse(office)
    before = [("Tiếp nhận hồ sơ", DONE), ("Kiểm tra thực địa", DONE), ("Từ chối giải quyết", DONE)]
    assert strip(page(office, code)) == [*before, ("Trả kết quả", "đang làm")]
    task = office.browser(HERE).get(f"/tasks/{office.open_task()}").text
    assert strip(BeautifulSoup(task, "lxml")) == [*before, ("Trả kết quả", "đang làm")]
    assert hand(office, **BACK)[0] == 303
    assert strip(page(office, code)) == [*before, ("Trả kết quả", DONE)]


def test_the_head_of_a_refused_dossier_says_so(office: Office) -> None:
    code = receive(office)
    refuse(office)
    soup = page(office, code)
    assert "Từ chối giải quyết" in [tag.text for tag in soup.select(".title .tag")]
    assert "Đã có kết quả" not in read(str(soup.select_one(".lead")))


def test_a_stopped_dossier_ends_where_it_was_stopped(office: Office) -> None:
    code = receive(office)
    stop(office, code)
    assert strip(page(office, code)) == [("Tiếp nhận hồ sơ", DONE), ("Dừng xử lý", DONE)]


def test_a_granted_dossier_shows_its_whole_path(office: Office) -> None:
    code = receive(office)
    ahead = [name for name, _ in strip(page(office, code))]
    settle(office)
    assert [name for name, _ in strip(page(office, code))] == ahead
    assert [state for _, state in strip(page(office, code))][-2:] == [DONE, "đang làm"]


def give_back(office: Office, code: str, login: str = HERE) -> int:
    path = f"/dossiers/{code}"
    return post(office, login, f"{path}/papers-back", path).status_code


def test_reception_says_once_that_the_papers_of_a_stopped_dossier_went_back(
    citizen: Citizen,
) -> None:
    office, code = citizen.office, citizen.code
    button = "Đã trả giấy tờ cho người nộp"
    assert button not in read(str(page(office, code))), "nothing has ended yet"
    stop(office, code)
    assert "nhận lại giấy tờ đã nộp" in citizen.reads()
    assert button in read(str(page(office, code)))
    assert button not in read(str(page(office, code, "officer1.binhlieu")))
    office.at("2025-07-10T09:00")
    assert [give_back(office, code) for _ in range(2)] == [303, 303]
    said = read(str(page(office, code)))
    assert "Hồ sơ giấy ở người nộp" in said and button not in said
    assert "Trả lại giấy tờ cho người nộp" in read(str(page(office, code).select_one(".story")))
    told = citizen.reads()
    assert "Giấy tờ đã nộp được trả lại lúc thứ Năm 10/07/2025, 09:00" in told
    assert "nhận lại giấy tờ đã nộp" not in told
    (line,) = [row for row in rows(office, tables.handovers) if row["name"] == "Trả lại giấy tờ"]
    assert (line["to_role"], line["from_unit"], line["result"]) == ("applicant", "H49.99.01", "")
    pdf = office.browser(HERE).get(f"/dossiers/{code}/control.pdf").data
    assert "Người nộp hồ sơ nhận lại" in re.sub(r"\s+", " ", text(pdf))
    with office.database.reading() as connection:
        assert verify(connection) is None
        assert list(breaches(connection, office.now)) == []


def test_papers_that_lie_elsewhere_or_are_back_already_are_not_given(office: Office) -> None:
    code = receive(office)
    with office.acting(HERE) as tx, pytest.raises(FolderElsewhere):
        folders.give_back(tx, 1)  # it goes on
    with office.acting(HERE) as tx:
        folders.send(tx, [1], "UBND.06838")
    stop(office, code)
    with office.acting(HERE) as tx, pytest.raises(FolderElsewhere):
        folders.give_back(tx, 1)  # on its way
    said = read(str(page(office, code)))
    assert "chưa ai xác nhận nhận" in said and "Đã trả giấy tờ cho người nộp" not in said
    (going,) = rows(office, tables.folders)
    with office.acting("officer1.binhlieu") as tx:
        folders.take(tx, [going["id"]])
    assert "Đã trả giấy tờ cho người nộp" not in read(str(page(office, code)))
    assert give_back(office, code) == 403, "it lies with the land officer"
    with office.acting("officer1.binhlieu") as tx:
        folders.send(tx, [1], "H49.99.01")
    with office.acting(HERE) as tx:
        folders.take(tx, [rows(office, tables.folders)[-1]["id"]])
    with office.acting(HERE) as tx:
        assert folders.give_back(tx, 1)
    with office.acting(HERE) as tx, pytest.raises(FolderElsewhere):
        folders.send(tx, [1], "UBND.06838")


def test_papers_given_back_at_the_counter_go_nowhere_any_more(office: Office) -> None:
    """They were to go where the result was wanted; the applicant came to where they lie."""
    code = receive(office, return_at="H49.99.02")
    stop(office, code)
    (told,) = [row for row in rows(office, tables.notices) if row["event"] == "stop"]
    assert "Moi den Trung tam Phuc vu hanh chinh cong xa Luc Hon" in told["body"]
    (slip,) = [row for row in rows(office, tables.slips) if row["kind"] == "stop"]
    pdf = office.browser(HERE).get(f"/dossiers/{code}/slips/{slip['id']}.pdf").data
    assert "được trả lại tại Trung tâm Phục vụ hành chính công xã Lục Hồn" in text(pdf)
    listed = office.browser(HERE)
    assert code in read(listed.get("/folders").text)
    assert give_back(office, code) == 303
    assert code not in read(listed.get("/folders").text)
    with office.database.reading() as connection:
        asked = select(tables.dossiers.c.id).where(cutovers.concerned("two-level", office.now))
        assert connection.scalars(asked).all() == []


def test_a_dossier_that_has_ended_offers_nothing_that_is_for_open_ones(office: Office) -> None:
    code = receive(office)
    stop(office, code)
    assert "Việc tại quầy" not in read(str(page(office, code)))
    answer = office.browser(HERE).get(f"/dossiers/{code}/desk")
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{code}")
