"""Messages and signals between dossiers: kept until asked for, handed over once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from engine.commands import dossiers, letters, suspending, tasks
from engine.commands.case import open_case
from engine.package import Package, from_files
from engine.store import tables
from engine.store.verify import verify
from tests.commands.test_bad_input import CHECKED, LAND, NOW, actor, told
from tests.office import Office, read

TALK = (
    '<bpmn:message id="Ask" name="ask"/><bpmn:message id="Reply" name="reply"/>'
    '<bpmn:signal id="Storm" name="storm"/>'
)


def talking(name: str, inserted: str) -> Package:
    """Land confirmation with something to say or to wait for behind the field check."""
    drawn = LAND.files["process.bpmn"].decode()
    flow = 'sourceRef="FieldCheck" targetRef="'
    assert drawn.count(flow) == 1
    start = drawn.index(flow) + len(flow)
    target = drawn[start : drawn.index('"', start)]
    drawn = drawn[:start] + "Talk" + drawn[start + len(target) :]
    way = f'<bpmn:sequenceFlow id="Onwards" sourceRef="Talk" targetRef="{target}"/>'
    place = drawn.rindex("</bpmn:process>")
    drawn = drawn[:place] + inserted + way + drawn[place:]
    place = drawn.index("<bpmn:process ")
    drawn = drawn[:place] + TALK + drawn[place:]
    return from_files({**LAND.files, "process.bpmn": drawn.encode(), "notes.md": name.encode()})


def throws(kind: str, what: str) -> str:
    definition = f'<bpmn:{kind}EventDefinition id="Said" {kind}Ref="{what}"/>'
    return f'<bpmn:intermediateThrowEvent id="Talk">{definition}</bpmn:intermediateThrowEvent>'


def catches(kind: str, what: str) -> str:
    definition = f'<bpmn:{kind}EventDefinition id="Heard" {kind}Ref="{what}"/>'
    return f'<bpmn:intermediateCatchEvent id="Talk">{definition}</bpmn:intermediateCatchEvent>'


def arrive(office: Office, package: Package, key: str, **answers: Any) -> dossiers.Received:
    """A dossier of that package with these answers among others, its field check done."""
    office.now = NOW.replace(minute=office.now.minute + 1)
    office.introduce(package, checked=False)
    with office.database.transaction(actor(office, "reception1.binhlieu"), office.now) as tx:
        given = told(key=key)
        given["answers"] = {**given["answers"], **answers}
        got = dossiers.receive(tx, **given)
    with office.database.transaction(actor(office, "officer1.binhlieu"), office.now) as tx:
        waiting = select(tables.tasks.c.id).where(
            tables.tasks.c.dossier == got.dossier, tables.tasks.c.state == "open"
        )
        task = tx.connection.scalars(waiting).one()
        assert tasks.complete(tx, task, CHECKED).incident is None
    return got


def rows(office: Office, table: Table) -> list[Row[Any]]:
    with office.database.reading() as connection:
        assert verify(connection) is None
        return list(connection.execute(select(table).order_by(table.c.id)))


def open_steps(office: Office, dossier: int) -> list[str]:
    here = (tables.tasks.c.dossier == dossier, tables.tasks.c.state == "open")
    with office.database.reading() as connection:
        return list(connection.scalars(select(tables.tasks.c.step).where(*here)))


def kinds(office: Office, dossier: int) -> list[str]:
    with office.database.reading() as connection:
        mine = select(tables.journal.c.kind).where(tables.journal.c.dossier == dossier)
        return list(connection.scalars(mine.order_by(tables.journal.c.seq)))


def test_a_message_nobody_waits_for_is_kept_and_seen_until_somebody_does(office: Office) -> None:
    sender = arrive(office, talking("sends", throws("message", "Ask")), "a")
    assert letters.deliver(office.database, office.now) == 0
    (letter,) = rows(office, tables.letters)
    assert (letter.state, letter.name) == ("pending", "ask")
    page = office.browser("officer1.binhlieu").get(f"/dossiers/{sender.code}").text
    assert "Thông điệp “ask” chưa có nơi nhận" in read(page)

    receiver = arrive(office, talking("waits", catches("message", "Ask")), "b")
    assert open_steps(office, receiver.dossier) == []
    assert letters.deliver(office.database, office.now) == 1
    assert open_steps(office, receiver.dossier) != []
    assert "message_sent" in kinds(office, sender.dossier)
    assert "message_received" in kinds(office, receiver.dossier)
    (letter,) = rows(office, tables.letters)
    assert (letter.state, letter.delivered_to) == ("delivered", receiver.dossier)
    assert rows(office, tables.waits) == []
    page = office.browser("officer1.binhlieu").get(f"/dossiers/{sender.code}").text
    assert "chưa có nơi nhận" not in read(page)


def test_one_message_goes_to_one_dossier_and_the_next_to_the_next(office: Office) -> None:
    waits = talking("waits", catches("message", "Ask"))
    first, second = arrive(office, waits, "a"), arrive(office, waits, "b")
    sends = talking("sends", throws("message", "Ask"))
    arrive(office, sends, "c")
    work = [threading.Thread(target=letters.deliver, args=(office.database, office.now))] * 1
    work += [threading.Thread(target=letters.deliver, args=(office.database, office.now))]
    for one in work:
        one.start()
    for one in work:
        one.join(timeout=30)
    letters.deliver(office.database, office.now)
    assert open_steps(office, first.dossier) != []
    assert open_steps(office, second.dossier) == []
    arrive(office, sends, "d")
    assert letters.deliver(office.database, office.now) == 1
    assert open_steps(office, second.dossier) != []
    assert kinds(office, first.dossier).count("message_received") == 1


def test_a_signal_reaches_all_who_listen_and_is_not_kept(office: Office) -> None:
    waits = talking("waits", catches("signal", "Storm"))
    first, second = arrive(office, waits, "a"), arrive(office, waits, "b")
    arrive(office, talking("sends", throws("signal", "Storm")), "c")
    assert letters.deliver(office.database, office.now) == 2
    assert open_steps(office, first.dossier) != []
    assert open_steps(office, second.dossier) != []
    late = arrive(office, waits, "d")
    assert letters.deliver(office.database, office.now) == 0
    assert open_steps(office, late.dossier) == []
    assert [row.state for row in rows(office, tables.letters)] == ["delivered"]


CORRELATED = (
    '<bpmn:correlationProperty id="Parcel">'
    '<bpmn:correlationPropertyRetrievalExpression messageRef="Ask">'
    "<bpmn:messagePath>parcel</bpmn:messagePath>"
    "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
)
BOUND = (
    '<bpmn:correlationSubscription id="Mine">'
    '<bpmn:correlationPropertyBinding correlationPropertyRef="Parcel">'
    "<bpmn:dataPath>parcel</bpmn:dataPath>"
    "</bpmn:correlationPropertyBinding></bpmn:correlationSubscription>"
)


def correlated(name: str, inserted: str) -> Package:
    """The same, about the parcel of the dossier."""
    package = talking(name, inserted)
    drawn = package.files["process.bpmn"].decode()
    place = drawn.index("<bpmn:process ")
    drawn = drawn[:place] + CORRELATED + drawn[place:]
    place = drawn.rindex("</bpmn:process>")
    drawn = drawn[:place] + BOUND + drawn[place:]
    return from_files({**package.files, "process.bpmn": drawn.encode()})


def test_of_several_that_wait_the_one_is_meant_whose_parcel_it_is(office: Office) -> None:
    waits = correlated("waits", catches("message", "Ask"))
    first = arrive(office, waits, "a", parcel="345")
    second = arrive(office, waits, "b", parcel="346")
    sends = correlated("sends", throws("message", "Ask"))
    arrive(office, sends, "c", parcel="999")
    assert letters.deliver(office.database, office.now) == 0
    arrive(office, sends, "d", parcel="346")
    assert letters.deliver(office.database, office.now) == 1
    assert (open_steps(office, first.dossier), letters_left(office)) == ([], 1)
    assert open_steps(office, second.dossier) != []


def letters_left(office: Office) -> int:
    return sum(row.state == "pending" for row in rows(office, tables.letters))


def all_heard(office: Office) -> bool:
    with office.database.reading() as connection:
        return connection.execute(select(tables.hearings)).first() is None


def test_a_signal_waits_for_whoever_is_busy_and_reaches_each_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = talking("waits", catches("signal", "Storm"))
    first, second = arrive(office, waits, "a"), arrive(office, waits, "b")
    arrive(office, talking("sends", throws("signal", "Storm")), "c")
    free = letters.free_case
    monkeypatch.setattr(
        letters, "free_case", lambda id, tx: None if id == second.dossier else free(id, tx)
    )
    assert letters.deliver(office.database, office.now) == 1
    monkeypatch.undo()
    assert (open_steps(office, first.dossier) != [], open_steps(office, second.dossier)) == (
        True,
        [],
    )
    assert letters.deliver(office.database, office.now) == 1
    assert open_steps(office, second.dossier) != []
    for dossier in (first.dossier, second.dossier):
        assert kinds(office, dossier).count("signal_received") == 1
    assert all_heard(office)


def test_a_dossier_that_somebody_has_in_hand_hears_the_signal_afterwards(office: Office) -> None:
    if office.database.sqlite:
        return  # there, whoever writes keeps every other writer waiting
    waiting = arrive(office, talking("waits", catches("signal", "Storm")), "a")
    arrive(office, talking("sends", throws("signal", "Storm")), "b")
    officer = actor(office, "officer1.binhlieu")
    with office.database.transaction(officer, office.now) as tx:
        open_case(waiting.dossier, tx)
        assert letters.deliver(office.database, office.now) == 0
    assert letters.deliver(office.database, office.now) == 1
    assert open_steps(office, waiting.dossier) != []


def test_a_worker_told_to_stop_between_two_who_listen_forgets_neither(office: Office) -> None:
    waits = talking("waits", catches("signal", "Storm"))
    both = [arrive(office, waits, key) for key in "ab"]
    arrive(office, talking("sends", throws("signal", "Storm")), "c")
    answers = iter([False, False, True])
    assert letters.deliver(office.database, office.now, lambda: next(answers, True)) == 1
    assert letters.deliver(office.database, office.now) == 1
    for one in both:
        assert kinds(office, one.dossier).count("signal_received") == 1


def test_a_dossier_that_was_stopped_meanwhile_hears_nothing(office: Office) -> None:
    waiting = arrive(office, talking("waits", catches("signal", "Storm")), "a")
    arrive(office, talking("sends", throws("signal", "Storm")), "b")
    answers = iter([False, True])
    assert letters.deliver(office.database, office.now, lambda: next(answers, True)) == 0
    with office.acting("director.binhlieu") as tx:
        suspending.cancel(tx, waiting.dossier, "Người nộp đề nghị rút", withdrawn=True)
    assert letters.deliver(office.database, office.now) == 0
    assert all_heard(office)
