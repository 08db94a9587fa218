"""Letters that slips cannot show are refused where they are typed, and never vanish unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine import letters
from engine.commands import extending
from engine.errors import Unprintable
from engine.slips import render
from engine.store import tables
from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_outcomes import text
from tests.app.test_papers import counter
from tests.app.test_visits import beside, press
from tests.commands.test_moving import read as rows
from tests.office import COUNTER, Office

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
