"""Procedures that close, trials that are removed: what is open goes on, what is live stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.calendar import ZONE
from engine.commands import closing, dossiers, releases, tasks, trials, visits
from engine.errors import BadInstant, NotOpenHere, ProcedureClosed, UnknownProcedure
from engine.queries.proof import breaches
from engine.store import tables
from tests.commands.test_bad_input import CHECKED, LAND, NOW, actor, told
from tests.commands.test_moving import open_tasks, read, receive
from tests.office import Office
from tests.office import read as said


def test_a_closed_procedure_is_received_no_more_and_what_is_open_goes_on(office: Office) -> None:
    dossier = receive(office, "a")
    ends = NOW + timedelta(days=1)
    with office.acting("admin") as tx:
        closing.close(tx, "land-confirmation", at=ends, reason="QĐ mẫu 12/2025 bãi bỏ")
    with office.acting("admin") as tx, pytest.raises(ProcedureClosed):
        closing.close(tx, "land-confirmation", at=ends, reason="Lần nữa")
    receive(office, "b", NOW + timedelta(hours=23))
    with pytest.raises(NotOpenHere):
        receive(office, "c", ends)
    with office.acting("admin") as tx, pytest.raises(ProcedureClosed):
        releases.roll_out(tx, LAND.digest, model="two-level", valid_from=office.now, trial=True)
    (task,) = open_tasks(office, dossier)
    with office.acting("officer1.binhlieu") as tx:
        assert tasks.complete(tx, task["id"], CHECKED).incident is None
    page = said(office.browser("reception1.binhlieu").get("/procedures/land-confirmation").text)
    assert "ngừng tiếp nhận" in page
    assert "QĐ mẫu 12/2025 bãi bỏ" in page

    with office.acting("admin") as tx:
        closing.reopen(tx, "land-confirmation")
        releases.roll_out(tx, LAND.digest, model="two-level", valid_from=office.now)
    receive(office, "d", office.now)


def test_a_successor_must_be_another_procedure_that_is_known(office: Office) -> None:
    for successor in ("land-confirmation", "never-heard-of"):
        with office.acting("admin") as tx, pytest.raises(UnknownProcedure):
            closing.close(tx, "land-confirmation", at=NOW, reason="Thay thế", successor=successor)
    with office.acting("admin") as tx, pytest.raises(UnknownProcedure):
        closing.close(tx, "never-heard-of", at=NOW, reason="Thay thế")


def counts(office: Office) -> dict[str, int]:
    with office.database.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.metadata.sorted_tables
            if "dossier" in table.c or table is tables.dossiers
        }


def test_trials_are_removed_as_a_whole_and_nothing_of_the_living_with_them(
    office: Office,
) -> None:
    receive(office, "a")
    live = counts(office)
    files = {path for path in office.database.files.root.rglob("*") if path.is_file()}
    with office.acting("admin") as tx:
        releases.roll_out(tx, LAND.digest, model="two-level", valid_from=NOW, trial=True)
    with office.database.transaction(actor(office, "reception1.binhlieu"), NOW) as tx:
        trial = dossiers.receive(tx, **{**told(key="b"), "trial": True})
        for key, on_trial in (("v1", True), ("v2", False)):
            asked = {**told(key=key), "trial": on_trial, "missing": [{"paper": "form"}]}
            visits.guide(tx, **asked, reason="Thiếu tờ khai")
    (task,) = open_tasks(office, trial.dossier)
    with office.acting("officer1.binhlieu") as tx:
        tasks.complete(tx, task["id"], CHECKED)
    assert counts(office) != live

    with office.acting("admin") as tx, pytest.raises(BadInstant):
        trials.purge(tx, until=office.now + timedelta(days=1), reason="Chưa tới")
    office.now += timedelta(days=1)
    with office.acting("admin") as tx:
        assert trials.purge(tx, until=NOW, reason="Nhận sau")[0] == 0
    with office.acting("admin") as tx:
        count, left = trials.purge(tx, until=office.now, reason="Hết thử nghiệm")
    assert count == 1
    assert trials.sweep(office.database, left, office.now) == 0  # put just now, so left alone
    later = datetime.now(ZONE) + timedelta(days=2)
    assert trials.sweep(office.database, left, later) == 2  # slips 01 and 02 of the trial
    assert [row["data"]["trial"] for row in read(office, tables.visits)] == [False]
    assert counts(office) == live
    kept = {path for path in office.database.files.root.rglob("*") if path.is_file()}
    assert len(kept - files) == 1  # slip 02 of the living
    assert files < kept
    assert [row["dossiers"] for row in read(office, tables.purges)] == [0, 1]
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()
    # Its number is not given to anybody else.
    with office.database.transaction(actor(office, "reception1.binhlieu"), NOW) as tx:
        again = dossiers.receive(tx, **{**told(key="c"), "trial": True})
    assert again.code.endswith("-0002")
