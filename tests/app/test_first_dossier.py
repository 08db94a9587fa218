"""The first dossier, from the counter to the returned result, as browsers post it, scripts off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.demo.organisation import write_province
from app.settings import Settings
from engine.calendar import ZONE
from engine.commands import calendar, releases
from engine.package import load_folder
from engine.store import tables
from engine.store.database import Database
from engine.store.organisation import SETUP
from engine.store.verify import verify

ROOT = Path(__file__).parents[2]
DRAWN = datetime(2025, 6, 2, 9, tzinfo=ZONE)
OPENED = datetime(2025, 7, 1, tzinfo=ZONE)


class Office:
    """The application, a clock one can set, and browsers that are logged in."""

    def __init__(self, app: Flask, database: Database, passwords: dict[str, str]) -> None:
        self.app, self.database, self.passwords = app, database, passwords
        self.now = datetime(2025, 7, 7, 9, tzinfo=ZONE)
        app.config["MOTCUA_CLOCK"] = lambda: self.now
        self._browsers: dict[str, FlaskClient] = {}

    def at(self, text: str) -> None:
        """Set the wall clock."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=ZONE)

    def browser(self, login: str) -> FlaskClient:
        """A browser in which that account is logged in."""
        if login not in self._browsers:
            browser = self.app.test_client()
            page = browser.get("/login")
            told = {
                "login": login,
                "password": self.passwords[login],
                "csrf_token": token(page.text),
            }
            assert browser.post("/login", data=told).status_code == 303
            self._browsers[login] = browser
        return self._browsers[login]

    def open_task(self) -> str:
        """The one step that waits."""
        question = select(tables.tasks.c.id).where(tables.tasks.c.state == "open")
        with self.database.reading() as connection:
            return str(connection.scalars(question).one())

    def do(self, login: str, at: str, **answers: str | list[str]) -> int:
        """Complete the step that waits; the answer's status."""
        self.at(at)
        browser, path = self.browser(login), f"/tasks/{self.open_task()}"
        page = browser.get(path)
        assert page.status_code == 200
        told = {**answers, "csrf_token": token(page.text), "do": "complete"}
        return browser.post(path, data=told).status_code


def token(page: str) -> str:
    """The CSRF token of a page."""
    field = BeautifulSoup(page, "html.parser").find("input", {"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def read(page: str) -> str:
    """What a person reads, in one line."""
    return re.sub(r"\s+", " ", BeautifulSoup(page, "html.parser").get_text(" "))


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """The sample province with land confirmation open."""
    given = {
        "MOTCUA_DATABASE_URL": database_url,
        "MOTCUA_DATA_DIR": str(tmp_path / "files"),
        "MOTCUA_SECRET_KEY": "a key for tests",
        "MOTCUA_BASE_URL": "http://127.0.0.1:8000",
    }
    settings = Settings.from_env(given)
    database = Database(settings.database_url, settings.data_dir, settings.base_url)
    package = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")
    with database.transaction(SETUP, DRAWN) as tx:
        passwords = {account.login: account.password for account in write_province(tx)}
        calendar.seed_official_days(tx, (2025, 2026))
        digest = releases.publish(tx, package)
        releases.approve(tx, digest, "QĐ mẫu 01/2025")
        releases.roll_out(tx, digest, model="two-level", valid_from=OPENED)
    yield Office(create_app(settings, database), database, passwords)
    database.dispose()


COUNTER = {
    "applicant.name": "Hồ sơ mẫu 07",
    "applicant.citizen_id": "022080000007",
    "applicant.birth": "01/01/1980",
    "applicant.sex": "male",
    "applicant.address": "Khu mẫu, xã Bình Liêu, tỉnh Quảng Ninh",
    "applicant.phone": "0900000007",
    "map_sheet": "12",
    "parcel": "345",
    "hamlet": "Khu Chang Nà",
    "paper_area": "412,5",
    "land_type": "residential",
    "origin": "cleared",
    "used_since": "1998",
    "purpose": "Đề nghị cấp giấy chứng nhận lần đầu",
}
CHECKED: dict[str, str | list[str]] = {
    "measured_area": "408,2",
    "paper_area": "412,5",
    "current_use": "house",
    "disputed": "no",
    "village_head": "Trưởng thôn mẫu 03",
    "village_head_opinion": "Sử dụng ổn định từ năm 1998, không có tranh chấp.",
}


def counter_form(page: str) -> dict[str, str]:
    """What the counter's page holds before anybody types, its checked boxes and lists included."""
    soup = BeautifulSoup(page, "html.parser")
    held: dict[str, str] = {}
    for field in soup.select("main input[name], main textarea[name]"):
        if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.get("type") != "file":
            held[str(field["name"])] = str(field.get("value", ""))
    for field in soup.select("main select[name]"):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        held[str(field["name"])] = str(chosen["value"]) if chosen else ""
    return held


def receive(office: Office) -> str:
    """Receive the sample at Bình Liêu; its code."""
    browser = office.browser("reception1.binhlieu")
    page = browser.get("/counter/land-confirmation")
    assert page.status_code == 200
    told = {**counter_form(page.text), **COUNTER, "do": "receive"}
    for name in [name for name in told if name.startswith("paper.")]:
        if name.endswith((".have", ".given")):
            told[name] = "1"
    done = browser.post("/counter/land-confirmation", data=told)
    assert done.status_code == 303, read(done.text)[:1500]
    code = done.headers["Location"].rsplit("/", 1)[-1]
    again = browser.post("/counter/land-confirmation", data=told)
    assert (again.status_code, again.headers["Location"].rsplit("/", 1)[-1]) == (303, code)
    return code


def test_it_walks_from_the_counter_to_the_returned_result(office: Office) -> None:
    code = receive(office)
    assert code == "H49.99.01-250707-0001"
    asked = {
        **CHECKED,
        "inspected_on": "08/07/2025",
        "outcome": "supplement",
        "supplement_items": "Ý kiến của các hộ giáp ranh",
        "supplement_reason": "Giấy tờ đã nộp chưa đủ căn cứ xác định ranh giới.",
    }
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **asked) == 303
    page = read(office.browser("reception1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Đang dừng" in page or "đang dừng" in page
    supplied = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}
    assert office.do("reception1.binhlieu", "2025-07-14T14:00", **supplied) == 303
    fine = {**CHECKED, "inspected_on": "16/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-16T16:00", **fine) == 303
    posted = {
        "posted_from": "16/07/2025",
        "posted_until": "31/07/2025",
        "posted_at": "Trụ sở UBND xã và nhà văn hoá Khu Chang Nà",
        "full_term": "true",
        "outcome": "ok",
    }
    assert office.do("officer1.binhlieu", "2025-08-01T08:30", **posted) == 303
    signed = {"outcome": "approve", "signed_how": "paper"}
    assert office.do("leader.binhlieu", "2025-08-04T09:00", **signed) == 303
    sealed = {"signed_on": "04/08/2025", "sealed_copies": "2", "sealed": "true"}
    assert office.do("clerk.binhlieu", "2025-08-05T10:30", **sealed) == 303
    back = {"receiver": "applicant", "originals_returned": "true"}
    assert office.do("reception1.binhlieu", "2025-08-06T08:00", **back) == 303
    with office.database.reading() as connection:
        dossier = connection.execute(select(tables.dossiers)).one()
        slips = connection.scalars(select(tables.slips.c.kind).order_by(tables.slips.c.id)).all()
        assert verify(connection) is None
    assert (dossier.status, dossier.outcome, slips) == (10, "early", ["receipt", "supplement"])
    assert dossier.due_at == datetime(2025, 8, 11, 17, tzinfo=ZONE)


def test_a_task_done_by_somebody_else_is_409_and_what_was_typed_is_kept(office: Office) -> None:
    receive(office)
    office.at("2025-07-09T10:00")
    late, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    held = token(late.get(path).text)
    fine: dict[str, str | list[str]] = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **fine) == 303
    again = late.post(path, data={**fine, "csrf_token": held, "do": "complete"})
    assert again.status_code == 409
    assert "Sử dụng ổn định từ năm 1998" in read(again.text)


def test_a_wrong_form_is_422_and_nothing_typed_is_lost(office: Office) -> None:
    receive(office)
    office.at("2025-07-09T10:00")
    officer, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    page = officer.get(path)
    told = {**CHECKED, "inspected_on": "32/07/2025", "csrf_token": token(page.text)}
    answer = officer.post(path, data={**told, "do": "complete"})
    assert answer.status_code == 422
    assert 'value="32/07/2025"' in answer.text
    assert 'href="#inspected_on"' in answer.text
    assert "Sử dụng ổn định từ năm 1998" in answer.text


@pytest.mark.parametrize(
    ("login", "status"),
    [("officer1.hoanhmo", 404), ("reception1.binhlieu", 403), ("auditor", 403)],
)
def test_who_may_not_do_a_step_is_told_so(office: Office, login: str, status: int) -> None:
    receive(office)
    path = f"/tasks/{office.open_task()}"
    browser = office.browser(login)
    held = token(browser.get("/dossiers").text)
    assert browser.post(path, data={"csrf_token": held, "do": "complete"}).status_code == status


def test_the_citizen_follows_it_with_the_secret_of_the_slip(office: Office) -> None:
    code = receive(office)
    page = office.browser("reception1.binhlieu").get(f"/counter/receipts/{code}")
    found = re.search(r"/track/[^\"'\s]*\?s=([0-9A-Z-]+)", page.text)
    stranger = office.app.test_client()
    if found is None:
        found = re.search(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\b", read(page.text))
    assert found is not None
    shown = stranger.get(f"/track/{code}?s={found[1]}")
    assert shown.status_code == 200
    assert len(shown.data) < 30_000
    told = read(shown.text)
    assert "Xác nhận tình trạng đất đai" in told
    assert "Hồ sơ mẫu 07" not in told
    assert "022080000007" not in told
    assert stranger.get(f"/track/{code}?s=AAAA-AAAA-AAAA-AAAA").status_code in (403, 404, 422)
