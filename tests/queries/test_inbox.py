"""The inbox: sorted by the legal time left, filtered by the judge's rule, in three statements."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendar import ZONE
from engine.queries import inbox
from engine.store.organisation import CLOCK
from tests.queries.province import NOW, Province


def codes(found: inbox.InboxPage) -> list[str]:
    return [row.applicant for row in found.rows]


@pytest.fixture
def full(province: Province) -> Province:
    late = datetime(2025, 6, 20, 9, tzinfo=ZONE)
    province.dossier(name="Người nộp mẫu 01")
    province.dossier(name="Người nộp mẫu 02", received=late)
    province.dossier("Wait", name="Người nộp mẫu 03")
    province.dossier(name="Người nộp mẫu 04", holder="officer.1")
    province.dossier("Sign", name="Người nộp mẫu 05")
    province.dossier(name="Người nộp mẫu 06", centre="H49.99.02", deciding="C2")
    province.dossier(name="Người nộp mẫu 07", centre="H49.99.02", deciding="C1")
    return province


def test_late_comes_first_and_what_stands_comes_last(full: Province) -> None:
    page = inbox.page(full.connection, full.actor("director.1"), NOW, view="all")
    assert codes(page)[0] == "Người nộp mẫu 02"
    assert codes(page)[-1] == "Người nộp mẫu 03"
    assert [row.late for row in page.rows] == [True, False, False, False, False]


def test_mine_is_what_i_hold_and_the_office_is_my_post(full: Province) -> None:
    officer = full.actor("officer.1")
    mine = inbox.page(full.connection, officer, NOW)
    assert codes(mine) == ["Người nộp mẫu 04"]
    assert mine.rows[0].mine and mine.rows[0].holder == "officer.1"
    assert mine.counts == {
        "mine": 1, "office": 4, "all": 6, "escalated": 0,
        "late": 1, "soon": 0, "untouched": 3, "paused": 0,
    }  # fmt: skip
    office = inbox.page(full.connection, officer, NOW, view="office")
    assert office.total == 4 and {row.step for row in office.rows} == {"Check"}


def test_another_commune_is_not_there(full: Province) -> None:
    officer = full.actor("officer.2")
    assert codes(inbox.page(full.connection, officer, NOW, view="all")) == ["Người nộp mẫu 06"]


def test_what_was_received_elsewhere_says_so(full: Province) -> None:
    page = inbox.page(full.connection, full.actor("officer.1"), NOW, view="office")
    elsewhere = {row.applicant: row.elsewhere for row in page.rows}
    assert elsewhere["Người nộp mẫu 07"] and not elsewhere["Người nộp mẫu 01"]


def test_nobody_and_the_clock(full: Province) -> None:
    page = inbox.page(full.connection, CLOCK, NOW, view="mine")
    assert page.total == 0 and page.counts["all"] == 7


def test_a_paused_row_says_why_and_what_is_left(full: Province) -> None:
    page = inbox.page(full.connection, full.actor("reception.1"), NOW, view="paused")
    (row,) = page.rows
    assert (row.paused, row.pause_reason, row.due) == (True, "bổ sung", None)
    assert row.remaining == (8, "working days")
    assert row.time_left is None


def test_a_row_says_where_it_stands_and_hides_the_id(full: Province) -> None:
    page = inbox.page(full.connection, full.actor("officer.1"), NOW, view="mine")
    (row,) = page.rows
    assert (row.step_no, row.steps) == (2, 4)
    assert row.citizen_id == "0221******34"
    assert row.time_left is not None and not row.time_left.late
    assert row.procedure.vi == "Xác nhận mẫu Đồng Tâm"


def test_a_step_off_the_plain_path_has_no_number(full: Province) -> None:
    page = inbox.page(full.connection, full.actor("reception.1"), NOW, view="office")
    assert [(row.step, row.step_no) for row in page.rows] == [("Wait", 0)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mau 04", 1),
        ("MẪU nop", 6),
        ("H49.99.02-250702", 1),
        ("ẫu", 0),
        ("250702", 5),
        ("250702-0004", 1),
        ("01-250702-0004", 1),
        ("99.01-250702-0004", 1),
        ("0004", 1),
        ("-0004", 1),
        ("004", 0),
        ("50702", 0),
        ("0004-", 0),
        ("----", 0),
        ("0900000007", 6),
        ("%", 0),
        ("_", 0),
        ("  ", 6),
        ("\\", 0),
    ],
)
def test_words_are_found_by_their_beginnings(full: Province, typed: str, expected: int) -> None:
    officer = full.actor("officer.1")
    page = inbox.page(full.connection, officer, NOW, view="all", search=typed)
    assert (page.total, len(page.rows)) == (expected, expected)


def test_a_view_is_narrowed_by_procedure_and_step(full: Province) -> None:
    officer = full.actor("officer.1")
    page = inbox.page(full.connection, officer, NOW, view="all", step="Ký duyệt")
    assert codes(page) == ["Người nộp mẫu 05"]
    assert set(page.steps) == {"Chờ bổ sung", "Ký duyệt", "Kiểm tra"}
    assert [name for name, _ in page.procedures] == ["sample"]
    none = inbox.page(full.connection, officer, NOW, view="all", procedure="other")
    assert none.total == 0 and none.rows == ()


def test_pages_are_cut_and_a_page_too_far_is_the_last(full: Province) -> None:
    officer = full.actor("officer.1")
    first = inbox.page(full.connection, officer, NOW, view="all", size=4)
    last = inbox.page(full.connection, officer, NOW, view="all", size=4, page=99)
    assert (len(first.rows), len(last.rows), last.page, last.pages) == (4, 2, 2, 2)
    assert set(codes(first)).isdisjoint(codes(last))


def test_due_by_the_next_working_day_is_soon(province: Province) -> None:
    province.dossier(name="sớm", limit="5 working days")
    province.dossier(name="chưa", limit="7 working days")
    page = inbox.page(province.connection, province.actor("officer.1"), NOW, view="soon")
    assert codes(page) == ["sớm"] and page.rows[0].soon


def test_what_is_settled_is_not_late(province: Province) -> None:
    long_ago = datetime(2025, 6, 2, 9, tzinfo=ZONE)
    settled = datetime(2025, 6, 10, 9, tzinfo=ZONE)
    province.dossier("Return", received=long_ago, settled=settled)
    page = inbox.page(province.connection, province.actor("reception.1"), NOW, view="office")
    assert page.rows[0].settled and not page.rows[0].late
    assert page.counts["late"] == 0


def test_an_unknown_view_is_mine(full: Province) -> None:
    page = inbox.page(full.connection, full.actor("officer.1"), NOW, view="everything")
    assert page.view == "mine"


def test_a_page_takes_three_statements(full: Province) -> None:
    officer = full.actor("officer.1")
    inbox.page(full.connection, officer, NOW, view="all")
    sent = full.statements()
    inbox.page(full.connection, officer, NOW, view="all", search="mau", step="Kiểm tra")
    assert len(sent) == 3
