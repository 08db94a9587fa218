"""Two people do the same step: the second one reads who was first, when, and what they typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.store.tables import persons
from tests.browser.test_first_dossier import CHECKED, ON_SQLITE, Desks, fill, receive

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
SECOND = {
    **FIRST,
    "measured_area": "408,9",
    "village_head": "Trưởng thôn mẫu 04",
    "village_head_opinion": "Đo lại cùng gia đình sáng 09/07, đã ký biên bản.",
}


def complete(page: Page, answers: Mapping[str, str]) -> int:
    """Fill the form that is open and press the button; the status of the answer."""
    fill(page, dict(answers))
    with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        page.get_by_role("button", name="Hoàn thành bước này").click()
    page.wait_for_load_state()
    return posted.value.status


@ON_SQLITE
def test_the_second_reads_who_when_and_what_they_had_typed(desks: Desks) -> None:
    receive(desks, desks.at("reception1.binhlieu"))
    first, second = desks.at("officer1.binhlieu"), desks.at("officer2.binhlieu")
    desks.office.at("2025-07-09T10:00")
    path = f"/tasks/{desks.office.open_task()}"
    for page in (first, second):
        page.goto(path)
    assert complete(first, FIRST) == 303
    desks.office.at("2025-07-09T10:07")
    assert complete(second, SECOND) == 409

    said = second.locator("main").inner_text()
    assert "Kiểm tra thực địa" in said
    assert "10:00 09/07/2025" in said
    with desks.office.database.reading() as connection:
        named = select(persons.c.name).where(persons.c.login == "officer1.binhlieu")
        assert connection.scalars(named).one() in said
    kept = second.locator("main dl").inner_text()
    for typed in (SECOND["measured_area"], SECOND["village_head"], SECOND["village_head_opinion"]):
        assert typed in kept
    assert "08/07/2025" in kept
    second.goto(path)
    assert "officer1.binhlieu" in second.locator("main").inner_text()
    assert second.get_by_role("button", name="Hoàn thành bước này").count() == 0
