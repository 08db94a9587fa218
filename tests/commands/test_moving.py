"""Open dossiers go to another release and exactly back; nothing they had is lost on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select

from engine.commands import dossiers, due, moving, releases, tasks
from engine.errors import CannotMove, MoveOver, NotApproved, UnknownMove
from engine.package import Package, from_files
from engine.queries import moving as questions
from engine.store import tables
from engine.store.verify import verify
from tests.commands.test_bad_input import CHECKED, LAND, NOW, actor, told
from tests.office import Office

STATE = ("dossiers", "runs", "tasks", "due", "waits")


def renamed(old: str, new: str, **more: str) -> Package:
    drawn = LAND.files["process.bpmn"].decode()
    assert old in drawn
    drawn = drawn.replace(old, new)
    for before, after in more.items():
        drawn = drawn.replace(before, after)
    return from_files({**LAND.files, "process.bpmn": drawn.encode()})


LABEL = renamed('name="Kiểm tra thực địa"', 'name="Kiểm tra tại thửa đất"')
OTHER_ID = renamed('"FieldCheck"', '"SiteCheck"', **{">FieldCheck<": ">SiteCheck<"})


def receive(office: Office, key: str, at: datetime = NOW) -> int:
    office.now = at
    with office.database.transaction(actor(office, "reception1.binhlieu"), office.now) as tx:
        return dossiers.receive(tx, **told(key=key)).dossier


def posting(office: Office, key: str) -> int:
    """A dossier whose public posting is under way: a timer runs, the clock stands."""
    dossier = receive(office, key)
    with office.database.transaction(actor(office, "officer1.binhlieu"), office.now) as tx:
        (task,) = open_tasks(office, dossier)
        assert tasks.complete(tx, task["id"], CHECKED).incident is None
    return dossier


def open_tasks(office: Office, dossier: int) -> list[dict[str, Any]]:
    here = (tables.tasks.c.dossier == dossier, tables.tasks.c.state == "open")
    return read(office, tables.tasks, *here)


def read(office: Office, table: Table, *where: Any) -> list[dict[str, Any]]:
    order = list(table.primary_key.columns)
    with office.database.reading() as connection:
        found = connection.execute(select(table).where(*where).order_by(*order))
        return [dict(row._mapping) for row in found]


def everything(office: Office) -> dict[str, Any]:
    """The state of all dossiers, the journal's numbers aside."""
    kept = {name: read(office, tables.metadata.tables[name]) for name in STATE}
    for row in kept["dossiers"]:
        del row["seq"], row["head"]
    return kept


def start(office: Office, package: Package, **more: Any) -> int:
    office.now += timedelta(minutes=1)
    office.introduce(package, checked=False)
    with office.acting("admin") as tx:
        return moving.start(tx, package.digest, reason="Đổi tên bước", **more)


def carry_on(office: Office) -> None:
    office.now += timedelta(minutes=1)
    while moving.carry_on(office.database, office.now):
        pass


def states(office: Office, move: int) -> list[str]:
    return [row["state"] for row in read(office, tables.move_items) if row["move"] == move]


def test_open_dossiers_move_with_their_claims_drafts_and_deadlines(office: Office) -> None:
    first, second = receive(office, "a"), posting(office, "b")
    with office.acting("officer1.binhlieu") as tx:
        (task,) = open_tasks(office, first)
        tasks.claim(tx, task["id"])
        tasks.save_draft(tx, task["id"], {"measured_area": "400"})
    before = everything(office)
    move = start(office, LABEL)
    carry_on(office)
    assert states(office, move) == ["moved", "moved"]
    after = everything(office)
    for was, now in zip(before["dossiers"], after["dossiers"], strict=True):
        assert now["release"] == LABEL.digest
        assert {**now, "release": was["release"]} == was
    assert after["due"] == before["due"]
    (mine,) = open_tasks(office, first)
    assert mine["name"] == "Kiểm tra tại thửa đất"
    was = next(row for row in before["tasks"] if row["id"] == mine["id"])
    assert {**mine, "name": was["name"]} == was
    assert mine["draft"] == {"measured_area": "400"}
    with office.database.reading() as connection:
        assert verify(connection) is None
        assert questions.view(connection, move).state == "done"
    # And they go on: the posting's timer, too.
    assert due.run_due(office.database, office.now + timedelta(days=40)) > 0
    timers = [row for row in read(office, tables.due) if row["kind"] == "timer"]
    assert [row["state"] for row in timers if row["dossier"] == second] == ["done"]
    with office.database.transaction(actor(office, "officer1.binhlieu"), office.now) as tx:
        assert tasks.complete(tx, task["id"], CHECKED).incident is None


def test_a_revert_gives_back_every_byte_of_what_nobody_touched(office: Office) -> None:
    first, second = receive(office, "a"), posting(office, "b")
    before = everything(office)
    move = start(office, OTHER_ID, mapping={"FieldCheck": "SiteCheck"})
    carry_on(office)
    assert states(office, move) == ["moved", "moved"]
    assert [row["step"] for row in open_tasks(office, first)] == ["SiteCheck"]
    with office.acting("officer1.binhlieu") as tx:
        (task,) = open_tasks(office, second)
        tasks.claim(tx, task["id"])
    touched = everything(office)
    with office.acting("admin") as tx:
        moving.revert(tx, move)
    carry_on(office)
    assert sorted(states(office, move)) == ["kept", "reverted"]
    after = everything(office)

    def of(state: dict[str, Any], dossier: int) -> dict[str, Any]:
        key = {"dossiers": "id"}
        return {
            name: [row for row in rows if row[key.get(name, "dossier")] == dossier]
            for name, rows in state.items()
        }

    assert of(after, first) == of(before, first)
    assert of(after, second) == of(touched, second)
    with office.database.reading() as connection:
        assert verify(connection) is None
    with office.acting("admin") as tx, pytest.raises(MoveOver):
        moving.revert(tx, move)


def test_what_cannot_move_stays_and_says_why(office: Office) -> None:
    first, second = receive(office, "a"), posting(office, "b")
    office.now += timedelta(minutes=1)
    office.introduce(OTHER_ID, checked=False)
    with office.database.reading() as connection:
        seen = questions.dry_run(connection, OTHER_ID.digest, None, {})
        mapped = questions.dry_run(connection, OTHER_ID.digest, None, {"FieldCheck": "SiteCheck"})
        steps = questions.waiting_steps(connection, OTHER_ID.digest, seen)
    assert (seen.total, seen.moves, seen.stays) == (2, 1, 1)
    ((reason, count),) = seen.reasons
    assert (reason.rule, reason.element, count) == ("gone", "FieldCheck", 1)
    assert steps == {"FieldCheck": ("Kiểm tra thực địa", "SiteCheck")}
    assert (mapped.moves, dict(mapped.mapped)) == (2, {("FieldCheck", "SiteCheck"): 1})
    with office.acting("admin") as tx:
        move = moving.start(tx, OTHER_ID.digest, reason="Thử")
    before = everything(office)
    carry_on(office)
    assert states(office, move) == ["stays", "moved"]
    (why,) = read(office, tables.move_items)[0]["said"]["reasons"]
    assert (why["rule"], why["name"]) == ("gone", "Kiểm tra thực địa")
    assert open_tasks(office, first)[0] in before["tasks"]
    assert read(office, tables.dossiers)[0]["release"] == LAND.digest
    assert second


def test_a_move_is_stopped_and_goes_on_and_is_about_one_centre(office: Office) -> None:
    receive(office, "a")
    move = start(office, LABEL, centre="H49.99.02")
    carry_on(office)
    assert states(office, move) == []
    move = start(office, renamed('name="Ký duyệt"', 'name="Ký"'))
    with office.acting("admin") as tx:
        moving.stop(tx, move)
    carry_on(office)
    assert states(office, move) == ["waiting"]
    with office.acting("admin") as tx:
        moving.resume(tx, move)
    carry_on(office)
    assert states(office, move) == ["moved"]
    with office.acting("admin") as tx, pytest.raises(MoveOver):
        moving.resume(tx, move)


def test_a_revert_that_was_stopped_goes_on_backwards(office: Office) -> None:
    receive(office, "a")
    move = start(office, LABEL)
    carry_on(office)
    with office.acting("admin") as tx:
        moving.revert(tx, move)
        moving.stop(tx, move)
    carry_on(office)
    assert states(office, move) == ["moved"]
    with office.acting("admin") as tx:
        moving.resume(tx, move)
    carry_on(office)
    assert states(office, move) == ["reverted"]


def test_a_plan_to_nowhere_is_refused_and_writes_nothing(office: Office) -> None:
    receive(office, "a")
    office.introduce(LABEL, checked=False)
    with office.acting("admin") as tx, pytest.raises(CannotMove):
        moving.start(tx, LABEL.digest, reason="x", mapping={"FieldCheck": "Nowhere"})
    with office.acting("designer") as tx:
        digest = releases.publish(tx, renamed('name="Ký duyệt"', 'name="Ký"'))
    with office.acting("admin") as tx, pytest.raises(NotApproved):
        moving.start(tx, digest, reason="x")
    with office.acting("admin") as tx, pytest.raises(UnknownMove):
        moving.revert(tx, 99)
    assert read(office, tables.moves) == []


def test_with_recompute_the_limit_of_the_new_release_counts(office: Office) -> None:
    dossier = receive(office, "a")
    manifest = LAND.files["procedure.toml"].decode()
    shorter = manifest.replace('limit = "10 working days"', 'limit = "5 working days"')
    package = from_files({**LAND.files, "procedure.toml": shorter.encode()})
    was = read(office, tables.dossiers)[0]["due_at"]
    move = start(office, package)
    carry_on(office)
    assert read(office, tables.dossiers)[0]["due_at"] == was
    with office.acting("admin") as tx:
        moving.revert(tx, move)
    carry_on(office)
    with office.acting("admin") as tx:
        moving.start(tx, package.digest, reason="Theo hạn mới", recompute=True)
    carry_on(office)
    now = read(office, tables.dossiers)[0]["due_at"]
    assert (was - now).days == 7
    duties = [row for row in read(office, tables.due) if row["dossier"] == dossier]
    assert {row["key"].partition(":")[2][:10] for row in duties if row["state"] == "pending"} == {
        now.date().isoformat()
    }
