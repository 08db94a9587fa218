"""A command that fails in the middle leaves every table as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app import accounts
from engine.commands import documents, dossiers, organisation, tasks, visits
from engine.commands.brought import look
from engine.errors import BadAnswers, BadInstant, BadSlip, Fault, UnknownDocument, UnknownRole
from engine.package import from_files
from engine.store import tables
from engine.store.database import Transaction
from engine.store.verify import verify
from tests.authority.test_routes import picture
from tests.commands.test_bad_input import CHECKED, LAND, NOW, actor, receive, told
from tests.office import Office

TABLES = (*tables.metadata.sorted_tables, *accounts.metadata.sorted_tables)
RECEPTION, OFFICER = "reception1.binhlieu", "officer1.binhlieu"
Act = Callable[[Transaction, str], object]  # the transaction, the task that waits


def everything(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with office.database.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in TABLES
        }


def fragile(office: Office) -> None:
    """Roll out slips that print well until the paper runs out: the last thing a receipt does."""
    files = dict(LAND.files)
    for kind in ("receipt", "supplement"):
        path = f"shared/slips/{kind}.typ"
        panic = '\n#if d.applicant.name == "Hết giấy mẫu" { panic("paper") }\n'
        files[path] += panic.encode()
    package = from_files(files)
    office.introduce(package)


NO_PAPER = {"name": "Hết giấy mẫu", "citizen_id": "022080000007"}


def receive_without_paper(tx: Transaction, task: str) -> object:
    """Everything is written before the printer says no."""
    return dossiers.receive(tx, **told(key="b", applicant=NO_PAPER))


def receive_a_lost_file(tx: Transaction, task: str) -> object:
    """The dossier and its first paper are written before the second one's file is missed."""
    token = documents.put_upload(tx, look("anh.png", picture())).token
    papers = {"request": ("original", 1, [token]), "map_extract": ("copy", 1, ["lost"])}
    return dossiers.receive(tx, **told(key="b", papers=papers))


def guide_without_paper(tx: Transaction, task: str) -> object:
    """The slip's number is taken before the printer says no."""
    given = told(key="b", applicant=NO_PAPER)
    return visits.guide(tx, missing=[{"text": "Đơn"}], reason="Thiếu đơn", **given)


def complete_with_a_lost_file(tx: Transaction, task: str) -> object:
    """The first file is bound before the second one is missed."""
    token = documents.put_upload(tx, look("anh.png", picture())).token
    return tasks.complete(tx, task, CHECKED, files={"photos": [token, "lost"]})


def complete_after_a_claim(tx: Transaction, task: str) -> object:
    """Claimed and noted, then the form is wrong."""
    tasks.claim(tx, task)
    return tasks.complete(tx, task, {**CHECKED, "measured_area": "rộng"})


def complete_tomorrow_after_a_draft(tx: Transaction, task: str) -> object:
    """The draft is kept, then the instant is refused."""
    tasks.save_draft(tx, task, CHECKED)
    return tasks.complete(tx, task, CHECKED, at=NOW.replace(year=2026), reason="Mất điện")


def add_a_person_for_no_role(tx: Transaction, task: str) -> object:
    """The person is there before the post is refused."""
    person = organisation.add_person(tx, "moi.binhlieu", "Cán bộ mẫu 99")
    return organisation.add_post(tx, person, "king", "H49.99.01", NOW)


@pytest.mark.parametrize(
    ("login", "act", "fault"),
    [
        (RECEPTION, receive_without_paper, BadSlip),
        (RECEPTION, receive_a_lost_file, UnknownDocument),
        (RECEPTION, guide_without_paper, BadSlip),
        (OFFICER, complete_with_a_lost_file, UnknownDocument),
        (OFFICER, complete_after_a_claim, BadAnswers),
        (OFFICER, complete_tomorrow_after_a_draft, BadInstant),
        ("admin", add_a_person_for_no_role, UnknownRole),
    ],
)
def test_a_fault_in_the_middle_leaves_no_row_anywhere(
    office: Office, login: str, act: Act, fault: type[Fault]
) -> None:
    receive(office)
    fragile(office)
    task, before = office.open_task(), everything(office)
    assert before["journal"]
    with (
        pytest.raises(fault) as met,
        office.database.transaction(actor(office, login), NOW) as tx,
    ):
        act(tx, task)
    assert type(met.value) is fault
    assert everything(office) == before
    assert receive(office, key="c").code == "H49.99.01-250707-0002", "its number was given back"
    with office.database.reading() as connection:
        assert verify(connection) is None
