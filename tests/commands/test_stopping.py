"""A dossier that stops as its diagram draws it: slip 05, fees, the clock."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands import due, issuing, suspending
from engine.commands.case import open_case
from engine.package import Package, from_files
from engine.slips import ALWAYS_TOLD, DRAWN, KINDS
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import slip
from tests.commands.test_bad_input import LAND
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import Office

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
        "NGƯỜI ĐỨNG ĐẦU NƠI TIẾP NHẬN HỒ SƠ",
    ):
        assert part in said, part


def test_a_drawn_stop_owes_no_fee(office: Office) -> None:
    office.introduce(with_toml(FEE), checked=False)
    stop_as_drawn(office)
    assert [row["state"] for row in rows(office, tables.payments)] == ["waived"]


@pytest.mark.parametrize("kind", [kind for kind in DRAWN if kind != "stop"])
def test_a_drawn_slip_is_told_what_the_check_takes_for_told(office: Office, kind: str) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        case = open_case(dossier(office)["id"], tx)
        said = {"reason": "Lý do", "items": ["Giấy tờ"]}
        issuing.issue_slip(case, kind, said)
        case.save()
    data = rows(office, tables.slips)[-1]["data"]
    known = {*ALWAYS_TOLD, *(KINDS[kind].told or ())} - {"tracking_url"}
    assert data.keys() - said.keys() == known - said.keys()


def test_slip_05_of_a_command_is_told_what_a_drawn_one_is(office: Office) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, dossier(office)["id"], "Thôi")
    data = rows(office, tables.slips)[-1]["data"]
    known = {*ALWAYS_TOLD, *(KINDS["stop"].told or ())} - {"tracking_url"}
    assert data.keys() == known | {"reason"}
