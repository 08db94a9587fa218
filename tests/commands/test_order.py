"""What the counter and the admin may not say twice, too early, or incompletely."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.commands import releases, tasks
from engine.errors import BadInstant, BadPapers, ReleaseFrozen, RolledOutAlready
from engine.package import from_files
from engine.store import tables
from engine.words import sentence
from tests.commands.test_bad_input import CHECKED, COUNTER, LAND, NOW, actor, count, receive
from tests.office import Office

REQUEST, MAP = ("original", 1, []), ("copy", 1, [])


@pytest.mark.parametrize(
    ("papers", "answers", "said"),
    [
        ({"request": REQUEST}, {}, "Trích lục bản đồ địa chính"),
        ({"request": REQUEST, "map_extract": ("copy", 0, [])}, {}, "Trích lục bản đồ địa chính"),
        ({"request": REQUEST, "map_extract": MAP}, {"origin": "inherited"}, "Văn bản thừa kế"),
        ({"request": REQUEST, "map_extract": MAP, "passport": MAP}, {}, "«passport»"),
    ],
)
def test_a_dossier_without_its_papers_is_not_received(
    office: Office, papers: dict[str, Any], answers: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadPapers) as refused:
        receive(office, papers=papers, answers={**COUNTER, **answers})
    assert said in sentence(refused.value, "vi")
    assert count(office, tables.dossiers) == 0


def test_a_step_cannot_have_ended_before_the_dossier_was_received(office: Office) -> None:
    receive(office)
    task, late = office.open_task(), NOW + timedelta(days=1)
    officer = actor(office, "officer1.binhlieu")
    with pytest.raises(BadInstant) as refused, office.database.transaction(officer, late) as tx:
        tasks.complete(tx, task, CHECKED, at=NOW - timedelta(hours=1), reason="Mất điện")
    assert "09:00 07/07/2025" in sentence(refused.value, "vi")
    assert office.open_task() == task


def test_a_step_cannot_have_ended_before_the_one_that_opened_it(office: Office) -> None:
    receive(office)
    officer, leader = actor(office, "officer1.binhlieu"), actor(office, "leader.binhlieu")
    why = {"refusal_reason": "Đang có tranh chấp.", "refusal_basis": "Điều 1 văn bản mẫu"}
    entered, ended = NOW + timedelta(hours=6), NOW + timedelta(hours=2)
    with office.database.transaction(officer, entered) as tx:
        refused = {**CHECKED, **why, "outcome": "refuse"}
        tasks.complete(tx, office.open_task(), refused, at=ended, reason="Mất điện")
    task, told = office.open_task(), {**why, "outcome": "sign"}
    with pytest.raises(BadInstant) as early, office.database.transaction(leader, entered) as tx:
        tasks.complete(tx, task, told, at=ended - timedelta(minutes=1), reason="Mất điện")
    assert "11:00 07/07/2025" in sentence(early.value, "vi")
    with office.database.transaction(leader, entered) as tx:
        tasks.complete(tx, task, told, at=ended + timedelta(minutes=1), reason="Mất điện")


def test_a_rollout_said_twice_is_one_and_another_release_from_then_is_refused(
    office: Office,
) -> None:
    admin = actor(office, "admin")
    with office.database.transaction(admin, NOW) as tx:
        once = releases.roll_out(tx, LAND.digest, model="two-level", valid_from=NOW)
    with office.database.transaction(admin, NOW) as tx:
        assert releases.roll_out(tx, LAND.digest, model="two-level", valid_from=NOW) == once
    other = from_files({**LAND.files, "notes.md": b"another"})
    with office.database.transaction(actor(office, "designer"), NOW) as tx:
        releases.publish(tx, other)
    with office.database.transaction(actor(office, "approver"), NOW) as tx:
        releases.approve(tx, other.digest, "QĐ mẫu 02/2025")
    with pytest.raises(RolledOutAlready), office.database.transaction(admin, NOW) as tx:
        releases.roll_out(tx, other.digest, model="two-level", valid_from=NOW)
    with office.database.transaction(admin, NOW) as tx:
        releases.roll_out(tx, other.digest, model="two-level", valid_from=NOW, centre="H49.99.01")
    receive(office)
    with office.database.reading() as connection:
        used = connection.scalars(select(tables.dossiers.c.release)).all()
    assert used == [other.digest]


def test_an_approval_is_given_once(office: Office) -> None:
    approver = actor(office, "approver")
    other = from_files({**LAND.files, "notes.md": b"another"})
    with office.database.transaction(actor(office, "designer"), NOW) as tx:
        releases.publish(tx, other)
    for _ in range(2):
        with office.database.transaction(approver, NOW) as tx:
            releases.approve(tx, other.digest, "QĐ mẫu 02/2025")
    with pytest.raises(ReleaseFrozen), office.database.transaction(approver, NOW) as tx:
        releases.approve(tx, other.digest, "QĐ mẫu 03/2025")
