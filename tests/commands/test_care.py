"""Care for a single dossier: suspended, resumed, cancelled, put at another step, found idle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from engine.commands import due, jumping, retries, suspending, tasks, watching
from engine.errors import (
    CannotJump,
    DossierFinished,
    DossierSuspended,
    JumpOver,
    MayNot,
    NotSuspended,
    ReasonMissing,
    SelfConfirmed,
)
from engine.package import from_files
from engine.queries.proof import breaches
from engine.store import dossiers as rows
from engine.store import tables
from engine.words import cause
from tests.app.test_first_dossier import receive as receive_at_the_counter
from tests.commands.test_bad_input import CHECKED, LAND, NOW
from tests.commands.test_moving import open_tasks, posting, read, receive
from tests.journeys import settle
from tests.office import Office


def in_order(office: Office) -> bool:
    with office.database.reading() as connection:
        return breaches(connection, office.now) == ()


def passed(office: Office) -> list[str]:
    lines = read(office, tables.journal, tables.journal.c.kind == "passed")
    return [step for line in lines for step in line["fact"]["passed"]]


def test_nothing_happens_to_a_suspended_dossier_and_the_clock_stands(office: Office) -> None:
    dossier = posting(office, "a")  # a timer of fifteen days runs
    (waiting,) = [row for row in read(office, tables.due) if row["kind"] == "timer"]
    office.now = NOW + timedelta(days=1)
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, dossier, "Chờ bản án của toà án")
    with office.acting("leader.binhlieu") as tx, pytest.raises(DossierSuspended):
        suspending.suspend(tx, dossier, "Lần nữa")
    (row,) = read(office, tables.dossiers)
    assert (row["due_at"], row["paused"]) == (None, True)
    office.now = waiting["at"] + timedelta(days=30)
    due.run_due(office.database, office.now)
    assert "PostingTermOver" not in passed(office)
    assert in_order(office)
    page = office.browser("officer1.binhlieu").get(f"/dossiers/{row['code']}").text
    assert "Tạm đình chỉ" in page
    assert "Chờ bản án của toà án" in page

    with office.acting("leader.binhlieu") as tx:
        suspending.resume(tx, dossier, "Đã có bản án")
    due.run_due(office.database, office.now)
    assert "PostingTermOver" in passed(office)
    assert in_order(office)
    with office.acting("leader.binhlieu") as tx, pytest.raises(NotSuspended):
        suspending.resume(tx, dossier, "Lần nữa")


def test_days_of_a_suspension_are_not_counted(office: Office) -> None:
    dossier = receive(office, "a")
    (before,) = read(office, tables.dossiers)
    office.now = NOW + timedelta(days=1)
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, dossier, "Bão")
    (task,) = open_tasks(office, dossier)
    with office.acting("officer1.binhlieu") as tx, pytest.raises(DossierSuspended):
        tasks.complete(tx, task["id"], CHECKED)
    office.now = NOW + timedelta(days=8)  # seven days, five of them working days
    with office.acting("leader.binhlieu") as tx:
        suspending.resume(tx, dossier, "Hết bão")
    (after,) = read(office, tables.dossiers)
    assert after["due_at"] == before["due_at"] + timedelta(days=7)
    with office.acting("officer1.binhlieu") as tx:
        assert tasks.complete(tx, task["id"], CHECKED).incident is None


def test_who_decides_may_suspend_and_nobody_without_a_ground(office: Office) -> None:
    dossier = receive(office, "a")
    for login in ("officer1.binhlieu", "reception1.binhlieu", "auditor"):
        with office.acting(login) as tx, pytest.raises(MayNot):
            suspending.suspend(tx, dossier, "Vì thế")
    with office.acting("leader.binhlieu") as tx, pytest.raises(ReasonMissing):
        suspending.suspend(tx, dossier, "  ")


def test_a_cancelled_dossier_is_over_and_waits_for_nothing(office: Office) -> None:
    dossier = posting(office, "a")
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, dossier, "Điều 18 Nghị định 118/2025: người nộp rút đơn")
    (row,) = read(office, tables.dossiers)
    assert row["status"] == 8
    assert open_tasks(office, dossier) == []
    assert [one for one in read(office, tables.due) if one["state"] == "pending"] == []
    assert read(office, tables.waits) == []
    assert in_order(office)
    with office.acting("leader.binhlieu") as tx, pytest.raises(DossierFinished):
        suspending.cancel(tx, dossier, "Lần nữa")


def propose(office: Office, dossier: int, step: str, to: str, login: str = "admin") -> int:
    with office.acting(login) as tx:
        run = rows.main_run(tx.connection, dossier)
        assert run is not None
        return jumping.propose(tx, dossier, run, step, to, "Bước bị kẹt")


def test_a_stuck_dossier_goes_on_at_another_step_when_a_second_person_agrees(
    office: Office,
) -> None:
    dossier = posting(office, "a")  # with a timer on its border
    with office.acting("admin") as tx:
        run = str(rows.main_run(tx.connection, dossier))
        ahead = jumping.look(tx, dossier, run, "PublicPosting", "LeaderDecision")
    assert (ahead.closes, ahead.opens) == (("Niêm yết công khai",), ("Ký duyệt",))
    jump = propose(office, dossier, "PublicPosting", "LeaderDecision")
    with office.acting("admin") as tx, pytest.raises(SelfConfirmed):
        jumping.confirm(tx, jump)
    with office.acting("officer1.binhlieu") as tx, pytest.raises(MayNot):
        jumping.confirm(tx, jump)
    with office.acting("director.binhlieu") as tx:
        jumping.confirm(tx, jump)
    assert [task["step"] for task in open_tasks(office, dossier)] == ["LeaderDecision"]
    assert [one["kind"] for one in read(office, tables.due) if one["state"] == "pending"] == [
        "duty", "duty",
    ]  # fmt: skip
    assert in_order(office)
    with office.acting("director.binhlieu") as tx, pytest.raises(JumpOver):
        jumping.confirm(tx, jump)


def test_work_taken_up_again_after_settling_is_judged_again(office: Office) -> None:
    receive_at_the_counter(office)
    settle(office)  # on 5 August, due on 6 August
    (before,) = read(office, tables.dossiers)
    assert (before["status"], before["outcome"], before["handover"]) == (9, "early", "waiting")
    office.at("2025-08-05T14:00")
    jump = propose(office, before["id"], "ReturnResult", "NumberAndSeal")
    with office.acting("director.binhlieu") as tx:
        jumping.confirm(tx, jump)
    (row,) = read(office, tables.dossiers)
    assert (row["status"], row["outcome"], row["settled_at"], row["handover"]) == (
        4, None, None, "none",
    )  # fmt: skip
    assert row["due_at"] == before["due_at"]
    assert in_order(office)
    office.at("2025-08-20T08:00")
    due.run_due(office.database, office.now)
    assert read(office, tables.dossiers)[0]["escalated"] == "late_control"
    sealed = {"signed_on": "04/08/2025", "sealed_copies": "2", "sealed": "true"}
    assert office.do("clerk.binhlieu", "2025-08-20T10:30", **sealed) == 303
    assert read(office, tables.dossiers)[0]["outcome"] == "late"
    kinds = [row["kind"] for row in read(office, tables.journal)]
    assert kinds.count("taken_up_again") == 1


def test_a_diagram_that_draws_an_unlawful_change_of_status_is_an_incident(office: Office) -> None:
    bpmn = LAND.files["process.bpmn"].decode()
    seal = bpmn.index('id="NumberAndSeal"')
    drawn = bpmn[:seal] + bpmn[seal:].replace('"status" value="4"', '"status" value="2"', 1)
    assert drawn != bpmn
    office.introduce(from_files({**LAND.files, "process.bpmn": drawn.encode()}), checked=False)
    receive_at_the_counter(office)
    with pytest.raises(AssertionError):
        settle(office)  # the leader's signature leads back to a dossier only just received
    (incident,) = read(office, tables.incidents)
    assert incident["cause"] == "status:4 → 2"
    assert "trạng thái trái quy định" in cause(incident["cause"])
    assert read(office, tables.dossiers)[0]["status"] == 4


def test_a_proposal_is_void_once_the_dossier_has_moved_on(office: Office) -> None:
    dossier = receive(office, "a")
    jump = propose(office, dossier, "FieldCheck", "LeaderDecision")
    (task,) = open_tasks(office, dossier)
    with office.acting("officer1.binhlieu") as tx:
        tasks.complete(tx, task["id"], CHECKED)
    with office.acting("director.binhlieu") as tx, pytest.raises(JumpOver):
        jumping.confirm(tx, jump)
    with office.acting("admin") as tx:
        jumping.refuse(tx, jump)
    assert read(office, tables.jumps)[0]["state"] == "refused"


@pytest.mark.parametrize(
    ("step", "to", "cause"),
    [
        ("FieldCheck", "FieldCheck", "same"),
        ("LeaderDecision", "FieldCheck", "gone"),
        ("FieldCheck", "TakeNumber", "people"),
        ("FieldCheck", "Nowhere", "people"),
    ],
)
def test_where_a_dossier_cannot_go_is_said(office: Office, step: str, to: str, cause: str) -> None:
    dossier = receive(office, "a")
    before = read(office, tables.runs)
    with pytest.raises(CannotJump) as refused:
        propose(office, dossier, step, to)
    assert refused.value.cause == cause
    assert read(office, tables.runs) == before


def test_a_dossier_that_waits_for_nothing_becomes_an_incident_once(office: Office) -> None:
    dossier = posting(office, "a")
    assert watching.guard(office.database, office.now) == 0
    with office.database.engine.begin() as connection:  # what must never happen
        connection.execute(delete(tables.due).where(tables.due.c.kind == "timer"))
        here = tables.tasks.c.state == "open"
        connection.execute(update(tables.tasks).where(here).values(state="withdrawn"))
    assert not in_order(office)
    assert watching.guard(office.database, office.now) == 1
    assert watching.guard(office.database, office.now) == 0
    (incident,) = read(office, tables.incidents)
    assert (incident["dossier"], incident["cause"]) == (dossier, "idle")
    with office.acting("director.binhlieu") as tx:
        assert retries.retry(tx, incident["id"])  # looks at its timers again
    assert [one["kind"] for one in read(office, tables.due) if one["state"] == "pending"] == [
        "timer",
    ]  # fmt: skip
    assert in_order(office)


def test_an_apology_withdrawn_by_a_suspension_is_in_the_journal(office: Office) -> None:
    receive_at_the_counter(office)
    office.at("2025-07-18T17:01")
    due.run_due(office.database, office.now)
    office.at("2025-07-18T17:02")
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, 1, "Bão")
    (apology,) = [row for row in read(office, tables.tasks) if row["step"] == "side.apology"]
    assert apology["state"] == "withdrawn"
    assert "withdrawn" in [line["kind"] for line in read(office, tables.journal)]
