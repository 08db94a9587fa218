"""How a dossier stops, and how a limit is replaced: slip 05, fees, the clock."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands import due, issuing, redirecting, suspending
from engine.commands.case import open_case
from engine.errors import CannotExtend, LimitOver
from engine.package import Package, from_files
from engine.slips import DRAWN, KINDS
from engine.store import tables
from engine.words import sentence
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import slip, text
from tests.commands.test_bad_input import LAND
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import Office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

STOP = {
    "outcome": "stop",
    "stop_reason": "Quá hạn bổ sung",
    "reminded_how": "phone",
    "reminded_on": "01/09/2025",
}
FEE = """[[fees]]
key = "f"
amount = 100000
when = "receipt"
title = { vi = "LP", en = "F" }
"""


def plain() -> Package:
    """Land confirmation with the shared slip 05."""
    return from_files({name: data for name, data in LAND.files.items() if "/stop.typ" not in name
                       or name.startswith("shared/")})  # fmt: skip


def with_toml(more: str) -> Package:
    """Land confirmation with more in its procedure.toml."""
    toml = LAND.files["procedure.toml"].decode().replace("[registers.", f"{more}\n[registers.", 1)
    return from_files({**LAND.files, "procedure.toml": toml.encode()})


def dossier(office: Office) -> dict[str, Any]:
    (row,) = rows(office, tables.dossiers)
    return row


def stop_as_drawn(office: Office) -> str:
    """Nobody answers slip 02; the centre's director stops the dossier: its code."""
    code = receive(office)
    ask_for_papers(office)
    office.at("2025-09-01T08:00")
    due.run_due(office.database, office.now)
    office.do("director.binhlieu", "2025-09-03T08:00", **STOP)
    return code


def test_a_drawn_stop_prints_the_shared_slip_05(office: Office) -> None:
    office.introduce(plain())
    code = stop_as_drawn(office)
    assert (dossier(office)["status"], rows(office, tables.incidents)) == (8, [])
    said = slip(office, code, "stop")
    centre = "Trung tâm Phục vụ hành chính công xã Bình Liêu"
    for part in (
        "Thời gian nhận hồ sơ: 09 giờ 00 phút, ngày 07 tháng 7 năm 2025",
        "Giai đoạn: trong quá trình giải quyết",
        "Dừng giải quyết theo: quyết định của nơi tiếp nhận hồ sơ",
        f"{centre} dừng giải quyết hồ sơ nêu trên với căn cứ, lý do: Quá hạn bổ sung",
        "GIÁM ĐỐC",
    ):
        assert part in said, part


def test_a_drawn_stop_owes_no_fee(office: Office) -> None:
    office.introduce(with_toml(FEE), checked=False)
    stop_as_drawn(office)
    assert [row["state"] for row in rows(office, tables.payments)] == ["waived"]


@pytest.mark.parametrize("kind", [kind for kind in DRAWN if kind != "stop"])
def test_a_drawn_slip_says_only_what_templates_may_read(office: Office, kind: str) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        case = open_case(dossier(office)["id"], tx)
        said = {"reason": "Lý do", "items": ["Giấy tờ"]}
        issuing.issue_slip(case, kind, said)
        case.save()
    data = rows(office, tables.slips)[-1]["data"]
    assert data.keys() - said.keys() <= KINDS[kind].keys
    assert set(KINDS[kind].needs) <= data.keys()


def test_slip_05_of_a_command_is_told_what_a_drawn_one_is(office: Office) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, dossier(office)["id"], "Thôi")
    data = rows(office, tables.slips)[-1]["data"]
    assert set(KINDS["stop"].needs) <= data.keys() <= KINDS["stop"].keys


def test_a_dossier_stopped_while_its_clock_stands_pauses_no_longer(office: Office) -> None:
    code = receive(office)
    ask_for_papers(office)
    office.at("2025-07-14T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, dossier(office)["id"], "Thôi", withdrawn=True)
    (pause,) = dossier(office)["history"]["pauses"]
    assert pause["ended"] == "2025-07-14T09:00:00+07:00"
    office.at("2025-09-10T09:00")
    page = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "10/09" not in page
    answer = office.browser("reception1.binhlieu").get(f"/dossiers/{code}/control.pdf")
    assert "Hạn trả kết quả: đã dừng giải quyết" in text(answer.data)


LONG = """[limits.long]
limit = "20 working days"
title = { vi = "Khó", en = "Hard" }
[limits.short]
limit = "2 working days"
title = { vi = "Gấp", en = "Urgent" }
"""


def change_limit(office: Office, at: str, name: str) -> None:
    office.at(at)
    with office.acting("leader.binhlieu") as tx:
        redirecting.change_limit(tx, dossier(office)["id"], name, "Luật mẫu")


def test_a_named_limit_does_not_unmake_lateness_while_the_clock_stands(office: Office) -> None:
    office.introduce(with_toml(LONG), checked=False)
    receive(office)  # due on 21 July
    ask_for_papers(office, "2025-07-22T10:00")
    with pytest.raises(CannotExtend) as refused:
        change_limit(office, "2025-07-23T09:00", "long")
    assert refused.value.cause == "late"


def test_a_named_limit_may_replace_one_that_stands_in_time(office: Office) -> None:
    office.introduce(with_toml(LONG), checked=False)
    receive(office)
    ask_for_papers(office, "2025-07-09T10:00")
    change_limit(office, "2025-07-10T09:00", "long")
    assert dossier(office)["history"]["changes"][0]["name"] == "long"


@pytest.mark.parametrize("paused", [False, True])
def test_a_limit_that_has_ended_already_is_not_applied(office: Office, paused: bool) -> None:
    office.introduce(with_toml(LONG), checked=False)
    receive(office)
    if paused:
        ask_for_papers(office, "2025-07-10T10:00")  # two working days end on 9 July
    with pytest.raises(LimitOver) as refused:
        change_limit(office, "2025-07-11T09:00", "short")
    assert "17:00 09/07/2025" in sentence(refused.value)
    assert dossier(office)["history"]["changes"] == []
