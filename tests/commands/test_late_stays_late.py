"""What is late stays late: no limit that applies afterwards makes it look kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.calendar import ZONE
from engine.store import tables
from tests.app.test_first_dossier import counter_form
from tests.commands.test_moving import read as rows
from tests.office import Office, open_office, read

DEATH = {
    "applicant.name": "Người mẫu 61",
    "applicant.citizen_id": "022080000061",
    "applicant.address": "Khu mẫu, xã Bình Liêu",
    "applicant.phone": "0900000061",
    "deceased_name": "Người mẫu",
    "died_on": "01/07/2025",
    "died_at": "Khu mẫu",
    "proof": "notice",
    "relation": "family",
    "paper.form.quantity": "1",
    "paper.death_notice.quantity": "1",
}


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    opened = open_office(database_url, tmp_path / "files", "death-registration")
    yield opened
    opened.database.dispose()


def received(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    path = "/counter/death-registration"
    told = {**counter_form(browser.get(path).text), **DEATH, "do": "receive"}
    answer = browser.post(path, data=told)
    assert answer.status_code == 303, read(answer.text)


@pytest.mark.parametrize(
    ("at", "due"),
    [("2025-07-07T15:30", "10/07/2025 17:00"), ("2025-07-09T09:30", "07/07/2025 17:00")],
)
def test_a_death_found_to_need_verifying_when_it_is_late_is_late_all_the_same(
    office: Office, at: str, due: str
) -> None:
    received(office)  # on the seventh, due that day; with verification on the tenth
    assert office.do("officer1.binhlieu", at, proposal="verify") == 303
    (row,) = rows(office, tables.dossiers)
    assert f"{row['due_at'].astimezone(ZONE):%d/%m/%Y %H:%M}" == due
