"""At the counter without a dossier: asked to complete (slip 02), refused (slip 03), or wrong."""

from __future__ import annotations

import io
import re

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.store import tables
from tests.app.test_first_dossier import counter_form
from tests.office import COUNTER, Office, read

HERE = "/counter/land-confirmation"
TYPED = {
    **COUNTER,
    "missing": "Đơn đề nghị\nBản trích lục bản đồ địa chính",
    "reason": "Chưa có đơn theo mẫu và bản trích lục.",
    "paper.request.quantity": "0",
    "used_since": "năm 98",
}
GUIDE, REFUSE = ("guide", "supplement"), ("refuse", "refusal")


def press(office: Office, do: str, **typed: str) -> TestResponse:
    """Fill the counter's form and press one of its buttons."""
    browser = office.browser("reception1.binhlieu")
    return browser.post(HERE, data={**counter_form(browser.get(HERE).text), **typed, "do": do})


def beside(page: str) -> dict[str, str]:
    """The error of each field that says it is wrong, by the field's name."""
    soup = BeautifulSoup(page, "lxml")
    found = {}
    for field in soup.select("main [aria-invalid=true]"):
        said = [soup.find(id=name) for name in str(field["aria-describedby"]).split()]
        found[str(field["name"])] = " ".join(
            one.text for one in said if one and "error" in (one.get("class") or [])
        )
    return found


def slip(office: Office, path: str) -> str:
    """The words of the PDF the page offers."""
    browser = office.browser("reception1.binhlieu")
    page = browser.get(path)
    assert page.status_code == 200
    link = BeautifulSoup(page.text, "lxml").select_one("main a[href$='.pdf']")
    assert link is not None
    answer = browser.get(str(link["href"]))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    sheets = PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in sheets))


def count(office: Office) -> tuple[int, int]:
    """How many visits and dossiers there are."""
    with office.database.reading() as connection:
        visits, dossiers = (
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (tables.visits, tables.dossiers)
        )
    return visits, dossiers


@pytest.mark.parametrize(("do", "kind"), [GUIDE, REFUSE])
def test_posted_twice_it_is_one_visit_and_its_slip_is_served(
    office: Office, do: str, kind: str
) -> None:
    browser = office.browser("reception1.binhlieu")
    told = {**counter_form(browser.get(HERE).text), **TYPED, "do": do}
    done, again = (browser.post(HERE, data=told) for _ in range(2))
    assert (done.status_code, again.status_code) == (303, 303)
    assert done.headers["Location"] == again.headers["Location"]
    assert count(office) == (1, 0)
    with office.database.reading() as connection:
        assert connection.scalars(select(tables.visits.c.kind)).all() == [kind]
    printed = slip(office, done.headers["Location"])
    assert "Hồ sơ mẫu 07" in printed
    assert "Chưa có đơn theo mẫu và bản trích lục." in printed
    assert ("Bản trích lục bản đồ địa chính" in printed) is (do == "guide")


@pytest.mark.parametrize(
    ("do", "typed", "wrong"),
    [
        ("guide", {"missing": " \n ", "reason": ""}, {"missing", "reason"}),
        ("guide", {"applicant.name": " "}, {"applicant.name"}),
        ("guide", {"missing": ""}, {"missing"}),
        ("refuse", {"missing": "", "reason": " "}, {"reason"}),
        ("refuse", {"reason": "", "applicant.name": ""}, {"reason", "applicant.name"}),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(
    office: Office, do: str, typed: dict[str, str], wrong: set[str]
) -> None:
    told = {**TYPED, **typed}
    page = press(office, do, **told)
    assert page.status_code == 422
    errors = beside(page.text)
    assert errors.keys() == wrong
    soup = BeautifulSoup(page.text, "lxml")
    listed = {str(link["href"]): link.text for link in soup.select("#faults a")}
    assert listed == {f"#{name}": error for name, error in errors.items()}
    kept = counter_form(page.text) | {str(a["name"]): a.text for a in soup.select("textarea")}
    lost = {name for name, text in told.items() if kept.get(name, "").strip() != text.strip()}
    assert lost == set()
    assert soup.select_one("details.choice-out[open]")
    assert count(office) == (0, 0)


def test_what_a_receipt_lacks_is_told_beside_its_field_all_at_once(office: Office) -> None:
    page = press(office, "receive", **{**TYPED, "applicant.citizen_id": "12"})
    assert page.status_code == 422
    wrong = {"applicant.citizen_id", "paper.request.quantity", "used_since"}
    assert beside(page.text).keys() == wrong
    assert all(beside(page.text).values())
    assert count(office) == (0, 0)


def test_land_is_in_use_since_a_year_that_has_come(office: Office) -> None:
    for year, told in (("2026", "Năm bắt đầu sử dụng không thể sau năm nay"), ("2025", None)):
        page = press(office, "receive", **{**TYPED, "used_since": year})
        assert beside(page.text).get("used_since") == told


def test_a_visit_of_another_centre_is_nobody_elses(office: Office) -> None:
    path = press(office, "refuse", **TYPED).headers["Location"]
    for login in ("reception1.hoanhmo", "officer1.binhlieu"):
        for there in (path, f"{path}/slip.pdf"):
            answer = office.browser(login).get(there)
            assert answer.status_code == 403
            assert "Hồ sơ mẫu 07" not in read(answer.text)
