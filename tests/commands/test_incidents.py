"""A run that cannot go on keeps everything that was said, until its cause is gone."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Row, Table, select

from engine.commands import documents, organisation, retries, services, suspending, tasks
from engine.commands.brought import look
from engine.commands.case import Case
from engine.commands.issuing import slip_number
from engine.errors import BadSlip
from engine.package import from_files
from engine.store import tables
from engine.store.verify import verify
from tests.commands.test_bad_input import CHECKED, LAND, NOW, actor, receive
from tests.office import Office, read, token

SUPPLEMENT = {
    **CHECKED,
    "outcome": "supplement",
    "supplement_items": ["Ý kiến của các hộ giáp ranh"],
    "supplement_reason": "Chưa đủ căn cứ xác định ranh giới.",
}


def rows(office: Office, table: Table) -> list[Row[Any]]:
    with office.database.reading() as connection:
        assert verify(connection) is None
        return list(connection.execute(select(table)))


def kinds(office: Office) -> list[str]:
    return [row.kind for row in rows(office, tables.journal)]


def leave(office: Office, login: str, at: datetime) -> None:
    """That account holds no post from then on."""
    question = (
        select(tables.posts.c.id)
        .join(tables.persons, tables.persons.c.id == tables.posts.c.person)
        .where(tables.persons.c.login == login)
    )
    with office.database.reading() as connection:
        held = list(connection.scalars(question))
    with office.database.transaction(actor(office, "admin"), NOW) as tx:
        for post in held:
            organisation.end_post(tx, post, at)


def dots() -> bytes:
    held = io.BytesIO()
    Image.new("1", (8, 8)).save(held, "PNG")
    return held.getvalue()


def test_a_step_that_nobody_can_do_is_an_incident_that_a_new_post_ends(office: Office) -> None:
    for login in ("officer1.binhlieu", "officer2.binhlieu"):
        leave(office, login, NOW)
    receive(office)
    (incident,) = rows(office, tables.incidents)
    (task,) = [row for row in rows(office, tables.tasks) if row.state == "open"]
    assert incident.element == task.step == "FieldCheck"
    page = read(office.browser("director.binhlieu").get("/dossiers/H49.99.01-250707-0001").text)
    said = "Chưa có ai giữ vị trí Công chức chuyên môn tại Uỷ ban nhân dân xã Bình Liêu."
    assert said in page

    with office.database.transaction(actor(office, "director.binhlieu"), NOW) as tx:
        assert not retries.retry(tx, incident.id)
    assert rows(office, tables.incidents)[0].attempts == 2
    assert kinds(office)[-1] == "retry_failed"

    newcomer = actor(office, "officer1.luchon")
    assert newcomer.person is not None
    with office.database.transaction(actor(office, "admin"), NOW) as tx:
        organisation.add_post(tx, newcomer.person, "officer", task.unit, NOW)
    assert rows(office, tables.incidents)[0].closed_at == NOW
    assert kinds(office)[-1] == "retried"
    with office.database.transaction(actor(office, "officer1.luchon"), NOW) as tx:
        assert tasks.complete(tx, task.id, CHECKED).incident is None


def test_a_retry_knows_the_instant_the_reason_and_the_files_of_the_first_try(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(office)
    task = office.open_task()
    officer = actor(office, "officer1.binhlieu")
    before, later = NOW + timedelta(hours=1), NOW + timedelta(days=1)
    with office.database.transaction(officer, later) as tx:
        file = documents.put_upload(tx, look("do.png", dots())).token

    def jam(*_: Any, **__: Any) -> None:
        raise BadSlip(slip="supplement", cause="key:items")

    monkeypatch.setattr(services, "issue_slip", jam)
    with office.database.transaction(officer, later) as tx:
        done = tasks.complete(tx, task, SUPPLEMENT, {"sketch": [file]}, before, "Mất điện")
    assert done.incident is not None
    assert rows(office, tables.documents) == []
    assert [row.state for row in rows(office, tables.tasks)] == ["done", "open"]
    office.now = later
    page = read(office.browser("director.binhlieu").get(f"/dossiers/{done.code}").text)
    assert "không có khoá: items" in page

    monkeypatch.undo()
    much_later = NOW + timedelta(days=3)
    with office.database.transaction(actor(office, "director.binhlieu"), much_later) as tx:
        assert retries.retry(tx, done.incident)
    (scan,) = rows(office, tables.documents)
    assert (scan.paper, scan.name, scan.added_by) == ("field:sketch", "do.png", officer.person)
    completed = [row.fact for row in rows(office, tables.journal) if row.kind == "completed"][-1]
    assert completed["by"] == "officer1.binhlieu"
    assert (completed["at"], completed["reason"]) == (before.isoformat(), "Mất điện")
    (dossier,) = rows(office, tables.dossiers)
    assert dossier.history["pauses"][0]["began"] == before.isoformat()


def test_a_round_too_many_is_said_on_the_form_and_nothing_happens(office: Office) -> None:
    receive(office)
    officer, clerk = actor(office, "officer1.binhlieu"), actor(office, "reception1.binhlieu")
    for round in (1, 2):
        at = NOW + timedelta(hours=round)
        with office.database.transaction(officer, at) as tx:
            assert tasks.complete(tx, office.open_task(), SUPPLEMENT).incident is None
        with office.database.transaction(clerk, at) as tx:
            brought = {"supplied_on": "2025-07-07", "supplied": "Đủ giấy tờ."}
            assert tasks.complete(tx, office.open_task(), brought).incident is None
    before = rows(office, tables.journal)
    office.at("2025-07-07T15:00")
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    typed = {
        "measured_area": "408,2",
        "paper_area": "412,5",
        "inspected_on": "07/07/2025",
        "current_use": "house",
        "disputed": "no",
        "village_head": "Trưởng thôn mẫu 03",
        "village_head_opinion": "Sử dụng ổn định từ năm 1998.",
        "outcome": "supplement",
        "supplement_items": "Ý kiến của các hộ giáp ranh",
        "supplement_reason": "Vẫn chưa đủ căn cứ.",
        "do": "complete",
        "csrf_token": token(browser.get(path).text),
    }
    answer = browser.post(path, data=typed)
    assert answer.status_code == 422
    assert "Đã yêu cầu bổ sung đủ 2 lần" in read(answer.text)
    assert "Vẫn chưa đủ căn cứ." in answer.text
    assert rows(office, tables.journal) == before
    assert rows(office, tables.incidents) == []


def test_a_service_that_fails_is_caught_by_an_error_event(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the diagram foresees is no incident; what the service had begun is undone."""
    drawn = LAND.files["process.bpmn"].decode()
    event = (
        '<bpmn:boundaryEvent id="Jammed" attachedToRef="IssueSupplementSlip">'
        '<bpmn:errorEventDefinition id="AnyError"/></bpmn:boundaryEvent>'
        '<bpmn:endEvent id="Unprinted"/>'
        '<bpmn:sequenceFlow id="ToUnprinted" sourceRef="Jammed" targetRef="Unprinted"/>'
    )
    place = drawn.rindex("</bpmn:process>")
    changed = drawn[:place] + event + drawn[place:]
    package = from_files({**LAND.files, "process.bpmn": changed.encode()})
    office.introduce(package, checked=False)  # no walk takes the jam
    receive(office)
    before = rows(office, tables.numbers)

    def jam(case: Case, *_: Any, **__: Any) -> None:
        slip_number(case.tx.connection, case.tx.now, "H49.99.01", False)
        raise BadSlip(slip="supplement", cause="key:items")

    monkeypatch.setattr(services, "issue_slip", jam)
    with office.database.transaction(actor(office, "officer1.binhlieu"), NOW) as tx:
        done = tasks.complete(tx, office.open_task(), SUPPLEMENT)
    assert done.incident is None
    assert rows(office, tables.incidents) == []
    assert rows(office, tables.runs)[0].ended_at == "Unprinted"
    assert rows(office, tables.numbers) == before


def stuck(office: Office, monkeypatch: pytest.MonkeyPatch) -> int:
    """A dossier whose field check cannot print its slip: the incident."""

    def broken(*told: Any) -> str:
        raise BadSlip(slip="supplement", cause="no template")

    receive(office)
    (task,) = [row for row in rows(office, tables.tasks) if row.state == "open"]
    with monkeypatch.context() as while_broken:
        while_broken.setattr(services, "issue_slip", broken)
        with office.database.transaction(actor(office, "officer1.binhlieu"), NOW) as tx:
            incident = tasks.complete(tx, task.id, SUPPLEMENT).incident
    assert incident is not None
    return incident


def test_a_stopped_dossier_never_comes_back_by_a_retry(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = stuck(office, monkeypatch)
    with office.database.transaction(actor(office, "leader.binhlieu"), NOW) as tx:
        suspending.cancel(tx, 1, "Theo đề nghị của người nộp")
    (row,) = [row for row in rows(office, tables.incidents) if row.id == incident]
    assert row.closed_at == NOW
    opened = tables.incidents.update().values(closed_at=None)  # as those of before were left
    with office.database.engine.begin() as connection:
        connection.execute(opened)
    with office.database.transaction(actor(office, "director.binhlieu"), NOW) as tx:
        assert retries.retry(tx, incident)
    assert rows(office, tables.dossiers)[0].status == 8
    assert [row for row in rows(office, tables.tasks) if row.state == "open"] == []
    assert [row.kind for row in rows(office, tables.slips)] == ["receipt", "stop"]
