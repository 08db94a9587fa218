"""A draft keeps what was typed, right or wrong, for the one who holds the step."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.store import tables
from tests.app.test_first_dossier import counter_form, receive
from tests.office import CHECKED, Office, read, token

HALF = {
    "measured_area": "chừng bốn trăm",
    "inspected_on": "32/07/2025",
    "current_use": "house",
    "village_head": "Trưởng thôn mẫu 03",
}


def post(office: Office, login: str, task: str, do: str, **typed: str) -> TestResponse:
    """Press a button of the step's page; a stranger to it brings a token from elsewhere."""
    browser = office.browser(login)
    held = token(browser.get("/dossiers").text)
    return browser.post(f"/tasks/{task}", data={**typed, "csrf_token": held, "do": do})


def kept(office: Office, task: str) -> dict[str, object] | None:
    """The draft in the database."""
    with office.database.reading() as connection:
        question = select(tables.tasks.c.draft).where(tables.tasks.c.id == task)
        found: dict[str, object] | None = connection.scalars(question).one()
    return found


@pytest.fixture
def task(office: Office) -> str:
    """The land officers' step, untouched."""
    receive(office)
    office.at("2025-07-09T10:00")
    return office.open_task()


def test_what_was_typed_is_there_again_right_or_wrong(office: Office, task: str) -> None:
    assert post(office, "officer1.binhlieu", task, "draft", **HALF).status_code == 303
    page = office.browser("officer1.binhlieu").get(f"/tasks/{task}")
    assert page.status_code == 200
    shown = counter_form(page.text)
    assert {name: shown.get(name) for name in HALF} == HALF
    assert not BeautifulSoup(page.text, "lxml").select("#faults, .error")
    assert "Đã lưu tạm" in read(page.text)
    later = {**HALF, "measured_area": "408,2", "village_head": ""}
    assert post(office, "officer1.binhlieu", task, "draft", **later).status_code == 303
    shown = counter_form(office.browser("officer1.binhlieu").get(f"/tasks/{task}").text)
    assert {name: shown.get(name) for name in later} == later


def test_taking_the_task_keeps_what_was_typed_before(office: Office, task: str) -> None:
    assert post(office, "officer1.binhlieu", task, "claim", **HALF).status_code == 303
    shown = counter_form(office.browser("officer1.binhlieu").get(f"/tasks/{task}").text)
    assert {name: shown.get(name) for name in HALF} == HALF


def test_another_officer_can_neither_save_nor_read_it(office: Office, task: str) -> None:
    post(office, "officer1.binhlieu", task, "draft", **HALF)
    before = kept(office, task)
    assert before
    answer = post(office, "officer2.binhlieu", task, "draft", village_head="Người khác mẫu 04")
    assert answer.status_code == 409
    assert "Người khác mẫu 04" in read(answer.text), "what the second one typed is shown to copy"
    assert post(office, "leader.binhlieu", task, "draft", **HALF).status_code == 403
    assert post(office, "officer1.hoanhmo", task, "draft", **HALF).status_code == 404
    assert kept(office, task) == before
    for login in ("officer2.binhlieu", "leader.binhlieu"):
        page = office.browser(login).get(f"/tasks/{task}")
        assert "chừng bốn trăm" not in page.text
        assert "officer1.binhlieu đang giữ việc này" in read(page.text)


def test_completing_the_step_clears_it(office: Office, task: str) -> None:
    post(office, "officer1.binhlieu", task, "draft", **HALF)
    wrong = post(office, "officer1.binhlieu", task, "complete", **HALF)
    assert wrong.status_code == 422
    assert kept(office, task), "a wrong form is no reason to forget the draft"
    fine = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert post(office, "officer1.binhlieu", task, "complete", **fine).status_code == 303
    assert kept(office, task) is None
    late = post(office, "officer1.binhlieu", task, "draft", **HALF)
    assert late.status_code == 409
    assert kept(office, task) is None
