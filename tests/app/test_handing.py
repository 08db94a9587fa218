"""A task is handed to a named colleague: who is offered, what is refused, what the books say."""

from __future__ import annotations

import pytest

from engine.commands import suspending, tasks
from engine.errors import ReasonMissing
from engine.store import tables
from tests.app.test_absences import arrange, person, proposed_refusal
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post, text
from tests.commands.test_moving import read as rows
from tests.office import Office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them


def hand(office: Office, to: str, reason: str = "Đi công tác dài ngày") -> tuple[int, str]:
    """Hand the open task over as the leader does: status and page."""
    path = f"/tasks/{office.open_task()}"
    told = {"person": to, "reason": reason}
    answer = post(office, "leader.binhlieu", f"{path}/hand", path, **told)
    return answer.status_code, answer.text


def test_handing_over_is_a_line_of_the_control_slip_and_wants_a_reason(office: Office) -> None:
    code = receive(office)
    before = len(rows(office, tables.handovers))
    officer = person(office, "officer2.binhlieu")
    with pytest.raises(ReasonMissing), office.acting("leader.binhlieu") as tx:
        tasks.reassign(tx, office.open_task(), officer, "  ")
    assert hand(office, str(officer))[0] == 303
    line = max(rows(office, tables.handovers), key=lambda row: row["seq"])
    assert line["seq"] == before + 1
    assert (line["from_person"], line["from_unit"]) == ("leader.binhlieu", "UBND.06838")
    slip = text(office.browser("leader.binhlieu").get(f"/dossiers/{code}/control.pdf").data)
    assert "Giao cho Công chức tư pháp – hộ tịch, Bình Liêu: Đi công tác dài ngày" in slip


def test_the_substitute_is_offered_and_whoever_is_away_is_not(office: Office) -> None:
    receive(office)
    arrange(office, "officer1.binhlieu", "clerk.binhlieu")
    office.at("2025-07-08T08:00")
    page = office.browser("leader.binhlieu").get(f"/tasks/{office.open_task()}").text
    assert "clerk.binhlieu ·" in page
    assert "officer2.binhlieu ·" in page
    assert "officer1.binhlieu ·" not in page
    assert hand(office, str(person(office, "clerk.binhlieu")))[0] == 303


def test_whom_the_judge_refuses_is_not_offered_and_refused_at_the_field(office: Office) -> None:
    proposed_refusal(office)
    arrange(office, "leader.binhlieu", "officer1.binhlieu")
    office.at("2025-07-09T08:00")
    barred = str(person(office, "officer1.binhlieu"))
    page = office.browser("director.binhlieu").get(f"/tasks/{office.open_task()}").text
    assert "officer1.binhlieu ·" not in page
    for to, why in (
        (barred, "officer1.binhlieu đã làm bước trước"),
        (str(person(office, "cashier.binhlieu")), "không giữ vị trí làm bước này"),
        ("9" * 30, "Không có tài khoản này"),
        ("x", "Không có tài khoản này"),
    ):
        status, page = hand(office, to)
        assert status == 422
        assert why in read(page)
        assert "Đi công tác dài ngày" in page


def test_a_suspended_dossier_keeps_the_reason_that_was_typed(office: Office) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, 1, "Căn cứ")
    status, page = hand(office, str(person(office, "officer2.binhlieu")))
    assert status == 409
    assert "Đi công tác dài ngày" in page
