"""The block of the counter that says who applies."""

from __future__ import annotations

from datetime import date

from app import applicant

TODAY = date(2025, 7, 1)
CARD = "022185000012||Người nộp mẫu 12|02031985|Nữ|Khu Chang Nà, xã Bình Liêu|01012022"
RIGHT = {
    "applicant.name": " Người nộp  mẫu 12 ",
    "applicant.citizen_id": "022 185 000 012",
    "applicant.birth": "02/03/1985",
    "applicant.sex": "female",
}


def test_a_right_block_becomes_the_facts_a_command_takes() -> None:
    who = applicant.read(RIGHT, TODAY)
    assert who.faults == {}
    assert who.warnings == {}
    facts = who.facts()
    assert facts["name"] == "Người nộp mẫu 12"
    assert facts["citizen_id"] == "022185000012"
    assert facts["birth"] == "1985-03-02"
    assert facts["representative"] is None


def test_every_fault_says_what_to_do() -> None:
    typed = {"applicant.citizen_id": "12", "applicant.birth": "31/02/1980", "applicant.phone": "1"}
    faults = applicant.read(typed, TODAY).faults
    assert faults["applicant.name"] == "Nhập họ và tên người nộp"
    assert set(faults) == {
        "applicant.name",
        "applicant.citizen_id",
        "applicant.birth",
        "applicant.phone",
    }


def test_a_name_has_letters_and_nobody_is_born_after_today() -> None:
    typed = {**RIGHT, "applicant.name": "12@@", "applicant.birth": "02/07/2025"}
    faults = applicant.read(typed, TODAY).faults
    assert faults == {
        "applicant.name": "Họ và tên phải có chữ cái",
        "applicant.birth": "Ngày sinh không thể sau hôm nay",
    }
    assert applicant.read({**RIGHT, "applicant.birth": "01/07/2025"}, TODAY).faults == {}
    unreal = applicant.read({**RIGHT, "applicant.birth": "31/02/1980"}, TODAY).faults
    assert unreal["applicant.birth"].startswith("Nhập một ngày có trong lịch")


def test_the_warning_says_the_whole_year_that_the_id_tells() -> None:
    who = applicant.read({**RIGHT, "applicant.birth": "02/03/1986"}, TODAY)
    assert "năm sinh 1985" in who.warnings["applicant.birth"]


def test_an_id_that_disagrees_warns_and_does_not_stop() -> None:
    who = applicant.read({**RIGHT, "applicant.sex": "male"}, TODAY)
    assert who.faults == {}
    assert "applicant.sex" in who.warnings


def test_an_old_identity_card_is_taken() -> None:
    assert applicant.read({**RIGHT, "applicant.citizen_id": "100123456"}, TODAY).faults == {}


def test_a_representative_needs_a_name_and_an_id() -> None:
    faults = applicant.read({**RIGHT, "applicant.represented": "1"}, TODAY).faults
    assert set(faults) == {"representative.name", "representative.citizen_id"}


def test_the_text_of_a_card_fills_the_fields_and_keeps_what_it_does_not_know() -> None:
    who, read = applicant.scanned({"scan": CARD, "applicant.phone": "0900 000 012"})
    assert read
    assert who.typed["applicant.name"] == "Người nộp mẫu 12"
    assert who.typed["applicant.birth"] == "02/03/1985"
    assert who.typed["applicant.sex"] == "female"
    assert who.typed["applicant.phone"] == "0900 000 012"


def test_another_text_fills_nothing_and_loses_nothing() -> None:
    who, read = applicant.scanned({"scan": "xin chào", **RIGHT})
    assert not read
    assert who.typed["applicant.citizen_id"] == "022 185 000 012"
