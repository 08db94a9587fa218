"""What a retry writes names whoever did the step, and in whose place, not who pressed for it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands import retries, stepping
from engine.errors import RunFailed
from engine.store import tables
from tests.app.test_absences import SIGNED, arrange, proposed_refusal
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import slip
from tests.commands.test_moving import read as rows
from tests.journeys import ASKED
from tests.office import Office

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them


def test_a_slip_that_a_retry_issues_is_signed_by_whoever_did_the_step_in_whose_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = proposed_refusal(office)
    arrange(office, "leader.binhlieu", "clerk.binhlieu")

    def down(case: Any, call: Any, name: str) -> None:
        raise RunFailed(element=call.step, name=name, cause="down", line=None)

    monkeypatch.setattr(stepping, "perform", down)
    assert office.do("clerk.binhlieu", "2025-07-09T16:00", **SIGNED) == 303
    monkeypatch.undo()
    (incident,) = [row for row in rows(office, tables.incidents) if row["closed_at"] is None]
    before = len(rows(office, tables.handovers))
    office.at("2025-07-10T09:00")
    with office.acting("director.binhlieu") as tx:
        assert retries.retry(tx, incident["id"])
    said = slip(office, code, "refusal")
    assert "Văn thư, Bình Liêu (thay mặt Lãnh đạo" in said
    assert "Giám đốc Trung tâm" not in said
    (issued,) = [row for row in rows(office, tables.slips) if row["kind"] == "refusal"]
    assert issued["issued_by"] == "clerk.binhlieu"
    lines = rows(office, tables.handovers)[before:]
    assert {(line["from_person"], line["from_unit"]) for line in lines} <= {
        ("clerk.binhlieu", "UBND.06838")
    }
    told = {row["kind"]: (row["actor"], row["fact"]) for row in rows(office, tables.journal)}
    assert told["completed"][0] == "clerk.binhlieu"
    assert told["completed"][1]["instead_of"] == "leader.binhlieu"
    assert told["retried"][0] == "director.binhlieu"
    assert "instead_of" not in told["retried"][1]


def test_a_line_of_the_control_slip_that_a_retry_writes_names_whoever_did_the_step(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = receive(office)

    def down(case: Any, call: Any, name: str) -> None:
        raise RunFailed(element=call.step, name=name, cause="down", line=None)

    monkeypatch.setattr(stepping, "perform", down)
    assert office.do("officer1.binhlieu", "2025-07-09T16:00", **ASKED) == 303
    monkeypatch.undo()
    (incident,) = [row for row in rows(office, tables.incidents) if row["closed_at"] is None]
    arrange(office, "director.binhlieu", "cashier.binhlieu", by="controller")
    office.at("2025-07-10T09:00")
    with office.acting("cashier.binhlieu") as tx:
        assert retries.retry(tx, incident["id"])
    (line,) = [row for row in rows(office, tables.handovers) if row["seq"] == 3]
    assert (line["from_person"], line["from_unit"]) == ("officer1.binhlieu", "UBND.06838")
    assert "Công chức địa chính" in slip(office, code, "supplement")
    (pressed,) = [row for row in rows(office, tables.journal) if row["kind"] == "retried"]
    assert (pressed["actor"], pressed["fact"]["instead_of"]) == (
        "cashier.binhlieu",
        "director.binhlieu",
    )
