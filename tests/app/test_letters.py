"""Letters that slips cannot show are refused where they are typed, and never vanish unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine import letters
from engine.commands import extending
from engine.errors import Unprintable
from engine.slips import render
from engine.store import tables
from tests.app.test_absences import person
from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_outcomes import post, text
from tests.app.test_papers import counter
from tests.app.test_visits import beside, press
from tests.commands.test_moving import read as rows
from tests.journeys import ASKED
from tests.office import COUNTER, Office

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

CHINESE = "Lý 张伟"


def test_the_letters_of_the_house_are_those_of_all_its_faces() -> None:
    vietnamese = "ẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸđĐơƠưƯ₫"
    assert letters.missing(vietnamese + vietnamese.lower()) == ""
    assert letters.missing("e\u0302\u0301 \u202f\u2060\ufe0f–…“”½≥→•") == ""
    assert letters.missing("Lý 张伟 张 😀") == "张伟😀"
    assert letters.boxed("Lý 张伟") == "Lý □□"
    with pytest.raises(Unprintable) as refused:
        letters.require_printable("a", CHINESE)
    assert refused.value.particulars["letters"] == "张 伟"


def test_the_counter_names_the_letters_beside_the_fields(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    typed = {**COUNTER, "applicant.name": CHINESE, "hamlet": "Khu 中"}
    answer = counter(office, page, **typed, do="receive")
    assert answer.status_code == 422
    said = beside(answer.text)
    assert "Có chữ không in được: 张 伟" in said["applicant.name"]
    assert "có chữ không in được (中)" in said["hamlet"]
    assert counter_form(answer.text)["applicant.name"] == CHINESE
    assert rows(office, tables.dossiers) == []


@pytest.mark.parametrize("do", ["guide", "refuse", "redirect"])
def test_a_visits_reason_is_refused_with_the_letters(office: Office, do: str) -> None:
    told = {"missing": "Đơn", "redirect_to": "Thuế cơ sở mẫu", "reason": "Thiếu 材料"}
    answer = press(office, do, **COUNTER, **told)
    assert answer.status_code == 422
    assert "Không in được các chữ: 材 料" in beside(answer.text)["reason"]
    assert rows(office, tables.visits) == []


def test_what_a_leader_writes_on_a_slip_is_refused_with_the_letters(office: Office) -> None:
    receive(office)
    (dossier,) = rows(office, tables.dossiers)
    with pytest.raises(Unprintable), office.acting("leader.binhlieu") as tx:
        extending.extend(tx, dossier["id"], 1, "Chờ 材料")


def test_an_older_name_is_printed_with_boxes_and_not_left_out(office: Office) -> None:
    code = receive(office)
    applicant = {**rows(office, tables.dossiers)[0]["applicant"], "name": CHINESE}
    with office.acting("director.binhlieu") as tx:
        tx.connection.execute(update(tables.dossiers).values(applicant=applicant))
    answer = office.browser("director.binhlieu").get(f"/dossiers/{code}/control.pdf")
    assert "Lý □□" in text(answer.data)


def test_every_letter_the_house_calls_printable_has_a_shape() -> None:
    some = "Ǻ₫№ẽĐ□"
    made = render('#set text(font: "Liberation Serif", fallback: false)\n' + some, {}, {})
    assert text(made).strip() == some


def test_why_a_receipt_is_set_right_is_refused_with_the_letters(office: Office) -> None:
    code = receive(office)
    office.at("2025-07-07T10:00")
    told = {"received_at": "07/07/2025 08:30", "received_reason": f"Nhập nhầm {CHINESE}"}
    desk = f"/dossiers/{code}/desk"
    answer = post(office, "reception1.binhlieu", f"/dossiers/{code}/receipt-time", desk, **told)
    assert answer.status_code == 422
    assert "张 伟" in beside(answer.text)["received_reason"]
    assert len(rows(office, tables.slips)) == 1


def test_why_a_task_changes_hands_is_refused_with_the_letters(office: Office) -> None:
    receive(office)
    task = f"/tasks/{office.open_task()}"
    told = {"person": str(person(office, "officer2.binhlieu")), "reason": f"Bận {CHINESE}"}
    answer = post(office, "leader.binhlieu", f"{task}/hand", task, **told)
    assert answer.status_code == 422
    assert "张 伟" in beside(answer.text)["reason"]


def test_why_a_step_comes_late_is_refused_with_the_letters(office: Office) -> None:
    receive(office)
    office.at("2025-07-08T10:00")
    task = f"/tasks/{office.open_task()}"
    late = {"legal_at": "08/07/2025 08:00", "legal_reason": f"Mất điện {CHINESE}"}
    answer = post(office, "officer1.binhlieu", task, task, **ASKED, **late, do="complete")
    assert answer.status_code == 422
    assert "张 伟" in beside(answer.text)["legal_reason"]


def test_why_a_decision_comes_late_is_refused_with_the_letters(office: Office) -> None:
    code = receive(office)
    office.at("2025-07-08T10:00")
    care = f"/dossiers/{code}/care"
    for path, field, told in (
        (care, "legal_reason", {"do": "suspend", "ground": "Bão"}),
        (f"/dossiers/{code}/extension", "extend_legal_reason", {"amount": "1", "sorry": "Bão"}),
    ):
        late = {field: CHINESE, field.replace("reason", "at"): "08/07/2025 08:00"}
        answer = post(office, "leader.binhlieu", path, care, **told, **late)
        assert answer.status_code == 422
        assert "张 伟" in beside(answer.text)[field]


def test_why_a_dossier_is_entered_late_is_refused_with_the_letters(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    late = {"received_at": "07/07/2025 08:00", "received_reason": f"Mất điện {CHINESE}"}
    answer = counter(office, page, **COUNTER, **late, do="receive")
    assert answer.status_code == 422
    assert "张 伟" in beside(answer.text)["received_reason"]
    assert rows(office, tables.dossiers) == []
