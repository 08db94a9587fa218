"""What the offices see and can do of a dossier that ended without a result."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post
from tests.app.test_returning import hand
from tests.journeys import BACK, refuse, settle
from tests.office import Office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

HERE, DONE = "reception1.binhlieu", "đã xong"


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
