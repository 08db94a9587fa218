"""A rollout whose dossiers get stuck too often ends by itself, and the admin is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from engine.commands import releases, watching
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
    tasks = {task["id"]: task["unit"] for task in read(office, tables.tasks)}
    with office.acting("admin") as tx:
        change = update(tables.tasks).where(tables.tasks.c.id == first)
        tx.connection.execute(change.values(unit="QN"))
    monkeypatch.setattr(
        watching, "head_of", lambda c, unit, now: None if unit == "QN" else heads(c, unit, now)
    )
    office.at("2025-07-09T17:00")
    assert tasks
    assert watching.wake(office.database, office.now) == 2
    told = {row["task"] for row in read(office, tables.escalations)}
    assert told == headless - {first}
    monkeypatch.setattr(watching, "head_of", heads)
    assert watching.wake(office.database, office.now) <= 1
