"""The worker's rounds: what the law waits for waits for nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from engine.commands.notices import Outgoing
from engine.store import tables
from engine.worker import rounds, take_round
from tests.office import Office
from tests.worker.test_due import LATER, wait_for_papers

PATIENCE = 30


class Silent:
    """A server that takes the call and says nothing until it is let go."""

    caller: threading.Thread

    def __init__(self) -> None:
        self.called, self.let_go = threading.Event(), threading.Event()

    def __call__(self, message: Outgoing) -> None:
        self.caller = threading.current_thread()
        self.called.set()
        self.let_go.wait(4 * PATIENCE)


@contextmanager
def working(office: Office, sender: Silent) -> Iterator[None]:
    """Every round taken once, side by side, as the scheduler does."""
    steps = rounds(office.database, lambda: LATER, {"sms": sender}, lambda: False)
    told = [(one, threading.Lock(), lambda: False) for one in steps]
    threads = [threading.Thread(target=take_round, args=args) for args in told]
    for thread in threads:
        thread.start()
    assert sender.called.wait(PATIENCE)
    for thread in threads:
        if thread is not sender.caller:
            thread.join(PATIENCE)
    assert [thread for thread in threads if thread.is_alive()] == [sender.caller]
    try:
        yield
    finally:
        sender.let_go.set()
        for thread in threads:
            thread.join(PATIENCE)


def fired(office: Office) -> int:
    done = select(func.count()).where(tables.due.c.kind == "timer", tables.due.c.state == "done")
    with office.database.reading() as connection:
        return connection.scalar(done) or 0


def test_a_silent_mail_server_holds_up_no_timer(office: Office) -> None:
    wait_for_papers(office)
    office.now = LATER
    assert fired(office) == 0
    with working(office, Silent()):
        assert fired(office) == 1


def test_a_step_that_fails_keeps_no_other_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    taken = []

    def broken() -> None:
        taken.append("broken")
        raise RuntimeError("no database")

    take_round((broken, lambda: taken.append("next")), threading.Lock(), lambda: False)
    assert taken == ["broken", "next"]
    assert "a step of the worker failed" in caplog.text


def test_a_worker_told_to_stop_begins_nothing_more() -> None:
    taken: list[int] = []
    steps = (lambda: taken.append(1), lambda: taken.append(2))
    take_round(steps, threading.Lock(), lambda: bool(taken))
    assert taken == [1]
