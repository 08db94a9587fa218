"""What only a drawn page shows: nothing is cut off, nothing overlaps, and what a printer gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_first_dossier import ON_SQLITE, Desks, receive
from tests.office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = {"width": 390, "height": 844}
# The words of a select that are wider than its room.
CUT = """() => [...document.querySelectorAll("main select")].filter(one => {
    const free = one.cloneNode(true)
    Object.assign(free.style, { width: "auto", maxWidth: "none", position: "absolute" })
    document.body.append(free)
    const needs = free.offsetWidth
    free.remove()
    return needs > one.offsetWidth && one.offsetWidth < 300
}).map(one => one.name)"""
# Cells of a list whose words run out of them.
SPILT = """() => [...document.querySelectorAll(".list td, .list th")]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"""
PRINTED_NOT = ".top, .foot, .crumbs, main button, main details:not([open]) summary"


@pytest.fixture
def rooms(chromium: Browser, office: Office, serve: Callable[[Any], str]) -> Iterator[Desks]:
    """The office on a real port."""
    rooms = Desks(chromium, office, serve(office.app))
    yield rooms
    for page in rooms.pages.values():
        page.context.close()


@ON_SQLITE
def test_no_word_of_the_paper_list_is_cut_off(rooms: Desks) -> None:
    page = rooms.at("reception1.binhlieu", viewport={"width": 1366, "height": 768})
    page.goto("/counter/land-confirmation")
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert page.evaluate(CUT) == []


@ON_SQLITE
def test_lists_are_read_on_a_phone(rooms: Desks) -> None:
    reception = rooms.at("reception1.binhlieu", viewport=PHONE)
    receive(rooms, reception)
    officer = rooms.at("officer1.binhlieu", viewport=PHONE)
    approver = rooms.at("approver", viewport=PHONE)
    for page, path in (
        (reception, "/dossiers"),
        (reception, "/reports"),
        (officer, "/tasks?view=office"),
        (approver, "/releases"),
    ):
        page.goto(path)
        assert page.evaluate(SPILT) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@ON_SQLITE
def test_on_paper_a_page_is_without_what_one_presses(rooms: Desks) -> None:
    reception = rooms.at("reception1.binhlieu")
    code = receive(rooms, reception)
    stranger = rooms.stranger()
    for page, path in (
        (reception, f"/dossiers/{code}"),
        (stranger, "/procedures/land-confirmation"),
    ):
        page.goto(path)
        page.emulate_media(media="print")
        shown = [one.inner_text() for one in page.locator(PRINTED_NOT).all() if one.is_visible()]
        assert shown == [], path
        assert page.locator("h1").is_visible()
