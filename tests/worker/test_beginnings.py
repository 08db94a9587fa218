"""Dossiers that nobody hands in: messages, signals and instants open them, once each."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row

from engine.calendar import ZONE
from engine.commands import beginnings, dossiers, letters, retries
from engine.errors import BeginsItself
from engine.package import Package, from_files
from engine.store import tables
from engine.store.organisation import CLOCK
from tests.commands.test_bad_input import LAND, told
from tests.office import Office, read
from tests.worker.test_letters import arrive, kinds, open_steps, rows, talking, throws

DAY = datetime(2025, 7, 10, 9, tzinfo=ZONE)


def begun(name: str, definition: str, declared: str = "") -> Package:
    """Land confirmation under another name, whose start event waits for something."""
    drawn = LAND.files["process.bpmn"].decode()
    place = drawn.index("</bpmn:startEvent>")
    drawn = drawn[:place] + definition + drawn[place:]
    place = drawn.index("<bpmn:process ")
    drawn = drawn[:place] + declared + drawn[place:]
    manifest = LAND.files["procedure.toml"].decode()
    manifest = manifest.replace('name = "land-confirmation"', f'name = "{name}"')
    files = {
        path.replace("forms/land-confirmation/", f"forms/{name}/"): content
        for path, content in LAND.files.items()
        if not path.startswith("walks/")
    }
    return from_files(
        {**files, "process.bpmn": drawn.encode(), "procedure.toml": manifest.encode()}
    )


def by_message(name: str) -> Package:
    return begun(
        name,
        '<bpmn:messageEventDefinition id="Begins" messageRef="M"/>',
        '<bpmn:message id="M" name="ask"/>',
    )


def by_signal(name: str) -> Package:
    return begun(
        name,
        '<bpmn:signalEventDefinition id="Begins" signalRef="M"/>',
        '<bpmn:signal id="M" name="storm"/>',
    )


def by_timer(name: str, kind: str, text: str) -> Package:
    timer = f"<bpmn:{kind}>{text}</bpmn:{kind}>"
    return begun(
        name, f'<bpmn:timerEventDefinition id="Begins">{timer}</bpmn:timerEventDefinition>'
    )


def opened(office: Office, channel: str) -> list[Row[Any]]:
    return [row for row in rows(office, tables.dossiers) if row.channel == channel]


def test_a_message_nobody_waits_for_opens_the_dossier_that_begins_with_it(office: Office) -> None:
    office.introduce(by_message("follow-up"), checked=False)
    sender = arrive(office, talking("sends", throws("message", "Ask")), "a")
    assert letters.deliver(office.database, office.now) == 1
    (new,) = opened(office, "message")
    assert (new.procedure, new.receiving, new.model) == ("follow-up", "H49.99.01", "two-level")
    assert new.applicant_name == "Hồ sơ mẫu 07"
    assert open_steps(office, new.id) == ["CounterStep"]
    (letter,) = rows(office, tables.letters)
    assert (letter.state, letter.delivered_to) == ("delivered", new.id)
    assert letters.deliver(office.database, office.now) == 0
    page = read(office.browser("reception1.binhlieu").get(f"/dossiers/{new.code}").text)
    assert "Hệ thống tự mở hồ sơ" in page
    assert "Theo thông điệp của hồ sơ khác" in page
    assert sender.code != new.code


def test_a_signal_opens_one_of_every_procedure_that_begins_with_it(office: Office) -> None:
    office.introduce(by_signal("first-duty"), checked=False)
    office.introduce(by_signal("second-duty"), checked=False)
    arrive(office, talking("sends", throws("signal", "Storm")), "a")
    assert letters.deliver(office.database, office.now) == 2
    assert sorted(row.procedure for row in opened(office, "signal")) == [
        "first-duty",
        "second-duty",
    ]
    assert letters.deliver(office.database, office.now) == 0


def test_a_timer_opens_one_at_every_centre_at_each_of_its_instants(office: Office) -> None:
    office.introduce(by_timer("yearly-review", "timeCycle", "R2/P1D"), checked=False)
    start = office.now
    assert beginnings.by_instants(office.database, start) == 0
    assert beginnings.by_instants(office.database, start + timedelta(days=1), start) == 3
    # A worker that begins anew looks at everything again and opens nothing twice.
    assert beginnings.by_instants(office.database, start + timedelta(days=1)) == 0
    assert beginnings.by_instants(office.database, start + timedelta(days=9)) == 3
    found = opened(office, "timer")
    assert sorted({row.receiving for row in found}) == ["H49.99.01", "H49.99.02", "H49.99.03"]
    assert {row.applicant_name for row in found if row.receiving == "H49.99.01"} == {
        "Trung tâm Phục vụ hành chính công xã Bình Liêu"
    }
    assert open_steps(office, found[0].id) == ["CounterStep"]
    assert kinds(office, found[0].id)[0] == "begun"


def test_two_workers_open_a_dossier_once(office: Office) -> None:
    office.introduce(by_timer("review", "timeDuration", "PT1H"), checked=False)
    later = office.now + timedelta(hours=2)
    work = [
        threading.Thread(target=beginnings.by_instants, args=(office.database, later))
        for _ in range(3)
    ]
    for one in work:
        one.start()
    for one in work:
        one.join(timeout=60)
    assert len(opened(office, "timer")) == 3


def test_what_had_passed_when_the_rollout_was_decided_opens_nothing(office: Office) -> None:
    office.at("2025-07-09 10:00")
    office.introduce(by_timer("past", "timeDate", "2025-07-09T09:00:00+07:00"), checked=False)
    assert beginnings.by_instants(office.database, DAY) == 0


def test_a_timer_of_a_release_that_was_replaced_is_silent(office: Office) -> None:
    old = by_timer("review", "timeDate", "2025-07-09T09:00:00+07:00")
    office.introduce(old, checked=False)
    office.now += timedelta(minutes=1)
    office.introduce(by_timer("review", "timeDate", "2025-07-11T09:00:00+07:00"), checked=False)
    assert beginnings.by_instants(office.database, DAY) == 0
    assert beginnings.by_instants(office.database, DAY + timedelta(days=2)) == 3


def test_nobody_can_hand_in_what_the_system_opens(office: Office) -> None:
    office.introduce(by_message("follow-up"), checked=False)
    with office.acting("reception1.binhlieu") as tx, pytest.raises(BeginsItself):
        dossiers.receive(tx, **{**told(key="x"), "procedure": "follow-up"})
    page = office.browser("reception1.binhlieu").get("/counter").text
    assert "/counter/follow-up" not in page
    assert "/counter/land-confirmation" in page


def test_what_fails_in_its_first_steps_is_an_incident_that_can_be_tried_again(
    office: Office,
) -> None:
    office.introduce(by_message("follow-up"), checked=False)
    arrive(office, talking("sends", throws("message", "Ask")), "a")
    with office.database.transaction(CLOCK, office.now) as tx:  # nothing may be called so
        tx.connection.execute(tables.letters.update().values(payload={"typename": "x"}))
    letters.deliver(office.database, office.now)
    (new,) = opened(office, "message")
    (incident,) = [row for row in rows(office, tables.incidents) if row.dossier == new.id]
    assert incident.cause.startswith("value:typename")
    with office.acting("admin") as tx:
        assert retries.retry(tx, incident.id) is False
        mended = {**incident.input, "data": {"fine": 1}}
        tx.connection.execute(tables.incidents.update().values(input=mended))
        assert retries.retry(tx, incident.id) is True
    assert open_steps(office, new.id) == ["CounterStep"]


def test_a_message_that_nobody_could_decide_about_is_an_incident_of_its_sender(
    office: Office,
) -> None:
    office.introduce(by_message("follow-up"), checked=False)
    sender = arrive(office, talking("sends", throws("message", "Ask")), "a")
    with office.database.transaction(CLOCK, office.now) as tx:
        tx.connection.execute(tables.dossiers.update().values(territory="99999"))
    assert letters.deliver(office.database, office.now) == 0
    assert opened(office, "message") == []
    (incident,) = rows(office, tables.incidents)
    assert (incident.dossier, incident.cause) == (sender.dossier, "unit:commune 99999")
    assert letters.deliver(office.database, office.now) == 0
    with office.acting("admin") as tx:
        tx.connection.execute(tables.dossiers.update().values(territory="06838"))
        assert retries.retry(tx, incident.id) is True
    assert letters.deliver(office.database, office.now) == 1
    assert len(opened(office, "message")) == 1
