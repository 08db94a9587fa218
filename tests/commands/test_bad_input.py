"""What bad luck and bad input get: the same receipt, a sentence, an incident, never a mess."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import func, select

from engine.calendar import ZONE
from engine.commands import dossiers, releases, retries, tasks, visits
from engine.commands.brought import look
from engine.errors import (
    BadAnswers,
    BadDocument,
    BadInstant,
    CheckFailed,
    Fault,
    MayNot,
    NotApproved,
    NotOpenHere,
    SelfApproval,
    TaskClosed,
    UnknownRelease,
    UnknownUnit,
)
from engine.package import Package, from_files, load_folder
from engine.scans import MOST_BYTES
from engine.store import tables
from engine.store.organisation import Actor, actor_of
from engine.store.verify import verify
from engine.words import sentence
from tests.office import ROOT, Office

NOW = datetime(2025, 7, 7, 9, tzinfo=ZONE)
LAND = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")
COUNTER = {
    "map_sheet": "12",
    "parcel": "345",
    "hamlet": "Khu Chang Nà",
    "paper_area": 412.5,
    "land_type": "residential",
    "origin": "cleared",
    "used_since": 1998,
    "purpose": "Đề nghị cấp giấy chứng nhận lần đầu",
}
CHECKED = {
    "measured_area": 408.2,
    "inspected_on": "2025-07-07",
    "current_use": "house",
    "disputed": "no",
    "village_head": "Trưởng thôn mẫu 03",
    "village_head_opinion": "Sử dụng ổn định từ năm 1998.",
    "outcome": "ok",
}


def told(**other: Any) -> dict[str, Any]:
    """What the counter sends for the sample dossier."""
    return {
        "procedure": "land-confirmation",
        "centre": "H49.99.01",
        "key": "a key",
        "applicant": {"name": "Hồ sơ mẫu 07", "citizen_id": "022080000007"},
        "answers": COUNTER,
        "papers": {"request": ("original", 1, []), "map_extract": ("copy", 1, [])},
        **other,
    }


def actor(office: Office, login: str, at: datetime = NOW) -> Actor:
    with office.database.reading() as connection:
        found = actor_of(connection, login, at)
    assert found is not None
    return found


def receive(office: Office, **other: Any) -> dossiers.Received:
    with office.database.transaction(actor(office, "reception1.binhlieu"), NOW) as tx:
        return dossiers.receive(tx, **told(**other))


def count(office: Office, table: Any) -> int:
    with office.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """All at once; what each gave or raised."""
    barrier = threading.Barrier(len(acts))
    given: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait(timeout=20)
        try:
            given[place] = acts[place]()
        except Fault as fault:
            given[place] = fault

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return given


def test_one_form_posted_four_times_at_once_is_one_dossier(office: Office) -> None:
    got = together([lambda: receive(office)] * 4)
    assert {one.code for one in got} == {"H49.99.01-250707-0001"}
    assert sorted(one.secret is not None for one in got) == [False, False, False, True]
    assert count(office, tables.dossiers) == 1


def test_dossiers_received_at_once_have_neighbouring_numbers(office: Office) -> None:
    forms = [lambda key=key: receive(office, key=key) for key in ("a", "b", "c", "d")]
    got = together(forms)  # type: ignore[arg-type]
    assert sorted(one.code for one in got) == [
        f"H49.99.01-250707-000{number}" for number in (1, 2, 3, 4)
    ]


def test_a_number_is_not_lost_when_the_form_was_wrong(office: Office) -> None:
    with pytest.raises(BadAnswers) as wrong:
        receive(office, answers={**COUNTER, "used_since": 99, "parcel": ""})
    faults: Any = wrong.value.particulars["faults"]
    assert [fault.pointer for fault in faults] == ["parcel", "used_since"]
    assert count(office, tables.journal) == 0
    assert receive(office).code == "H49.99.01-250707-0001"


def test_what_came_on_paper_earlier_is_counted_from_then_with_a_reason(office: Office) -> None:
    friday = datetime(2025, 7, 4, 15, tzinfo=ZONE)
    got = receive(office, received_at=friday, reason="Mất điện")
    assert got.due == datetime(2025, 7, 18, 17, tzinfo=ZONE)
    with office.database.reading() as connection:
        fact = connection.scalars(
            select(tables.journal.c.fact).where(tables.journal.c.kind == "received")
        ).one()
    assert (fact["received_at"], fact["reason"]) == (friday.isoformat(), "Mất điện")


@pytest.mark.parametrize(
    ("hours", "reason"), [(1, "Mất điện"), (-24, ""), (-24, None), (-24 * 8, "Mất điện")]
)
def test_an_instant_to_come_too_old_or_without_reason_is_refused(
    office: Office, hours: int, reason: str | None
) -> None:
    with pytest.raises(BadInstant):
        receive(office, received_at=NOW + timedelta(hours=hours), reason=reason)
    assert count(office, tables.dossiers) == 0


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"centre": "H49.99.02"}, MayNot),  # the counter of another commune
        ({"centre": "H00.00.00"}, MayNot),  # nobody sits where there is no counter
        ({"procedure": "no-such-thing"}, NotOpenHere),
        ({"model": "four-level"}, NotOpenHere),
        ({"help": "H00.00.00"}, UnknownUnit),
    ],
)
def test_what_nobody_knows_is_a_sentence(
    office: Office, other: Mapping[str, Any], fault: type[Fault]
) -> None:
    with pytest.raises(Fault) as met:
        receive(office, **other)
    assert type(met.value) is fault
    for lang in ("vi", "en"):
        said = sentence(met.value, lang)
        assert said
        assert "{" not in said
    assert count(office, tables.dossiers) == 0


def test_a_trial_has_a_series_of_its_own_and_leaves_the_official_one_alone(office: Office) -> None:
    with office.database.transaction(actor(office, "admin"), NOW) as tx:
        releases.roll_out(tx, LAND.digest, model="two-level", valid_from=NOW, trial=True)
    assert receive(office, key="t", trial=True).code == "H49.98.01-250707-0001"
    assert receive(office).code == "H49.99.01-250707-0001"
    with office.database.reading() as connection:
        trials = dict(
            tuple(row)
            for row in connection.execute(select(tables.dossiers.c.code, tables.dossiers.c.trial))
        )
    assert trials == {"H49.98.01-250707-0001": True, "H49.99.01-250707-0001": False}


def test_a_step_finished_by_two_at_once_is_finished_once(office: Office) -> None:
    receive(office)
    task = office.open_task()
    officer = actor(office, "officer1.binhlieu")

    def finish() -> str:
        with office.database.transaction(officer, NOW) as tx:
            return tasks.complete(tx, task, CHECKED).code

    got = together([finish] * 3)
    assert sorted(type(one).__name__ for one in got) == ["TaskClosed", "TaskClosed", "str"]
    late = next(one for one in got if isinstance(one, TaskClosed))
    assert "Kiểm tra thực địa" in sentence(late, "vi")
    with office.database.reading() as connection:
        kinds = connection.scalars(select(tables.journal.c.kind)).all()
        assert verify(connection) is None
    assert kinds.count("completed") == 2  # the counter's step and this one


def breaking() -> Package:
    """Land confirmation whose gateway divides by nothing when the field agrees with the paper."""
    files = dict(LAND.files)
    drawn = files["process.bpmn"].decode()
    assert drawn.count('outcome == "supplement"<') == 1
    broken = drawn.replace(
        'outcome == "supplement"<', "paper_area / (measured_area - 408.2) &gt; 1<"
    )
    return from_files({**files, "process.bpmn": broken.encode()})


def test_a_condition_that_raises_is_an_incident_and_nothing_else_has_changed(
    office: Office,
) -> None:
    package = breaking()
    office.introduce(package)
    receive(office)
    task, officer = office.open_task(), actor(office, "officer1.binhlieu")
    with office.database.reading() as connection:
        before = connection.scalars(select(tables.runs.c.snapshot)).one()
    with office.database.transaction(officer, NOW) as tx:
        done = tasks.complete(tx, task, CHECKED)
    assert done.incident is not None
    with office.database.reading() as connection:
        assert connection.scalars(select(tables.runs.c.snapshot)).one() == before
        incident = connection.execute(select(tables.incidents)).one()
        assert verify(connection) is None
    assert office.open_task() == task
    assert "zero" in incident.cause or "0" in incident.cause, incident.cause

    with office.database.transaction(actor(office, "director.binhlieu"), NOW) as tx:
        assert not retries.retry(tx, incident.id)
    with office.database.reading() as connection:
        again = connection.execute(select(tables.incidents)).one()
    assert (again.attempts, again.closed_at) == (2, None)

    # The officer's figure was wrong: completed anew, the dossier goes on.
    with office.database.transaction(officer, NOW) as tx:
        assert tasks.complete(tx, task, {**CHECKED, "measured_area": 5000.0}).incident is None
    assert office.open_task() != task
    with office.database.transaction(actor(office, "director.binhlieu"), NOW) as tx:
        assert retries.retry(tx, incident.id)
    with office.database.reading() as connection:
        closed = connection.scalars(select(tables.incidents.c.closed_at)).all()
    assert closed == [NOW]


def test_a_visit_posted_four_times_at_once_is_one_visit(office: Office) -> None:
    def guide() -> int:
        with office.database.transaction(actor(office, "reception1.binhlieu"), NOW) as tx:
            missing = [{"paper": "request", "text": "Đơn đề nghị"}]
            return visits.guide(tx, missing=missing, reason="Thiếu đơn", **told()).id

    assert len(set(together([guide] * 4))) == 1
    assert (count(office, tables.visits), count(office, tables.dossiers)) == (1, 0)


def test_a_picture_that_claims_to_be_enormous_is_refused() -> None:
    width = (40_000).to_bytes(4, "big")
    head = b"IHDR" + width + width + b"\x08\x02\x00\x00\x00"
    bomb = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + head + crc32(head).to_bytes(4, "big")
    with pytest.raises(BadDocument):
        look("lon.png", bomb + b"\x00" * 64)


def test_a_release_goes_the_long_way(office: Office) -> None:
    designer, approver = actor(office, "designer"), actor(office, "approver")
    admin = actor(office, "admin")
    both = Actor(designer.person, "designer", "", (*designer.posts, *approver.posts))
    package = breaking()
    with office.database.transaction(designer, NOW) as tx:
        assert releases.publish(tx, package) == package.digest
        assert releases.publish(tx, package) == package.digest
    with pytest.raises(SelfApproval), office.database.transaction(both, NOW) as tx:
        releases.approve(tx, package.digest, "QĐ mẫu")
    with pytest.raises(NotApproved), office.database.transaction(admin, NOW) as tx:
        releases.roll_out(tx, package.digest, model="two-level", valid_from=NOW)
    with pytest.raises(UnknownRelease), office.database.transaction(approver, NOW) as tx:
        releases.approve(tx, "0" * 64, "QĐ mẫu")
    wrong = from_files({**package.files, "process.bpmn": b"<definitions/>"})
    with pytest.raises(CheckFailed) as refused, office.database.transaction(designer, NOW) as tx:
        releases.publish(tx, wrong)
    assert refused.value.particulars["findings"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("anh.png", b""),
        ("anh.png", b"GIF89a no picture of ours"),
        ("don.pdf", b"%PDF-1.7 and then nothing"),
        ("trang.html", b"<script>alert(1)</script>"),
        ("lon.pdf", b"%PDF-1.7" + b"0" * MOST_BYTES),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(BadDocument) as refused:
        look(name, data)
    assert sentence(refused.value, "vi")
