"""Land confirmation through the logins of six roles, in a browser, with a supplement on the way."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from tests.office import CHECKED as POSTED
from tests.office import COUNTER, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# A browser shows the area on paper, and does not let it be typed.
CHECKED = {name: value for name, value in POSTED.items() if name != "paper_area"}
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


# What the browser alone shows is shown on one database; the store is tested on both elsewhere.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Desks:
    """One browser per login, on the same server."""

    def __init__(self, chromium: Browser, office: Office, address: str) -> None:
        self.chromium, self.office, self.address = chromium, office, address
        self.pages: dict[str, Page] = {}

    def stranger(self, **kwargs: Any) -> Page:
        """A browser that is not logged in."""
        context = self.chromium.new_context(locale="vi-VN", base_url=self.address, **kwargs)
        context.set_default_timeout(30_000)
        page = context.new_page()
        self.pages[f"stranger {len(self.pages)}"] = page
        return page

    def at(self, login: str, **kwargs: Any) -> Page:
        """The browser in which that account is logged in."""
        if login not in self.pages:
            page = self.stranger(**kwargs)
            page.goto("/login")
            page.get_by_label("Tên đăng nhập").fill(login)
            page.get_by_label("Mật khẩu").fill(self.office.passwords[login])
            page.get_by_role("button", name="Đăng nhập").click()
            page.get_by_role("button", name="Đăng xuất").wait_for()
            self.pages[login] = page
        return self.pages[login]

    def work(self, login: str, when: str, **answers: str) -> Page:
        """Open the first step of the office's list, fill the form, complete it."""
        self.office.at(when)
        page = self.at(login)
        page.goto("/tasks?view=office")
        page.locator("td.do a").first.click()
        fill(page, answers)
        page.get_by_role("button", name="Hoàn thành bước này").click()
        page.locator(".note[role=status]").wait_for()
        return page


def fill(page: Page, answers: dict[str, str]) -> None:
    """Put each answer where a person would: type, choose, or tick."""
    for name, value in answers.items():
        box = page.locator(f"main [name='{name}']:not([type=hidden])")
        inside = page.locator(f"[name='{name}']:not([type=hidden])")
        folded = page.locator("main details:not([open])", has=inside)
        while folded.count():
            folded.first.locator("summary").first.click()
        kind = box.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            page.locator(f"main [name='{name}'][value='{value}']:not([type=hidden])").check()
        elif kind == "select-one":
            box.select_option(value)
        else:
            box.fill(value)


@pytest.fixture
def desks(chromium: Browser, office: Office, serve: Callable[[Any], str]) -> Iterator[Desks]:
    """The office on a real port."""
    desks = Desks(chromium, office, serve(office.app))
    yield desks
    for page in desks.pages.values():
        page.context.close()


def receive(desks: Desks, page: Page, form: str = "") -> str:
    """Receive the sample as the clerk does, from the search without accents to the receipt."""
    page.goto(form or "/counter")
    if not form:
        page.get_by_role("searchbox").fill("dat dai")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Xác nhận tình trạng đất đai").first.click()
    fill(page, COUNTER)
    page.get_by_role("button", name="Tiếp nhận và in mẫu 01").click()
    page.wait_for_url(re.compile(r"/counter/receipts/"))
    return page.url.rsplit("/", 1)[-1].split("?")[0]


def slip_text(page: Page, name: str) -> str:
    """The words of the PDF behind the link with that name."""
    link = page.get_by_role("link", name=name).first.get_attribute("href")
    assert link is not None
    answer = page.request.get(link)
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in pages))


def test_six_roles_take_it_from_the_counter_to_the_returned_result(desks: Desks) -> None:
    reception = desks.at("reception1.binhlieu")
    code = receive(desks, reception)
    assert code == "H49.99.01-250707-0001"
    receipt = slip_text(reception, "In mẫu 01")
    assert code in receipt
    assert "17 giờ 00 phút, ngày 21 tháng 7 năm 2025" in receipt
    secret = reception.get_by_text(re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")).inner_text()
    citizen = desks.stranger(java_script_enabled=False)

    def follows() -> str:
        citizen.goto(f"/track/{code}?s={secret}")
        return citizen.locator("main").inner_text()

    assert "Bà con chưa phải làm gì" in follows()

    officer, until = "officer1.binhlieu", "supplement_items"
    desks.work(
        officer,
        "2025-07-09T10:00",
        **CHECKED,
        inspected_on="08/07/2025",
        outcome="supplement",
        supplement_reason="Giấy tờ đã nộp chưa đủ căn cứ xác định ranh giới.",
        **{until: "Ý kiến của các hộ giáp ranh"},
    )
    page = desks.at("reception1.binhlieu")
    page.goto(f"/dossiers/{code}")
    assert "Đồng hồ đang dừng" in page.locator("main").inner_text()
    assert "Ý kiến của các hộ giáp ranh" in slip_text(page, "Phiếu yêu cầu bổ sung")
    assert "bổ sung" in follows()

    told = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}
    desks.work("reception1.binhlieu", "2025-07-14T14:00", **told)
    desks.work(officer, "2025-07-16T16:00", **CHECKED, inspected_on="16/07/2025", outcome="ok")
    assert "Niêm yết" in follows()
    desks.work(
        officer,
        "2025-08-01T08:30",
        posted_from="16/07/2025",
        posted_until="31/07/2025",
        posted_at="Trụ sở UBND xã và nhà văn hoá Khu Chang Nà",
        full_term="true",
        outcome="ok",
    )
    desks.work("leader.binhlieu", "2025-08-04T09:00", outcome="approve", signed_how="paper")
    desks.work(
        "clerk.binhlieu",
        "2025-08-05T10:30",
        signed_on="04/08/2025",
        sealed_copies="2",
        sealed="true",
    )
    desks.work(
        "reception2.binhlieu", "2025-08-06T08:00", receiver="applicant", originals_returned="true"
    )
    assert "xong" in follows()
    for overseer in ("director.binhlieu", "controller"):
        page = desks.at(overseer)
        page.goto(f"/dossiers/{code}")
        told_there = page.locator("main").inner_text()
        assert "Đã trả kết quả" in told_there
        assert "trước hạn" in told_there


@ON_SQLITE
def test_without_scripts_a_dossier_is_received_and_a_step_done(desks: Desks) -> None:
    page = desks.at("reception1.binhlieu", java_script_enabled=False)
    code = receive(desks, page)
    officer = desks.at("officer1.binhlieu", java_script_enabled=False)
    done = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    desks.work("officer1.binhlieu", "2025-07-09T10:00", **done)
    officer.goto(f"/dossiers/{code}")
    assert "Niêm yết công khai" in officer.locator("main").inner_text()


@ON_SQLITE
def test_a_double_click_at_the_counter_makes_one_dossier(desks: Desks) -> None:
    page = desks.at("reception1.binhlieu", java_script_enabled=False)
    page.goto("/counter/land-confirmation")
    fill(page, COUNTER)
    page.get_by_role("button", name="Tiếp nhận và in mẫu 01").dblclick(no_wait_after=True)
    page.wait_for_url(re.compile(r"/counter/receipts/"))
    page.goto("/dossiers")
    assert page.locator("main").get_by_text(re.compile(r"^H49\.99\.01-")).count() == 1


@ON_SQLITE
def test_faults_are_listed_above_and_their_links_lead_to_the_fields(desks: Desks) -> None:
    receive(desks, desks.at("reception1.binhlieu"))
    page = desks.at("officer1.binhlieu")
    page.goto("/tasks?view=office")
    page.locator("td.do a").first.click()
    fill(page, {"measured_area": "408,2", "inspected_on": "32/07/2025"})
    page.get_by_role("button", name="Hoàn thành bước này").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert page.evaluate("document.activeElement.id") == "faults"
    summary.locator("a[href='#inspected_on']").click()
    assert page.evaluate("document.activeElement.id") == "inspected_on"
    assert page.locator("#inspected_on").input_value() == "32/07/2025"
    assert page.locator("#measured_area").input_value() == "408,2"


@ON_SQLITE
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_page_keeps_anybody_out(desks: Desks, lang: str) -> None:
    """axe-core finds nothing on any kind of page, in either language."""
    reception = desks.at("reception1.binhlieu")
    code = receive(desks, reception)
    receipt = reception.url
    officer, admin = desks.at("officer1.binhlieu"), desks.at("admin")
    officer.goto("/tasks?view=office")
    task = officer.locator("td.do a").first.get_attribute("href")
    stranger = desks.stranger()
    looked_at: list[tuple[Page, str]] = [
        (stranger, "/login"),
        (stranger, "/procedures"),
        (stranger, "/procedures/land-confirmation"),
        (stranger, "/track"),
        (reception, "/counter"),
        (reception, "/counter/land-confirmation"),
        (reception, receipt),
        (reception, "/reports"),
        (officer, "/tasks?view=office"),
        (officer, str(task)),
        (officer, f"/dossiers/{code}"),
        (officer, "/dossiers"),
        (officer, "/no-such-page"),
        (admin, "/releases"),
    ]
    found = {}
    for page in (stranger, reception, officer, admin):
        page.goto(f"/lang/{lang}?next=/procedures")
    for page, path in looked_at:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == lang
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run()")
        if result["violations"]:
            found[path] = [
                (each["id"], [node["html"] for node in each["nodes"]][:3])
                for each in result["violations"]
            ]
    assert not found, "\n".join(f"{path}: {faults}" for path, faults in found.items())
