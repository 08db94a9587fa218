"""Somebody is away: another acts in their place, and both names are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.calendar import ZONE
from engine.commands import absences, messages, organisation, returning, tasks
from engine.errors import MayNot
from engine.store import tables
from engine.store.organisation import DELEGABLE
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post, slip
from tests.app.test_outcomes import text as words
from tests.commands.test_moving import read as rows
from tests.office import CHECKED, Office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

PATH = "/absences"
SIGNED = {
    "outcome": "sign",
    "refusal_reason": "Thửa đất đang có tranh chấp.",
    "refusal_basis": "Điều 1 văn bản mẫu",
    "remark": "",
}
FINE = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}


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
    officer, clerk = "officer1.binhlieu", "clerk.binhlieu"
    with office.acting("admin") as tx:
        organisation.add_post(tx, person(office, officer), "cashier", "H49.99.01", office.now)
    said = away(office, officer, clerk)
    assert "Vị trí chưa có ai thay mặt: Thu phí, lệ phí, Trung tâm" in said
    assert [row["unit"] for row in rows(office, tables.absences)] == ["UBND.06838"]


def arrange(office: Office, who: str, substitute: str, *, by: str = "leader.binhlieu") -> None:
    """They are away from 8 to 20 July."""
    with office.acting(by) as tx:
        made = absences.arrange_absence(
            tx,
            person(office, who),
            person(office, substitute),
            datetime(2025, 7, 8, tzinfo=ZONE),
            datetime(2025, 7, 20, tzinfo=ZONE),
            "Phân công mẫu 01",
        )
    assert made.absences


def test_whoever_works_at_two_offices_is_stood_in_for_at_the_one_that_is_shared(
    office: Office,
) -> None:
    clerk = "clerk.binhlieu"
    said = away(office, clerk, "officer2.binhlieu")
    assert "Vị trí chưa có ai thay mặt: Văn thư, Trung tâm" in said
    arrange(office, clerk, "cashier.binhlieu", by="director.binhlieu")
    office.at("2025-07-09T08:00")
    for login, unit in (("officer2.binhlieu", "UBND.06838"), ("cashier.binhlieu", "H49.99.01")):
        with office.acting(login) as tx:
            assert [(lent.role, lent.unit) for lent in tx.actor.lent] == [("clerk", unit)]
    assert {row["unit"] for row in rows(office, tables.absences)} == {"UBND.06838", "H49.99.01"}


def test_everybody_in_the_sample_can_be_stood_in_for(office: Office) -> None:
    seats: dict[int, set[str]] = {}
    for one in rows(office, tables.posts):
        if one["role"] in DELEGABLE and one["valid_until"] is None:
            seats.setdefault(one["person"], set()).add(one["unit"])
    for day, (who, mine) in enumerate(seats.items()):
        left, since = set(mine), office.now + timedelta(days=day)
        period = (since, since + timedelta(days=1))
        for other, theirs in seats.items():
            if other != who and left & theirs:
                with office.acting("admin") as tx:
                    absences.arrange_absence(tx, who, other, *period, "Phân công mẫu 01")
                left -= theirs
        assert left < mine, who
    assert len({row["person"] for row in rows(office, tables.absences)}) == len(seats)


def test_whoever_may_not_report_it_is_told_so_and_loses_nothing_typed(office: Office) -> None:
    told = {"person": "clerk.binhlieu", "substitute": "cashier.binhlieu"}
    typed = {name: str(person(office, login)) for name, login in told.items()}
    days = {"since": "2025-07-09", "until": "2025-07-11"}
    answer = post(office, "leader.binhlieu", PATH, PATH, **typed, **days, basis="QĐ mẫu dài 77")
    assert answer.status_code == 422
    assert "Chỉ lãnh đạo cơ quan ấy hoặc cấp trên" in read(answer.text)
    assert "QĐ mẫu dài 77" in answer.text


def test_what_a_substitute_held_is_free_when_it_is_over(office: Office) -> None:
    code = proposed_refusal(office)
    arrange(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-09T08:00")
    with office.acting("clerk.binhlieu") as tx:
        tasks.claim(tx, office.open_task())
    (row,) = rows(office, tables.absences)
    office.at("2025-07-09T09:00")
    leader = office.browser("leader.binhlieu")
    assert "clerk.binhlieu đang giữ" in read(leader.get("/tasks?view=office").text)
    assert post(office, "leader.binhlieu", f"{PATH}/{row['id']}/end", PATH).status_code == 303
    office.at("2025-07-09T10:00")
    for page in ("/tasks?view=office", "/tasks?view=untouched", f"/dossiers/{code}"):
        shown = read(leader.get(page).text)
        assert code in shown
        assert "clerk.binhlieu đang giữ" not in shown
    assert "clerk.binhlieu đang giữ" not in read(leader.get(f"/tasks/{office.open_task()}").text)
    assert office.do("leader.binhlieu", "2025-07-09T10:00", **SIGNED) == 303


def test_what_is_held_at_a_post_that_ended_is_free(office: Office) -> None:
    receive(office)
    with office.acting("officer2.binhlieu") as tx:
        tasks.claim(tx, office.open_task())
    (held,) = [
        one
        for one in rows(office, tables.posts)
        if one["person"] == person(office, "officer2.binhlieu") and one["unit"] == "UBND.06838"
    ]
    office.at("2025-07-08T08:00")
    with office.acting("admin") as tx:
        organisation.end_post(tx, held["id"], office.now)
    assert office.do("officer1.binhlieu", "2025-07-08T10:00", **FINE) == 303


def test_a_colleague_at_the_same_post_goes_on_with_what_the_absent_person_holds(
    office: Office,
) -> None:
    code = receive(office)
    with office.acting("officer1.binhlieu") as tx:
        tasks.claim(tx, office.open_task())
    arrange(office, "officer1.binhlieu", "officer2.binhlieu")
    office.at("2025-07-09T08:00")
    assert code in read(office.browser("officer2.binhlieu").get("/tasks?view=mine").text)
    assert office.do("officer2.binhlieu", "2025-07-09T09:00", **FINE) == 303
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "officer2.binhlieu (thay mặt officer1.binhlieu)" in story


def test_on_a_post_of_ones_own_one_acts_in_nobodys_place(office: Office) -> None:
    code = receive(office)
    arrange(office, "officer1.binhlieu", "officer2.binhlieu")
    assert office.do("officer2.binhlieu", "2025-07-09T09:00", **FINE) == 303
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "thay mặt" not in story


def test_one_substitute_goes_on_for_two_people_of_the_same_post(office: Office) -> None:
    code = receive(office)
    with office.acting("officer2.binhlieu") as tx:
        tasks.claim(tx, office.open_task())
    arrange(office, "officer1.binhlieu", "clerk.binhlieu")
    arrange(office, "officer2.binhlieu", "clerk.binhlieu")
    office.at("2025-07-09T08:00")
    assert code in read(office.browser("clerk.binhlieu").get("/tasks?view=mine").text)
    assert office.do("clerk.binhlieu", "2025-07-09T09:00", **FINE) == 303
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "clerk.binhlieu (thay mặt officer2.binhlieu)" in story


def test_a_substitute_neither_passes_the_place_on_nor_prolongs_it(office: Office) -> None:
    arrange(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-09T08:00")
    for substitute in ("clerk.binhlieu", "officer2.binhlieu"):
        with pytest.raises(MayNot):
            arrange(office, "leader.binhlieu", substitute, by="clerk.binhlieu")
    (row,) = rows(office, tables.absences)
    with pytest.raises(MayNot), office.acting("clerk.binhlieu") as tx:
        absences.end_absence(tx, row["id"])


def test_a_substitute_who_has_left_the_office_signs_nothing_there(office: Office) -> None:
    proposed_refusal(office)
    arrange(office, "leader.binhlieu", "officer2.binhlieu")
    (own,) = [
        one
        for one in rows(office, tables.posts)
        if one["person"] == person(office, "officer2.binhlieu") and one["unit"] == "UBND.06838"
    ]
    office.at("2025-07-09T08:00")
    with office.acting("admin") as tx:
        organisation.end_post(tx, own["id"], office.now)
    office.at("2025-07-10T10:00")
    page = office.browser("officer2.binhlieu").get(f"/tasks/{office.open_task()}")
    assert page.status_code == 403


def test_two_who_go_at_once_are_said_to_leave_nobody(office: Office) -> None:
    officer = "officer2.binhlieu"
    arrange(office, "leader.binhlieu", officer)
    said = away(office, officer, "officer1.binhlieu")
    assert "đang được giao thay mặt leader.binhlieu" in said
    said = away(office, "officer1.binhlieu", officer, since="2025-07-12", until="2025-07-13")
    assert "cũng được báo vắng mặt" not in said
    said = away(office, "clerk.binhlieu", officer)
    assert "Người thay mặt cũng được báo vắng mặt" in said


def test_numbers_and_years_that_no_database_keeps_are_said_to_be_wrong(office: Office) -> None:
    leader, clerk = "leader.binhlieu", "clerk.binhlieu"
    assert "Không có tài khoản này" in away(office, leader, clerk, person="9" * 30)
    assert "Chọn một ngày" in away(office, leader, clerk, until="9999-12-31")
    assert "Chọn một ngày" in away(office, leader, clerk, since="9999-12-31", until="9999-12-31")


def test_slip_05_names_the_post_by_which_it_is_signed(office: Office) -> None:
    arrange(office, "director.binhlieu", "cashier.binhlieu", by="controller")
    office.at("2025-07-08T08:00")
    told = {"do": "cancel", "ground": "Căn cứ Điều 1"}
    for login, caption in (
        ("leader.binhlieu", "NGƯỜI ĐỨNG ĐẦU CƠ QUAN GIẢI QUYẾT"),
        ("admin", "QUẢN TRỊ HỆ THỐNG"),
        ("cashier.binhlieu", "GIÁM ĐỐC TRUNG TÂM"),
    ):
        code = receive(office)
        care = f"/dossiers/{code}/care"
        assert post(office, login, care, care, **told).status_code == 303
        last = max(row["id"] for row in rows(office, tables.slips) if row["kind"] == "stop")
        path = f"/dossiers/{code}/slips/{last}.pdf"
        said = words(office.browser("leader.binhlieu").get(path).data)
        assert caption in said
        assert ("NGƯỜI ĐỨNG ĐẦU" in said) == (login == "leader.binhlieu")
    assert "(thay mặt Giám đốc Trung tâm" in said
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "cashier.binhlieu (thay mặt director.binhlieu)" in story


def test_what_a_leaders_substitute_does_beside_the_steps_names_both(office: Office) -> None:
    receive(office)
    task = office.open_task()
    with office.acting("officer1.binhlieu") as tx:
        tasks.claim(tx, task)
    arrange(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-08T08:00")
    with office.acting("clerk.binhlieu") as tx:
        tasks.release(tx, task)
        tasks.reassign(tx, task, person(office, "officer2.binhlieu"), "Đi công tác")
        returning.choose(tx, 1, "post")
        messages.write_note(tx, 1, "Đã giao lại")
    told = {
        row["kind"]: row["fact"].get("instead_of")
        for row in rows(office, tables.journal)
        if row["actor"] == "clerk.binhlieu"
    }
    named = ("released", "reassigned", "return_wish")
    assert [told[kind] for kind in named] == ["leader.binhlieu"] * 3
    assert told["noted"] is None  # what their own post allows they do in nobody's place
