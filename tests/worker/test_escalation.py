"""A dossier due soon or late is put before those who answer for it, until it no longer is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.calendar import ZONE
from engine.commands import due
from engine.errors import RunFailed
from engine.store import tables
from engine.store.organisation import CLOCK
from tests.app.test_beside import recounted
from tests.app.test_first_dossier import receive
from tests.office import CHECKED, Office, read

CODE = "H49.99.01-250707-0001"


def told(office: Office) -> list[tuple[str, str, str, bool]]:
    """Every (duty, role, unit, still open)."""
    c = tables.escalations.c
    question = select(c.duty, c.role, c.unit, c.closed_at).order_by(c.id)
    with office.database.reading() as connection:
        return [
            (duty, role, unit, closed is None)
            for duty, role, unit, closed in connection.execute(question)
        ]


def run(office: Office, at: str) -> None:
    office.at(at)
    due.run_due(office.database, office.now)


def urged(office: Office, login: str) -> str:
    return read(office.browser(login).get("/tasks?view=escalated").text)


def test_the_leader_is_told_before_the_due_date_and_the_director_after_it(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)  # due on 21 July, 17:00
    run(office, "2025-07-18T16:00")
    assert told(office) == []
    run(office, "2025-07-18T18:00")
    assert told(office) == [("due_soon", "leader", "UBND.06838", True)]
    assert CODE in urged(office, "leader.binhlieu")
    assert CODE not in urged(office, "director.binhlieu")
    page = read(office.browser("officer1.binhlieu").get(f"/dossiers/{CODE}").text)
    assert "Sắp đến hạn Đã báo: Lãnh đạo, Uỷ ban nhân dân xã Bình Liêu." in page

    run(office, "2025-07-21T17:30")
    assert told(office)[1:] == [
        ("due_passed", "leader", "UBND.06838", True),
        ("due_passed", "director", "H49.99.01", True),
    ]
    for login in ("leader.binhlieu", "director.binhlieu"):
        assert CODE in urged(office, login)
    assert CODE not in urged(office, "director.luchon")
    page = read(office.browser("officer1.binhlieu").get(f"/dossiers/{CODE}").text)
    heads = "Lãnh đạo, Uỷ ban nhân dân xã Bình Liêu; Giám đốc Trung tâm, Trung tâm"
    assert f"Đã quá hạn Đã báo: {heads}" in page


def test_nobody_is_urged_on_once_the_clock_stands(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)
    run(office, "2025-07-18T18:00")
    office.do(
        "officer1.binhlieu",
        "2025-07-21T10:00",
        **CHECKED,
        inspected_on="18/07/2025",
        outcome="supplement",
        supplement_items="Ý kiến của các hộ giáp ranh",
        supplement_reason="Chưa đủ căn cứ xác định ranh giới.",
    )
    assert CODE not in urged(office, "leader.binhlieu")
    page = read(office.browser("officer1.binhlieu").get(f"/dossiers/{CODE}").text)
    assert "Đã báo" not in page

    # The papers come the same day: a pause that begins and ends within a day moves no date.
    office.do(
        "reception1.binhlieu", "2025-07-21T15:00", supplied_on="21/07/2025", supplied="Đủ giấy tờ."
    )
    assert CODE in urged(office, "leader.binhlieu")


def test_a_date_that_moves_away_ends_the_urging(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)
    run(office, "2025-07-18T18:00")
    asked = {
        "inspected_on": "18/07/2025",
        "outcome": "supplement",
        "supplement_items": "Ý kiến của các hộ giáp ranh",
        "supplement_reason": "Chưa đủ căn cứ xác định ranh giới.",
    }
    office.do("officer1.binhlieu", "2025-07-18T18:30", **CHECKED, **asked)
    office.do(
        "reception1.binhlieu", "2025-07-28T15:00", supplied_on="28/07/2025", supplied="Đủ giấy tờ."
    )
    assert told(office) == [("due_soon", "leader", "UBND.06838", False)]
    assert CODE not in urged(office, "leader.binhlieu")
    page = read(office.browser("officer1.binhlieu").get(f"/dossiers/{CODE}").text)
    assert "Thôi đôn đốc" in page


def test_a_late_dossier_stays_urged_on_while_it_wanders_and_not_after_it_is_settled(
    office: Office,
) -> None:
    office.at("2025-07-07T09:00")
    receive(office)
    run(office, "2025-07-21T18:00")
    assert [one[0] for one in told(office)] == ["due_soon", "due_passed", "due_passed"]
    with office.database.reading() as connection:
        row = connection.execute(select(tables.dossiers)).one()
    assert (row.escalated, row.escalated_due) == (
        "due_passed",
        datetime(2025, 7, 21, 17, tzinfo=ZONE),
    )
    office.do(
        "officer1.binhlieu",
        "2025-07-22T10:00",
        **CHECKED,
        inspected_on="18/07/2025",
        outcome="refuse",
        refusal_reason="Thửa đất đang có tranh chấp.",
        refusal_basis="Luật Đất đai",
    )
    assert office.open_task()
    assert [one[3] for one in told(office)] == [False, True, True]


def test_who_is_told_may_look_and_is_not_offered_the_work_of_others(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)
    run(office, "2025-07-21T18:00")
    leader = office.browser("leader.binhlieu").get("/tasks?view=escalated").text
    assert CODE in leader
    assert 'name="claim"' not in leader
    assert 'name="claim"' in office.browser("officer1.binhlieu").get("/tasks?view=office").text
    director = office.browser("director.binhlieu").get("/tasks").text
    assert "Công việc cần đôn đốc" in director
    assert CODE in director
    assert 'name="claim"' not in director


def test_a_reminder_that_comes_after_the_fact_takes_nothing_back(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)
    question = select(tables.due.c.id).where(tables.due.c.key.startswith("due_soon"))
    with office.database.reading() as connection:
        soon = connection.scalars(question).one()
    with office.acting("admin") as tx:  # as if a busy worker had passed the first row over
        tx.connection.execute(
            update(tables.due)
            .where(tables.due.c.id == soon)
            .values(retry_at=datetime(2025, 7, 21, 19, tzinfo=ZONE))
        )
    run(office, "2025-07-21T18:00")
    assert [one[0] for one in told(office)] == ["due_passed", "due_passed"]
    run(office, "2025-07-21T20:00")
    assert [(one[0], one[3]) for one in told(office)] == [("due_passed", True)] * 2


def test_a_row_put_off_meanwhile_is_not_taken_from_an_old_list(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)
    later = datetime(2025, 7, 21, 18, tzinfo=ZONE)
    with office.database.reading() as connection:
        row = connection.execute(select(tables.due).order_by(tables.due.c.at)).first()
    assert row is not None
    with office.database.transaction(CLOCK, later) as tx:
        due.put_off(tx, row.id, row.dossier, "mẫu")
    with office.database.transaction(CLOCK, later) as tx:
        assert not due.take(tx, row.id, row.dossier)


def test_a_duty_that_fails_in_the_run_is_told_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.at("2025-07-07T09:00")
    receive(office)

    def jam(*_: Any) -> None:
        raise RunFailed(element="FieldCheck", name="", cause="zero", line=None)

    monkeypatch.setattr(due, "step", jam)
    run(office, "2025-07-21T18:00")
    assert [one[0] for one in told(office)] == ["due_soon", "due_passed", "due_passed"]
    with office.database.reading() as connection:
        assert len(connection.execute(select(tables.incidents)).all()) == 2


def test_a_date_that_moves_away_and_back_leaves_the_dossier_on_the_ladder(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)  # due on 21 July, 17:00
    run(office, "2025-07-22T08:00")
    recounted(office, "2025-07-21", "off")
    assert mark(office) == "due_soon"
    recounted(office, "2025-07-21", "work")
    assert mark(office) == "due_passed"
    run(office, "2025-07-30T08:00")
    assert mark(office) == "late_control"
    before = told(office)
    run(office, "2025-08-12T08:00")
    assert told(office) == before, "once for each due instant, as long as nothing is taken back"


def mark(office: Office) -> str | None:
    with office.database.reading() as connection:
        return connection.scalars(select(tables.dossiers.c.escalated)).one()
