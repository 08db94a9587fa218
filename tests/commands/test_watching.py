"""A rollout whose dossiers get stuck too often ends by itself, and the admin is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from engine.calendar import CalendarDay
from engine.commands import calendar, releases, suspending, tasks, watching
from engine.package import from_files
from engine.store import idle, tables
from tests.commands.test_moving import LABEL, read, receive
from tests.office import Office
from tests.office import read as text


def guarded(office: Office, share: int, stuck: int, received: int = 5) -> None:
    """Land confirmation in a new version with a bound; so many of its dossiers got stuck."""
    office.introduce(LABEL, checked=False)
    office.now += timedelta(minutes=1)
    with office.acting("admin") as tx:
        releases.roll_out(
            tx, LABEL.digest, model="two-level", valid_from=office.now, centre="H49.99.01",
            stop_share=share,
        )  # fmt: skip
    at = office.now + timedelta(minutes=1)
    for number in range(received):
        receive(office, f"k{number}", at)
    with office.acting("admin") as tx:
        for row in read(office, tables.dossiers)[:stuck]:
            told = {"dossier": row["id"], "centre": "H49.99.01", "element": "A", "name": "A"}
            told |= {"cause": "mẫu", "input": {}, "opened_at": office.now}
            tx.connection.execute(insert(tables.incidents).values(told))


def test_beyond_its_bound_it_ends_and_new_dossiers_get_the_one_before(office: Office) -> None:
    guarded(office, share=30, stuck=2)
    assert watching.watch(office.database, office.now) == 1
    ended = read(office, tables.rollouts)[-1]
    assert (ended["ended_by"], ended["ended_why"]) == (None, "2/5 > 30 %")
    assert office.release_at("H49.99.01") == LABEL.digest  # the rollout for all goes on
    assert watching.watch(office.database, office.now) == 0
    page = text(office.browser("admin").get("/releases").text)
    assert "Hệ thống đã tự dừng triển khai “Xác nhận tình trạng đất đai”" in page


@pytest.mark.parametrize(("share", "stuck", "received"), [(40, 2, 5), (10, 3, 4)])
def test_within_its_bound_or_with_too_few_it_goes_on(
    office: Office, share: int, stuck: int, received: int
) -> None:
    guarded(office, share, stuck, received)
    assert watching.watch(office.database, office.now) == 0


def test_steps_of_offices_without_a_head_hide_no_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        receive(office, f"k{number}", office.now)
    monkeypatch.setattr(idle, "MOST", 1)
    heads = watching.head_of
    headless = {task["id"] for task in read(office, tables.tasks) if task["state"] == "open"}
    first = min(headless)
    with office.acting("admin") as tx:
        change = update(tables.tasks).where(tables.tasks.c.id == first)
        tx.connection.execute(change.values(unit="QN"))
    monkeypatch.setattr(
        watching, "head_of", lambda c, unit, now: None if unit == "QN" else heads(c, unit, now)
    )
    office.at("2025-07-09T17:00")
    assert watching.wake(office.database, office.now) == 2
    told = {row["task"] for row in read(office, tables.escalations)}
    assert told == headless - {first}
    monkeypatch.setattr(watching, "head_of", heads)
    assert watching.wake(office.database, office.now) <= 1


def claimed(office: Office) -> str:
    """A field check that the officer holds."""
    task = office.open_task()
    with office.acting("officer1.binhlieu") as tx:
        tasks.claim(tx, task)
    return task


def reminded(office: Office, login: str) -> bool:
    code = read(office, tables.dossiers)[0]["code"]
    return code in text(office.browser(login).get("/tasks?view=escalated").text)


def test_whoever_holds_a_step_and_leaves_it_lying_is_told_first_and_then_the_head(
    office: Office,
) -> None:
    receive(office, "k", office.now)
    claimed(office)
    office.at("2025-07-08T09:30")
    assert watching.wake(office.database, office.now) == 1
    assert watching.wake(office.database, office.now) == 0
    told = [reminded(office, login) for login in ("officer1.binhlieu", "officer2.binhlieu")]
    assert told == [True, False]
    assert not reminded(office, "leader.binhlieu")
    office.at("2025-07-09T10:30")
    assert watching.wake(office.database, office.now) == 1
    assert reminded(office, "leader.binhlieu")
    path = f"/dossiers/{read(office, tables.dossiers)[0]['code']}"
    page = office.browser("leader.binhlieu").get(path)
    assert "để lâu không động đến" in text(page.text)
    with office.acting("officer1.binhlieu") as tx:
        tasks.save_draft(tx, office.open_task(), {"measured_area": "408,2"})
    watching.wake(office.database, office.now)
    assert not reminded(office, "officer1.binhlieu")
    assert not reminded(office, "leader.binhlieu")
    # Left lying again it is told again.
    office.at("2025-07-11T14:00")
    assert watching.wake(office.database, office.now) == 1
    assert reminded(office, "leader.binhlieu")


def test_whoever_has_left_the_post_holds_nothing_and_the_head_is_told_at_once(
    office: Office,
) -> None:
    receive(office, "k", office.now)
    claimed(office)
    here = tables.posts.c
    with office.acting("admin") as tx:
        (holder,) = {row["holder"] for row in read(office, tables.tasks)} - {None}
        (mine,) = [
            row["id"]
            for row in read(office, tables.posts)
            if (row["role"], row["unit"]) == ("officer", "UBND.06838") and row["person"] == holder
        ]
        tx.connection.execute(
            update(tables.posts).where(here.id == mine).values(valid_until=office.now)
        )
    office.at("2025-07-08T09:30")
    assert watching.wake(office.database, office.now) == 1
    assert not reminded(office, "officer1.binhlieu")
    assert reminded(office, "leader.binhlieu")
    told = [row["kind"] for row in read(office, tables.journal) if row["kind"].startswith("duty_")]
    assert told == ["duty_untouched"]


def test_a_step_given_back_and_left_lying_again_is_put_before_the_head_again(
    office: Office,
) -> None:
    receive(office, "k", office.now)
    office.at("2025-07-08T10:30")
    assert watching.wake(office.database, office.now) == 1
    task = claimed(office)
    watching.wake(office.database, office.now)
    assert not reminded(office, "leader.binhlieu")
    office.at("2025-07-08T11:00")
    with office.acting("officer1.binhlieu") as tx:
        tasks.release(tx, task)
    office.at("2025-07-08T14:00")
    assert watching.wake(office.database, office.now) == 0
    office.at("2025-07-10T11:00")
    assert watching.wake(office.database, office.now) == 1
    assert reminded(office, "leader.binhlieu")


def test_the_hours_are_those_of_the_tasks_own_office(office: Office) -> None:
    with office.acting("admin") as tx:
        calendar.set_day(tx, CalendarDay(date(2025, 7, 8), "off", None, "UBND.06838", "Bão"))
    receive(office, "k", office.now)
    office.at("2025-07-08T16:00")
    assert watching.wake(office.database, office.now) == 0
    office.at("2025-07-09T10:30")
    assert watching.wake(office.database, office.now) == 1


def test_what_was_suspended_is_not_left_lying(office: Office) -> None:
    dossier = receive(office, "k", office.now)
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, dossier, "Chờ toà án")
    office.at("2025-07-21T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.resume(tx, dossier, "Toà án đã xử")
    assert watching.wake(office.database, office.now) == 0


def test_a_procedure_says_how_long_a_step_may_lie(office: Office) -> None:
    files = dict(LABEL.files)
    files["procedure.toml"] = b'idle = "2 working hours"\n' + files["procedure.toml"]
    office.introduce(from_files(files), checked=False)
    office.now += timedelta(minutes=1)
    receive(office, "k", office.now)
    office.now += timedelta(hours=2)
    assert watching.wake(office.database, office.now) == 1
