"""``separateFrom``: who did the one step may not do the other, whatever posts they hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.calendar import ZONE
from engine.commands import dossiers, organisation, tasks
from engine.errors import CannotTake, MayNot
from engine.package import load_folder
from engine.queries import tasks as questions
from engine.store import tables
from tests.app.test_absences import SIGNED
from tests.app.test_first_dossier import receive
from tests.commands.test_bad_input import actor
from tests.engine.checked import good
from tests.journeys import ask_for_papers
from tests.office import CHECKED, Office

NOW = datetime(2025, 7, 7, 9, tzinfo=ZONE)
CENTRE, DOER = "H49.99.01", "reception1.binhlieu"


def written(folder: Path) -> Path:
    """A procedure of two steps, ``Appraise`` kept apart from ``Receive``, as its designer has it.

    Its folder stands beside ``_shared`` and ``forms``, as in the house.
    """
    for path, data in good().items():
        place = {"forms": "forms/sample", "shared": "processes/_shared"}
        room, _, rest = path.partition("/")
        file = folder / (f"{place[room]}/{rest}" if room in place else f"processes/sample/{path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@pytest.fixture
def waiting(office: Office, tmp_path: Path) -> str:
    """The second step of a dossier whose first one DOER did; DOER is an officer there, too."""
    folder = written(tmp_path / "designer")
    package = load_folder(folder / "processes", folder / "forms", "sample")
    office.introduce(package)
    with office.database.transaction(actor(office, DOER), NOW) as tx:
        dossiers.receive(
            tx,
            procedure="sample",
            centre=CENTRE,
            key="four eyes",
            applicant={"name": "Hồ sơ mẫu 07", "citizen_id": "022080000007"},
            answers={"commune": "06838"},
            papers={"request": ("original", 1, [])},
        )
    task = office.open_task()
    with office.database.reading() as connection:
        row = connection.execute(select(tables.tasks).where(tables.tasks.c.id == task)).one()
    person = actor(office, DOER).person
    assert person is not None
    with office.database.transaction(actor(office, "admin"), NOW) as tx:
        organisation.add_post(tx, person, row.role, row.unit, NOW, NOW + timedelta(days=9))
    return task


def test_who_did_the_one_may_not_do_the_other(office: Office, waiting: str) -> None:
    doer = actor(office, DOER)
    with office.database.reading() as connection:
        seen = questions.view(connection, doer, waiting, NOW)
    assert doer.holds(seen.role, seen.unit), "nothing but the first step keeps them from it"
    assert (seen.may_work.yes, seen.may_work.reason) == (False, "separate")
    for act in (
        lambda tx: tasks.claim(tx, waiting),
        lambda tx: tasks.save_draft(tx, waiting, {"outcome": "ok"}),
        lambda tx: tasks.complete(tx, waiting, {"outcome": "ok"}),
    ):
        with pytest.raises(MayNot) as no, office.database.transaction(doer, NOW) as tx:
            act(tx)
        assert no.value.particulars["reason"] == "separate"
    assert office.open_task() == waiting


def test_nobody_may_hand_it_to_them_either(office: Office, waiting: str) -> None:
    person = actor(office, DOER).person
    assert person is not None
    with (
        pytest.raises(CannotTake) as no,
        office.database.transaction(actor(office, "leader.binhlieu"), NOW) as tx,
    ):
        tasks.reassign(tx, waiting, person, "Đi công tác")
    assert no.value.particulars["cause"] == "separate"


def test_another_person_may(office: Office, waiting: str) -> None:
    officer = actor(office, "officer1.binhlieu")
    with office.database.transaction(officer, NOW) as tx:
        assert tasks.complete(tx, waiting, {"outcome": "ok"}).incident is None
    with office.database.reading() as connection:
        row = connection.execute(
            select(tables.tasks.c.state, tables.tasks.c.closed_by).filter_by(id=waiting)
        ).one()
    assert tuple(row) == ("done", officer.person)


def test_whoever_did_the_step_before_somebody_else_did_it_again_is_kept_from_the_other(
    office: Office,
) -> None:
    receive(office)
    ask_for_papers(office, "2025-07-08T18:30")
    supplied = {"supplied_on": "09/07/2025", "supplied": "Ý kiến"}
    assert office.do("reception1.binhlieu", "2025-07-09T08:00", **supplied) == 303
    refused = {
        **CHECKED,
        "inspected_on": "10/07/2025",
        "outcome": "refuse",
        "refusal_basis": "Điều 1 văn bản mẫu",
        "refusal_reason": "Thửa đất đang có tranh chấp.",
    }
    assert office.do("officer2.binhlieu", "2025-07-10T15:00", **refused) == 303
    office.at("2025-07-11T08:00")
    with office.acting("admin") as tx:
        person = actor(office, "officer1.binhlieu").person or 0
        organisation.add_post(tx, person, "leader", "UBND.06838", office.now)
    assert office.do("officer1.binhlieu", "2025-07-11T09:00", **SIGNED) == 403
    assert office.do("leader.binhlieu", "2025-07-11T09:00", **SIGNED) == 303
