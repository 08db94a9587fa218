"""Somebody is away: another acts in their place, and both names are told."""

from __future__ import annotations

from datetime import timedelta

from engine.commands import organisation
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post, slip
from tests.app.test_outcomes import text as words
from tests.commands.test_moving import read as rows
from tests.office import CHECKED, Office, read

PATH = "/absences"
SIGNED = {
    "outcome": "sign",
    "refusal_reason": "Thửa đất đang có tranh chấp.",
    "refusal_basis": "Điều 1 văn bản mẫu",
    "remark": "",
}


def person(office: Office, login: str) -> int:
    (row,) = [row for row in rows(office, tables.persons) if row["login"] == login]
    return int(row["id"])


def away(office: Office, login: str, substitute: str, **told: str) -> str:
    """Report the absence as the leader does; what the answer says."""
    given = {
        "person": str(person(office, login)),
        "substitute": str(person(office, substitute)),
        "since": "2025-07-09",
        "until": "2025-07-11",
        "basis": "Giấy uỷ quyền mẫu 05/2025",
        **told,
    }
    answer = post(office, "leader.binhlieu", PATH, PATH, **given)
    if answer.status_code == 303:
        return read(office.browser("leader.binhlieu").get(PATH).text)
    assert answer.status_code == 422
    return read(answer.text)


def proposed_refusal(office: Office) -> str:
    """A dossier whose refusal waits for the leader."""
    code = receive(office)
    told = {
        **CHECKED,
        "inspected_on": "08/07/2025",
        "outcome": "refuse",
        "refusal_basis": "Điều 1 văn bản mẫu",
        "refusal_reason": "Thửa đất đang có tranh chấp.",
    }
    assert office.do("officer1.binhlieu", "2025-07-08T15:00", **told) == 303
    return code


def test_a_substitute_signs_and_both_names_stand_everywhere(office: Office) -> None:
    code = proposed_refusal(office)
    task = office.open_task()
    assert office.browser("clerk.binhlieu").get(f"/tasks/{task}").status_code == 200
    assert office.do("clerk.binhlieu", "2025-07-08T16:00", **SIGNED) == 403
    assert "Lãnh đạo Uỷ ban nhân dân xã Bình Liêu" in away(
        office, "leader.binhlieu", "clerk.binhlieu"
    )
    assert office.do("clerk.binhlieu", "2025-07-08T17:00", **SIGNED) == 403  # tomorrow
    # What the leader holds goes on too.
    office.at("2025-07-09T08:00")
    path = f"/tasks/{task}"
    assert post(office, "leader.binhlieu", path, path, do="claim").status_code == 303
    inbox = read(office.browser("clerk.binhlieu").get("/tasks?view=mine").text)
    assert "Bạn đang thay mặt Lãnh đạo Uỷ ban nhân dân xã Bình Liêu." in inbox
    assert code in inbox
    assert office.do("clerk.binhlieu", "2025-07-09T09:00", **SIGNED) == 303
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "clerk.binhlieu (thay mặt leader.binhlieu)" in story
    said = slip(office, code, "refusal")
    assert "(thay mặt Lãnh đạo Uỷ ban nhân dân xã Bình Liêu)" in said
    control = office.browser("leader.binhlieu").get(f"/dossiers/{code}/control.pdf")
    assert "Thay mặt Lãnh đạo" in words(control.data)


def test_what_takes_two_persons_still_takes_two(office: Office) -> None:
    proposed_refusal(office)
    away(office, "leader.binhlieu", "officer1.binhlieu")
    assert office.do("officer1.binhlieu", "2025-07-09T09:00", **SIGNED) == 403


def test_after_the_last_day_nobody_stands_in(office: Office) -> None:
    proposed_refusal(office)
    away(office, "leader.binhlieu", "clerk.binhlieu")
    assert office.do("clerk.binhlieu", "2025-07-12T00:00", **SIGNED) == 403
    assert "Đã xong" in read(office.browser("leader.binhlieu").get(PATH).text)


def test_who_is_back_earlier_ends_it(office: Office) -> None:
    proposed_refusal(office)
    away(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-09T10:00")
    (row,) = rows(office, tables.absences)
    assert post(office, "leader.binhlieu", f"{PATH}/{row['id']}/end", PATH).status_code == 303
    assert office.do("clerk.binhlieu", "2025-07-09T10:01", **SIGNED) == 403
    (row,) = rows(office, tables.absences)
    assert row["valid_until"] == office.now - timedelta(minutes=1)
    assert row["ended_by"] == person(office, "leader.binhlieu")


def test_what_cannot_be_arranged_is_said(office: Office) -> None:
    leader, clerk = "leader.binhlieu", "clerk.binhlieu"
    assert "Không ai tự thay mặt chính mình" in away(office, leader, leader)
    assert "không thuộc cơ quan của người vắng mặt" in away(office, leader, "cashier.binhlieu")
    assert "Ghi số văn bản" in away(office, leader, clerk, basis=" ")
    assert "Ngày cuối phải từ hôm nay" in away(office, leader, clerk, until="2025-07-01")
    assert "Chọn một ngày" in away(office, leader, clerk, since="mai")
    assert "Không có tài khoản này" in away(office, leader, clerk, person="0")
    away(office, leader, clerk)
    assert "đã có lần thay mặt" in away(office, leader, clerk)
    assert len(rows(office, tables.absences)) == 1


def test_a_leader_lends_nobody_the_posts_of_another_office(office: Office) -> None:
    with office.acting("admin") as tx:
        organisation.add_post(
            tx, person(office, "officer1.binhlieu"), "director", "H49.99.02", office.now
        )
    away_with_both = {
        "person": str(person(office, "officer1.binhlieu")),
        "substitute": str(person(office, "leader.binhlieu")),
        "since": "2025-07-09",
        "until": "2025-07-11",
        "basis": "Giấy uỷ quyền mẫu 05/2025",
    }
    answer = post(office, "leader.binhlieu", PATH, PATH, **away_with_both)
    assert answer.status_code in (403, 422)
    assert rows(office, tables.absences) == []
