"""What people are told stays true when one thing overtakes another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.commands import extending, jumping, notices, reissuing, returning, suspending
from engine.errors import NotDelivered
from engine.package import from_files
from engine.queries.standing import standing
from engine.store import tables
from tests.app.test_absences import SIGNED, proposed_refusal
from tests.app.test_citizens import Citizen
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import slip
from tests.commands.test_bad_input import LAND
from tests.commands.test_care import propose
from tests.commands.test_moving import read
from tests.journeys import ASKED, settle
from tests.office import Office

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

GIVE = {"supplied_on": "09/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}


def states(office: Office, event: str) -> list[str]:
    return [n["state"] for n in read(office, tables.notices) if n["event"] == event]


def row(office: Office) -> dict[str, Any]:
    return read(office, tables.dossiers)[0]


def care(office: Office, at: str, act: Any) -> None:
    office.at(at)
    with office.acting("leader.binhlieu") as tx:
        act(tx, 1, "Bão")


def moved_once(office: Office) -> None:
    """Due 21/07, then 24/07 after three days of waiting for papers."""
    receive(office)
    assert office.do("officer1.binhlieu", "2025-07-08T10:00", **ASKED) == 303
    assert office.do("reception1.binhlieu", "2025-07-11T14:00", **GIVE) == 303


def jump_back(office: Office, step: str, to: str) -> None:
    jump = propose(office, 1, step, to)
    with office.acting("director.binhlieu") as tx:
        jumping.confirm(tx, jump)


def test_an_older_date_is_not_told_after_the_newer(office: Office) -> None:
    moved_once(office)
    sent: list[str] = []
    broken = True

    def send(message: Any) -> None:
        if broken and "doi thanh" in message.body:
            raise NotDelivered(cause="silent")
        sent.append(message.body)

    def deliver() -> None:
        notices.deliver(office.database, lambda: office.now, {"sms": send, "mail": send})

    for _ in range(5):
        office.now += timedelta(minutes=10)
        deliver()
    office.at("2025-07-14T09:00")
    deliver()
    broken = False
    with office.acting("leader.binhlieu") as tx:
        extending.extend(tx, 1, 2, "Bão")
    deliver()
    office.now += timedelta(days=1)
    deliver()
    dates = [body for body in sent if "doi thanh" in body or "Hen lai" in body]
    assert [body[:7] for body in dates] == ["Xin loi"]


def test_a_message_readdressed_while_the_clock_stands_tells_no_old_date(office: Office) -> None:
    moved_once(office)
    care(office, "2025-07-14T09:00", suspending.suspend)
    who = {name: row(office)["applicant"][name] for name in ("name", "address")}
    with office.acting("reception1.binhlieu") as tx:
        reissuing.replace_receipt(tx, 1, "Sai số", {**who, "phone": "0900000008", "email": ""})
    waiting = [n for n in read(office, tables.notices) if n["event"] == "moved"]
    assert not [n for n in waiting if n["state"] == "pending" and "21/07/2025" in n["body"]]


def test_a_suspension_that_is_over_is_not_told(office: Office) -> None:
    receive(office)
    care(office, "2025-07-14T09:00", suspending.suspend)
    care(office, "2025-07-17T09:00", suspending.resume)
    assert states(office, "suspended") == ["dropped"]


def test_a_result_taken_up_again_is_not_said_to_wait(office: Office) -> None:
    receive(office)
    settle(office)
    office.at("2025-08-05T14:00")
    jump_back(office, "ReturnResult", "NumberAndSeal")
    assert states(office, "ready") == ["dropped"]


def test_what_was_refused_and_then_granted_is_granted(office: Office) -> None:
    proposed_refusal(office)
    assert office.do("leader.binhlieu", "2025-07-09T09:00", **SIGNED) == 303
    office.at("2025-07-09T14:00")
    jump_back(office, "ReturnResult", "FieldCheck")
    settle(office)
    with office.database.reading() as connection:
        found = connection.execute(select(tables.dossiers)).one()
        assert not standing(connection, found).refused
    assert states(office, "ready") == ["pending"]


def test_a_step_without_a_status_is_taken_up_again_too(office: Office) -> None:
    drawn = LAND.files["process.bpmn"].decode()
    at = drawn.index('id="NumberAndSeal"')
    bare = drawn[at:].replace('<spiffworkflow:property name="status" value="4"/>', "", 1)
    bare = bare.replace('<spiffworkflow:property name="status" value="4" />', "", 1)
    office.introduce(from_files({**LAND.files, "process.bpmn": (drawn[:at] + bare).encode()}))
    receive(office)
    settle(office)
    office.at("2025-08-05T14:00")
    jump_back(office, "ReturnResult", "NumberAndSeal")
    assert (row(office)["status"], row(office)["settled_at"]) == (4, None)


def test_a_waiting_message_names_the_centre_chosen_since(office: Office) -> None:
    receive(office)
    settle(office)
    office.at("2025-08-05T14:00")
    with office.acting("reception1.binhlieu") as tx:
        returning.choose(tx, 1, "counter", "H49.99.02")
    (ready,) = [n for n in read(office, tables.notices) if n["event"] == "ready"]
    assert "Luc Hon" in ready["body"]


def test_a_receipt_blames_no_slip_for_what_it_did_not_do(office: Office) -> None:
    moved_once(office)
    care(office, "2025-07-14T09:00", suspending.suspend)
    with office.acting("reception1.binhlieu") as tx:
        reissuing.replace_receipt(tx, 1, "Mất")
    printed = [s for s in read(office, tables.slips) if s["kind"] == "receipt"][-1]
    assert "theo phiếu" not in " ".join(printed["data"]["explanation"])


def test_slip_05_says_who_decided(office: Office) -> None:
    code = receive(office)
    with office.acting("director.binhlieu") as tx:
        suspending.cancel(tx, 1, "Trùng hồ sơ")
    said = slip(office, code, "stop")
    assert "GIÁM ĐỐC TRUNG TÂM (Ký" in said
    assert "quyết định của cơ quan giải quyết" not in said


def test_a_suspended_dossier_waits_for_nobody(office: Office) -> None:
    citizen = Citizen(office)
    care(office, "2025-07-14T09:00", suspending.suspend)
    assert "Hồ sơ đang tạm dừng giải quyết" in citizen.reads()
    assert "Đang chờ:" not in citizen.reads()
