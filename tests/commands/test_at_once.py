"""Two people at the same instant: one is first, the other reads so, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.commands import extending, suspending, tasks
from engine.errors import AlreadyExtended, CannotExtend, DossierFinished, DossierStopped, TaskClosed
from engine.queries.proof import breaches
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.commands.test_bad_input import CHECKED, together
from tests.commands.test_moving import read as rows
from tests.journeys import BACK, ask_for_papers, settle
from tests.office import Office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

ASKED = {**CHECKED, "outcome": "supplement", "supplement_items": ["a"], "supplement_reason": "b"}
SUPPLIED = {"supplied_on": "2025-07-14", "supplied": "x"}
either_first = pytest.mark.parametrize("turn", [1, -1])


def act(office: Office, login: str, command: Any, *told: Any, **more: Any) -> Callable[[], str]:
    """What that person does, in a transaction of their own."""

    def does() -> str:
        with office.acting(login) as tx:
            command(tx, *told, **more)
        return "done"

    return does


def dossier(office: Office) -> dict[str, Any]:
    """The one dossier's row, once everything was found in order."""
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()
    (row,) = rows(office, tables.dossiers)
    return row


def kinds(office: Office, table: Any) -> list[str]:
    return [row["kind"] for row in rows(office, table)]


def waiting(office: Office) -> list[str]:
    return [row["step"] for row in rows(office, tables.tasks) if row["state"] == "open"]


def named(got: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in got)


def test_two_who_return_one_result_return_it_once(office: Office) -> None:
    receive(office)
    settle(office)
    office.at("2025-08-06T08:00")
    path = f"/tasks/{office.open_task()}"
    desks = [office.browser(f"reception{number}.binhlieu") for number in (1, 2)]
    told = [{**BACK, "csrf_token": token(desk.get(path).text), "do": "complete"} for desk in desks]
    got = together(
        [lambda d=d, t=t: d.post(path, data=t) for d, t in zip(desks, told, strict=True)]  # type: ignore[misc]
    )
    assert sorted(answer.status_code for answer in got) == [303, 409]
    late = next(answer for answer in got if answer.status_code == 409)
    assert "«Trả kết quả» đã kết thúc lúc 08:00 06/08/2025. Người thực hiện: Tiếp nhận" in read(
        late.text
    )
    assert kinds(office, tables.journal).count("handed") == 1
    assert dossier(office)["status"] == 10


def test_of_three_extensions_one_is_made(office: Office) -> None:
    receive(office)
    office.at("2025-07-10T09:00")
    one = dossier(office)["id"]
    got = together(
        [act(office, "leader.binhlieu", extending.extend, one, days, "x") for days in (2, 3, 1)]
    )
    assert named(got) == ["AlreadyExtended", "AlreadyExtended", "str"]
    assert kinds(office, tables.slips).count("apology") == 1
    assert dossier(office)["history"]["extension"] is not None


@either_first
def test_a_step_done_while_the_dossier_is_taken_back_leaves_nothing_open(
    office: Office, turn: int
) -> None:
    receive(office)
    office.at("2025-07-10T09:00")
    one, step = dossier(office)["id"], office.open_task()
    does = act(office, "officer1.binhlieu", tasks.complete, step, CHECKED)
    stops = act(office, "leader.binhlieu", suspending.cancel, one, "x", withdrawn=True)
    done, stopped = together([does, stops][::turn])[::turn]
    assert stopped == "done"
    assert done == "done" or isinstance(done, DossierStopped)
    assert (dossier(office)["status"], waiting(office)) == (8, [])


@either_first
def test_papers_that_come_while_the_dossier_is_stopped_leave_nothing_open(
    office: Office, turn: int
) -> None:
    receive(office)
    ask_for_papers(office)
    office.at("2025-07-14T09:00")
    one, step = dossier(office)["id"], office.open_task()
    brings = act(office, "reception1.binhlieu", tasks.complete, step, SUPPLIED)
    stops = act(office, "leader.binhlieu", suspending.cancel, one, "x")
    brought, stopped = together([brings, stops][::turn])[::turn]
    assert stopped == "done"
    assert brought == "done" or isinstance(brought, DossierStopped)
    assert (dossier(office)["status"], waiting(office)) == (8, [])
    assert kinds(office, tables.slips).count("stop") == 1


def test_two_who_stop_a_dossier_print_one_notice(office: Office) -> None:
    receive(office)
    office.at("2025-07-10T09:00")
    one = dossier(office)["id"]
    got = together(
        [
            act(office, "leader.binhlieu", suspending.cancel, one, "x", withdrawn=withdrawn)
            for withdrawn in (True, False)
        ]
    )
    assert named(got) == [DossierFinished.__name__, "str"]
    assert kinds(office, tables.slips).count("stop") == 1
    assert dossier(office)["status"] == 8


def test_papers_asked_for_while_the_date_is_moved_do_both_once_or_say_why(office: Office) -> None:
    receive(office)
    office.at("2025-07-10T09:00")
    one, step = dossier(office)["id"], office.open_task()
    asks = act(office, "officer1.binhlieu", tasks.complete, step, ASKED)
    moves = act(office, "leader.binhlieu", extending.extend, one, 2, "x")
    got = together([asks, moves, asks, moves])
    asked, moved = got[::2], got[1::2]
    assert named(asked) == [TaskClosed.__name__, "str"]
    assert set(named(moved)) <= {AlreadyExtended.__name__, CannotExtend.__name__, "str"}
    row = dossier(office)
    assert row["paused"]
    assert moved.count("done") == (row["history"]["extension"] is not None)
    assert kinds(office, tables.slips).count("apology") == moved.count("done")
    assert kinds(office, tables.slips).count("supplement") == 1
