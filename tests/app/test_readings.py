"""Whoever reads personal data leaves a line: in the dossier's journal, or beside the journals."""

from __future__ import annotations

from typing import Any

from engine.queries.proof import breaches
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import text
from tests.app.test_visits import press
from tests.commands.test_moving import read as rows
from tests.office import COUNTER, Office
from tests.office import read as words


def read_lines(office: Office) -> list[tuple[str, Any]]:
    found = [line for line in rows(office, tables.journal) if line["kind"] == "read"]
    return [(line["actor"], line["fact"]["slip"]) for line in found]


def test_whoever_opens_a_slip_or_the_control_slip_leaves_a_line(office: Office) -> None:
    code = receive(office)
    (slip,) = rows(office, tables.slips)
    assert read_lines(office) == []
    browser = office.browser("director.binhlieu")
    assert browser.get(f"/dossiers/{code}/slips/{slip['id']}.pdf").status_code == 200
    assert browser.get(f"/dossiers/{code}/control.pdf").status_code == 200
    assert read_lines(office) == [
        ("director.binhlieu", "receipt"),
        ("director.binhlieu", "control"),
    ]
    stranger = office.browser("reception1.hoanhmo")
    assert stranger.get(f"/dossiers/{code}/slips/{slip['id']}.pdf").status_code == 404
    assert len(read_lines(office)) == 2
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


def test_the_story_calls_an_opened_slip_by_its_name(office: Office) -> None:
    code = receive(office)
    (slip,) = rows(office, tables.slips)
    browser = office.browser("director.binhlieu")
    browser.get(f"/dossiers/{code}/slips/{slip['id']}.pdf")
    page = words(browser.get(f"/dossiers/{code}").text)
    assert "Mở xem Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in page
    assert "Mở xem tệp giấy tờ" not in page


def test_whoever_prints_a_ledger_leaves_one_line_for_all_it_names(office: Office) -> None:
    receive(office)
    browser = office.browser("director.binhlieu")
    asked = "/reports/ledger.pdf?centre=H49.99.01&since=2025-07-01&until=2025-07-31"
    assert browser.get(asked).status_code == 200
    (line,) = rows(office, tables.readings)
    assert (line["actor"], line["kind"], line["subject"], line["at"]) == (
        "director.binhlieu",
        "ledger",
        "H49.99.01",
        office.now,
    )
    assert line["fact"] == {"from": "2025-07-01", "until": "2025-07-31", "rows": 1}
    said = "Trung tâm Phục vụ hành chính công xã Bình Liêu 01/07/2025 – 31/07/2025 1 hồ sơ"
    for login, sees in (("director.binhlieu", True), ("director.luchon", False), ("admin", True)):
        page = words(office.browser(login).get("/reports").text)
        assert (said in page) == ("Ai đã in sổ" in page) == sees, login


def test_a_visits_slip_is_printed_once_and_then_as_a_copy(office: Office) -> None:
    done = press(office, "guide", **COUNTER, missing="Đơn đề nghị", reason="Thiếu đơn")
    path = done.headers["Location"] + "/slip.pdf"
    browser = office.browser("reception1.binhlieu")
    first, again = browser.get(path).data, browser.get(path).data
    assert "BẢN SAO" not in text(first)
    assert "BẢN SAO · in lại" in text(again)
    assert [line["actor"] for line in rows(office, tables.readings)] == ["reception1.binhlieu"] * 2
