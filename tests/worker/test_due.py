"""What falls due happens once, whoever takes it, and one bad row holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, func, select, update

from engine.calendar import ZONE
from engine.commands import due, retries, tasks
from engine.commands.case import Case
from engine.errors import Conflict
from engine.store import tables
from engine.store.organisation import CLOCK, Actor, actor_of
from engine.store.verify import verify
from tests.app.test_first_dossier import receive
from tests.office import CHECKED, Office, token

# Papers were asked for on 9 July: thirty working days later is 20 August.
LATER = datetime(2025, 8, 25, 8, tzinfo=ZONE)


def wait_for_papers(office: Office, number: int = 1) -> None:
    """That many dossiers, each waiting for papers, the legal clock paused."""
    for _ in range(number):
        office.at("2025-07-07T09:00")
        receive(office)
        office.do(
            "officer1.binhlieu",
            "2025-07-09T10:00",
            **CHECKED,
            inspected_on="08/07/2025",
            outcome="supplement",
            supplement_items="Ý kiến của các hộ giáp ranh",
            supplement_reason="Chưa đủ căn cứ xác định ranh giới.",
        )
        close_for_now(office)
    wait_for_nothing_else(office)


def wait_for_nothing_else(office: Office) -> None:
    """As if the reminders had been sent: what they say is tried where messages are."""
    sent = update(tables.due).where(tables.due.c.kind == "reminder").values(state="done")
    with office.database.engine.begin() as connection:
        connection.execute(sent)


def close_for_now(office: Office) -> None:
    """Let the next dossier of the story be the only one with an open step."""
    office.parked += [office.open_task()]


def rows_of(office: Office, kind: str, **wanted: Any) -> list[Row[Any]]:
    question = select(tables.due).where(tables.due.c.kind == kind).order_by(tables.due.c.id)
    for name, value in wanted.items():
        question = question.where(tables.due.c[name] == value)
    with office.database.reading() as connection:
        return list(connection.execute(question))


def told(office: Office, kind: str) -> int:
    """How many lines of that kind all journals have."""
    question = select(func.count()).select_from(tables.journal).where(tables.journal.c.kind == kind)
    with office.database.reading() as connection:
        return connection.scalar(question) or 0


def actor(office: Office, login: str) -> Actor:
    with office.database.reading() as connection:
        found = actor_of(connection, login, LATER)
    assert found is not None
    return found


def together(*acts: Callable[[], Any]) -> list[Any]:
    """All at once, as near as a barrier brings them; what each gave or raised."""
    barrier = threading.Barrier(len(acts))
    given: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait(timeout=20)
        try:
            given[place] = act()
        except Exception as error:
            given[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return given


def test_several_workers_fire_a_timer_once(office: Office) -> None:
    wait_for_papers(office, 3)
    assert len(rows_of(office, "timer", state="pending")) == 3
    work = [lambda: due.run_due(office.database, LATER)] * 4
    assert sum(together(*work)) == 3
    assert told(office, "withdrawn") == 3
    assert due.run_due(office.database, LATER) == 0
    with office.database.reading() as connection:
        assert verify(connection) is None


def test_a_row_that_fails_waits_and_the_others_have_their_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_papers(office, 2)
    bad = rows_of(office, "timer")[0].dossier
    do = due._do

    def fail(case: Case, found: dict[str, Any]) -> None:
        if case.id == bad:
            raise ZeroDivisionError("mẫu")
        do(case, found)

    monkeypatch.setattr(due, "_do", fail)
    assert due.run_due(office.database, LATER) == 1
    (row,) = rows_of(office, "timer", state="pending")
    assert (row.dossier, row.attempts, row.error) == (bad, 1, "ZeroDivisionError: mẫu")
    assert due.run_due(office.database, LATER) == 0
    assert rows_of(office, "timer", state="pending")[0].attempts == 1, "it waits before it retries"
    for hours in range(1, 5):
        due.run_due(office.database, LATER + timedelta(hours=hours))
    assert [row.state for row in rows_of(office, "timer", dossier=bad)] == ["dead"]
    assert told(office, "incident") == 1
    with office.database.reading() as connection:
        incident = connection.execute(select(tables.incidents)).one()
    assert incident.cause == "ZeroDivisionError: mẫu"

    monkeypatch.undo()
    with office.database.transaction(actor(office, "director.binhlieu"), LATER) as tx:
        assert retries.retry(tx, incident.id)
    assert told(office, "withdrawn") == 2


def test_a_worker_that_dies_leaves_its_row_to_the_next(office: Office) -> None:
    wait_for_papers(office)
    (row,) = rows_of(office, "timer", state="pending")
    with pytest.raises(KeyboardInterrupt), office.database.transaction(CLOCK, LATER) as tx:
        assert due.take(tx, row.id, row.dossier)
        raise KeyboardInterrupt
    assert told(office, "withdrawn") == 0
    assert due.run_due(office.database, LATER) == 1
    assert told(office, "withdrawn") == 1


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.postgres
def test_a_dossier_somebody_holds_is_passed_over_without_waiting(office: Office) -> None:
    wait_for_papers(office, 2)
    held = rows_of(office, "timer")[0].dossier
    with office.database.engine.begin() as other:
        other.execute(
            select(tables.dossiers.c.id).where(tables.dossiers.c.id == held).with_for_update()
        )
        assert due.run_due(office.database, LATER) == 1
        assert [row.dossier for row in rows_of(office, "timer", state="pending")] == [held]
    assert due.run_due(office.database, LATER) == 1


def test_a_person_and_a_timer_at_once_have_one_outcome(office: Office) -> None:
    wait_for_papers(office)
    task = office.parked[0]
    clerk = actor(office, "reception1.binhlieu")

    def bring() -> None:
        with office.database.transaction(clerk, LATER) as tx:
            tasks.complete(tx, task, {"supplied_on": "2025-08-22", "supplied": "Đủ giấy tờ."})

    brought, _ = together(bring, lambda: due.run_due(office.database, LATER))
    due.run_due(office.database, LATER)
    closed = told(office, "withdrawn")
    with office.database.reading() as connection:
        state = connection.scalar(select(tables.tasks.c.state).where(tables.tasks.c.id == task))
        assert verify(connection) is None
    if isinstance(brought, Conflict):
        assert (state, closed) == ("withdrawn", 1)
    else:
        assert (brought, state, closed) == (None, "done", 0)


def test_a_duty_is_told_once_for_each_due_date(office: Office) -> None:
    office.at("2025-07-07T09:00")
    receive(office)  # due on 21 July
    for day in (17, 18, 19, 20):
        due.run_due(office.database, datetime(2025, 7, day, 18, tzinfo=ZONE))
    assert (told(office, "duty_due_soon"), told(office, "duty_due_passed")) == (1, 0)
    for day in (21, 22, 23):
        due.run_due(office.database, datetime(2025, 7, day, 18, tzinfo=ZONE))
    assert (told(office, "duty_due_soon"), told(office, "duty_due_passed")) == (1, 1)


def test_no_duty_waits_while_the_clock_stands_and_a_moved_date_has_its_own(office: Office) -> None:
    wait_for_papers(office)
    assert rows_of(office, "duty", state="pending") == []
    page = office.browser("reception1.binhlieu")
    office.at("2025-07-14T14:00")
    path = f"/tasks/{office.parked.pop()}"
    sent = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ.", "do": "complete"}
    sent["csrf_token"] = token(page.get(path).text)
    assert page.post(path, data=sent).status_code == 303
    waiting = {row.key.split(":")[0]: row.at for row in rows_of(office, "duty", state="pending")}
    with office.database.reading() as connection:
        owed = connection.scalars(select(tables.dossiers.c.due_at)).one()
    assert owed == datetime(2025, 7, 24, 17, tzinfo=ZONE)
    assert waiting["due_soon"].date() == datetime(2025, 7, 23, tzinfo=ZONE).date()
    assert waiting["due_passed"] > owed


def test_a_worker_told_to_stop_takes_no_further_row(office: Office) -> None:
    wait_for_papers(office, 2)
    asked = iter([False, True])
    assert due.run_due(office.database, LATER, stopped=lambda: next(asked)) == 1
    assert len(rows_of(office, "timer", state="pending")) == 1
