"""The bundled front end in a real browser, under the content security policy the pages carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app.headers import POLICY

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "app" / "static" / "build"
DIAGRAM = ROOT / "processes" / "land-confirmation" / "process.bpmn"
HEAD = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Trang thử</title>
<link rel="stylesheet" href="/build/diagram.css">
<script src="/build/htmx.js" defer></script><script src="/build/diagram.js" defer></script>
<script src="/build/motcua.js" defer></script></head><body>"""
PAGES = {
    "/diagram": """<figure data-diagram-url="/process.bpmn" data-done="CounterStep no-such-step"
        data-current="FieldCheck"><ol><li>Tiếp nhận hồ sơ</li></ol></figure>""",
    "/broken": """<figure data-diagram-url="/nothing.bpmn"><ol><li>Tiếp nhận hồ sơ</li></ol>
        </figure>""",
    "/rows": """<table class="js-rows"><tbody><tr><td><a href="/one">Hồ sơ mẫu 01</a></td></tr>
        <tr><td><a href="/two">Hồ sơ mẫu 02</a></td></tr></tbody></table>
        <input id="typed"><form action="/done"><button data-key="F9">Tiếp nhận</button></form>""",
    "/card": """<form action="/sent"><input id="scan" data-cccd-scan><input id="id" data-cccd="id">
        <input id="name" data-cccd="name"><input id="birth" data-cccd="birth">
        <input type="radio" id="male" name="sex" value="male" data-cccd="sex">
        <label for="male">Nam</label>
        <input type="radio" id="female" name="sex" value="female" data-cccd="sex">
        <label for="female">Nữ</label>
        <textarea id="address" data-cccd="address"></textarea></form>""",
    "/part": """<form hx-post="/fault" hx-target="#out"><button>Gửi</button></form>
        <p id="out"></p>""",
}
TYPES = {".js": "text/javascript", ".css": "text/css", ".bpmn": "text/xml"}

CARD = "022190000007||Người nộp mẫu 07|02031990|Nữ|Khu mẫu, xã Bình Liêu|01072021"

pytestmark = pytest.mark.browser


def site(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The few pages these tests look at."""
    path = environ["PATH_INFO"]
    status, kind, body = "200 OK", "text/html; charset=utf-8", b""
    if path.startswith("/build/") and (BUILD / path[7:]).exists():
        body = (BUILD / path[7:]).read_bytes()
        kind = TYPES[Path(path).suffix]
    elif path == "/process.bpmn":
        body, kind = DIAGRAM.read_bytes(), TYPES[".bpmn"]
    elif path == "/fault":
        status, body = "422 Unprocessable Content", "<b>Thiếu họ tên</b>".encode()
    elif path in PAGES:
        body = (HEAD + PAGES[path]).encode()
    else:
        status, body = "404 Not Found", b"nothing here"
    start(status, [("Content-Type", kind), ("Content-Security-Policy", POLICY)])
    return [body]


@pytest.fixture
def open_page(page: Page, serve: Callable[[Any], str]) -> Iterator[Callable[[str], Page]]:
    """Opens a page of the site; whatever the policy blocked or a script threw fails the test."""
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if "Policy" in said.text else None)
    address = serve(site)

    def go(path: str) -> Page:
        page.goto(address + path)
        return page

    yield go
    assert faults == []


def test_the_diagram_shows_what_is_done_and_where_the_dossier_is(
    open_page: Callable[[str], Page],
) -> None:
    page = open_page("/diagram")
    page.wait_for_selector("figure[data-diagram-state=drawn]")
    assert page.locator(".diagram-done[data-element-id=CounterStep]").count() == 1
    assert page.locator(".diagram-current[data-element-id=FieldCheck]").count() == 1
    edge = page.locator("[data-element-id=FieldCheck] .djs-visual > :first-child")
    assert edge.evaluate("e => getComputedStyle(e).strokeWidth") == "5px"
    assert page.locator(".bjs-powered-by").is_visible()
    assert page.locator("figure li").is_visible()


def test_the_diagram_fits_again_when_the_window_changes(open_page: Callable[[str], Page]) -> None:
    page = open_page("/diagram")
    page.wait_for_selector("figure[data-diagram-state=drawn]")
    page.set_viewport_size({"width": 480, "height": 700})
    page.wait_for_function(
        """() => {
        const box = document.querySelector('.diagram-canvas').getBoundingClientRect();
        return [...document.querySelectorAll('.djs-shape')].every((shape) => {
            const place = shape.getBoundingClientRect();
            return place.left >= box.left - 1 && place.right <= box.right + 1;
        });
    }"""
    )


def test_without_a_drawing_the_list_in_words_remains(open_page: Callable[[str], Page]) -> None:
    page = open_page("/broken")
    page.wait_for_selector("figure[data-diagram-state=failed]")
    assert page.locator(".diagram-canvas").count() == 0
    assert page.locator("figure li").is_visible()


def test_j_k_and_enter_walk_a_list(open_page: Callable[[str], Page]) -> None:
    page = open_page("/rows")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Hồ sơ mẫu 01"
    page.keyboard.press("Enter")
    page.wait_for_url("**/one")


def test_keys_are_letters_while_somebody_types(open_page: Callable[[str], Page]) -> None:
    page = open_page("/rows")
    page.locator("#typed").press("j")
    assert page.input_value("#typed") == "j"


def test_f9_presses_the_main_button(open_page: Callable[[str], Page]) -> None:
    page = open_page("/rows")
    page.locator("#typed").press("F9")
    page.wait_for_url("**/done*")


def test_a_question_mark_lists_the_keys(open_page: Callable[[str], Page]) -> None:
    page = open_page("/rows")
    page.keyboard.press("Shift+?")
    assert "Phím tắt" in page.locator("dialog[open]").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def test_a_scanned_card_fills_the_fields_and_is_not_kept(open_page: Callable[[str], Page]) -> None:
    page = open_page("/card")
    page.locator("#scan").fill(CARD)
    page.keyboard.press("Enter")
    assert page.input_value("#id") == "022190000007"
    assert page.input_value("#name") == "Người nộp mẫu 07"
    assert page.input_value("#birth") == "02/03/1990"
    assert page.is_checked("#female")
    assert page.input_value("#address") == "Khu mẫu, xã Bình Liêu"
    assert page.input_value("#scan") == ""
    assert page.url.endswith("/card")


def test_a_text_that_is_no_card_stays_and_is_marked(open_page: Callable[[str], Page]) -> None:
    page = open_page("/card")
    page.locator("#scan").fill("không phải thẻ")
    page.keyboard.press("Enter")
    assert page.get_attribute("#scan", "aria-invalid") == "true"
    assert page.input_value("#scan") == "không phải thẻ"
    assert page.input_value("#id") == ""


def test_a_form_with_faults_is_shown_in_place(open_page: Callable[[str], Page]) -> None:
    page = open_page("/part")
    page.click("button")
    page.wait_for_selector("#out b")
    assert page.inner_text("#out") == "Thiếu họ tên"
