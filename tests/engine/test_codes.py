"""Codes as people read, type and scan them."""

from __future__ import annotations

import doctest
import importlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.codes import (
    DOSSIER_CODE,
    Account,
    CardHolder,
    citizen_id_warnings,
    fold,
    is_citizen_id,
    is_dossier_code,
    is_payment_reference,
    is_phone,
    is_procedure_code,
    make_dossier_code,
    mask_citizen_id,
    normalise_phone,
    parse_cccd_qr,
    parse_dossier_code,
    payment_memo,
    payment_reference,
    read_payment_reference,
    read_secret,
    tracking_secret,
    vietqr,
)
from engine.codes.base32 import ALPHABET
from engine.errors import BadCode
from tests.engine.stories import few_examples


@pytest.mark.parametrize("name", ["citizens", "dossiers", "payments", "search"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    results = doctest.testmod(importlib.import_module(f"engine.codes.{name}"))
    assert results.failed == 0
    assert results.attempted > 0


# ---- dossier and procedure codes ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "agency", "day", "number"),
    [
        ("H49.99.01-250701-0001", "H49.99.01", date(2025, 7, 1), 1),
        ("H15.50.05.13-261008-0975", "H15.50.05.13", date(2026, 10, 8), 975),
        ("000.00.16.H49-250613-0001", "000.00.16.H49", date(2025, 6, 13), 1),
        ("H49-250613-0123456", "H49", date(2025, 6, 13), 123456),
        ("  h49.98.01-250613-0007 ", "H49.98.01", date(2025, 6, 13), 7),
    ],
)
def test_a_dossier_code_is_taken_apart(code: str, agency: str, day: date, number: int) -> None:
    parsed = parse_dossier_code(code)
    assert (parsed.agency, parsed.day, parsed.number) == (agency, day, number)
    assert str(parsed) == code.strip().upper()
    assert is_dossier_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "H49.99.01-250701-001",
        "H49.99.01-250701-00000001",
        "H49.99.01-251301-0001",
        "H49.99.01-250230-0001",
        "H49.AB.01-250701-0001",
        "H49.99.01.02.03.04.05-250701-0001",
        "49.99.01-250701-0001",
        "H49.99.01_250701_0001",
        "H49.99.01-250701-0001\nX",
        "H49.99.01-25070\u0661-0001",
    ],
)
def test_what_is_not_a_dossier_code_is_named(code: str) -> None:
    assert not is_dossier_code(code)
    with pytest.raises(BadCode) as refusal:
        parse_dossier_code(code)
    assert refusal.value.particulars == {"text": code}


def test_a_serial_has_four_digits_and_grows_past_them() -> None:
    day = date(2025, 7, 1)
    assert make_dossier_code("H49.99.01", day, 42) == "H49.99.01-250701-0042"
    assert make_dossier_code("H49.99.01", day, 12345) == "H49.99.01-250701-12345"
    for agency, number in (("H49.99.01", 0), ("H49.99.01", 10_000_000), ("H49 99", 1), ("", 1)):
        with pytest.raises(BadCode):
            make_dossier_code(agency, day, number)


@few_examples
@given(st.from_regex(DOSSIER_CODE, alphabet=st.characters(codec="ascii")))
def test_every_readable_code_is_written_back_as_it_was(code: str) -> None:
    if is_dossier_code(code):
        assert str(parse_dossier_code(code)) == code


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("1.004873", True),
        ("1.004873.H49", True),
        ("2.000815.000.00.00.H49", True),
        ("9.900014", True),
        ("1004873", False),
        ("1.004873.", False),
        ("1.004873.h49", False),
        ("1.004873\n", False),
    ],
)
def test_procedure_codes_are_told_from_others(code: str, known: bool) -> None:
    assert is_procedure_code(code) is known


# ---- citizens -----------------------------------------------------------------------------------


def test_a_citizen_id_has_twelve_digits() -> None:
    assert is_citizen_id("022185001234")
    for text in ("02218500123", "0221850012345", "02218500123a", "022185001234\n", "٠٢٢١٨٥٠٠١٢٣٤"):
        assert not is_citizen_id(text)


@pytest.mark.parametrize(
    ("citizen_id", "birth", "sex", "warnings"),
    [
        ("022185001234", date(1985, 3, 2), "female", ()),
        ("022085001234", date(1985, 3, 2), "male", ()),
        ("022205001234", date(2005, 3, 2), "male", ()),
        ("022305001234", date(2005, 3, 2), "female", ()),
        ("022185001234", date(1985, 3, 2), "male", ("sex",)),
        ("022185001234", date(1986, 3, 2), "female", ("birth year",)),
        ("022185001234", date(2085, 3, 2), "female", ("century",)),
        ("000185001234", date(1985, 3, 2), "female", ("province",)),
        ("099385001234", date(1984, 3, 2), "male", ("province", "century", "sex", "birth year")),
        ("101185001234", date(1985, 3, 2), "female", ()),  # born abroad
        ("022185001234", None, None, ()),
    ],
)
def test_what_does_not_fit_the_person_is_a_warning(
    citizen_id: str, birth: date | None, sex: str | None, warnings: tuple[str, ...]
) -> None:
    assert citizen_id_warnings(citizen_id, birth=birth, sex=sex) == warnings  # type: ignore[arg-type]


def test_an_id_of_somebody_not_yet_born_is_a_warning() -> None:
    today = date(2026, 11, 23)
    assert citizen_id_warnings("022227001234", today=today) == ("century",)
    assert citizen_id_warnings("022226001234", today=today) == ()


def test_a_masked_id_keeps_its_length_and_six_digits() -> None:
    assert mask_citizen_id("022185001234") == "0221******34"
    assert mask_citizen_id("100123456") == "1001***56"
    assert mask_citizen_id("12345678") == "********"
    assert mask_citizen_id("") == ""


CARD = "022185001234|100123456|Người Nộp Mẫu 07|02031985|Nữ|Thôn mẫu,  Bình Liêu|10052021"
HOLDER = CardHolder(
    "022185001234",
    "100123456",
    "Người Nộp Mẫu 07",
    date(1985, 3, 2),
    "female",
    "Thôn mẫu, Bình Liêu",
    date(2021, 5, 10),
)


def test_a_scanned_card_fills_seven_fields() -> None:
    assert parse_cccd_qr(CARD) == HOLDER
    assert parse_cccd_qr(CARD + "\r\n") == HOLDER


def test_a_newer_card_with_more_fields_is_read_too() -> None:
    assert parse_cccd_qr(CARD + "||x|y") == HOLDER


def test_a_card_without_old_id_or_with_odd_sex_and_issue_is_read() -> None:
    holder = parse_cccd_qr("022085001234||Người Nộp Mẫu 08|02031985|?|Bình Liêu|")
    assert holder is not None
    assert (holder.old_id, holder.sex, holder.issued) == ("", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xin chào",
        "https://example.org/?a|b|c|d|e|f|g",
        CARD.replace("022185001234", "02218500123"),
        CARD.replace("02031985", "31021985"),
        CARD.replace("02031985", "1985-3-2"),
        CARD.replace("Người Nộp Mẫu 07", " "),
        "|".join(CARD.split("|")[:6]),
    ],
)
def test_what_is_not_a_card_is_left_to_the_person(text: str) -> None:
    assert parse_cccd_qr(text) is None


@few_examples
@given(st.text())
def test_no_scanned_text_breaks_the_reader(text: str) -> None:
    parse_cccd_qr(text)
    parse_cccd_qr("|".join([text] * 8))


# ---- search and phones --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nguyễn Đức Ước", "nguyen duc uoc"),
        ("XÁC NHẬN TÌNH TRẠNG ĐẤT ĐAI", "xac nhan tinh trang dat dai"),
        ("Thuỷ Thủy", "thuy thuy"),
        ("Đường 18C, số 7/2", "duong 18c, so 7/2"),
    ],
)
def test_search_knows_no_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@few_examples
@given(st.text())
def test_folding_twice_is_folding_once_for_vietnamese(text: str) -> None:
    vietnamese = "".join(sign for sign in text if ord(sign) < 0x2000)
    assert fold(fold(vietnamese)) == fold(vietnamese)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084 (0)912-345-678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("0203 3878 123", "02033878123"),
        ("024 3825 1234", "02438251234"),
        ("0612345678", None),
        ("12345", None),
        ("091234567", None),
        ("09123456789", None),
        ("+1 202 555 0100", None),
        ("09123456o8", None),
    ],
)
def test_phones_come_to_one_form(text: str, number: str | None) -> None:
    assert normalise_phone(text) == number
    assert is_phone(text) is (number is not None)


# ---- payments -----------------------------------------------------------------------------------


@few_examples
@given(st.integers(0, 32**7 - 1))
def test_a_payment_reference_is_ten_signs_that_a_bank_carries(number: int) -> None:
    reference = payment_reference(number)
    assert reference.startswith("LP")
    assert len(reference) == 10
    assert payment_memo(reference) == reference
    assert is_payment_reference(reference)
    assert read_payment_reference(f" {reference[:5].lower()} {reference[5:]}") == reference


@few_examples
@given(st.integers(0, 32**7 - 1), st.integers(2, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_a_reference_is_found(number: int, place: int, sign: str) -> None:
    right = payment_reference(number)
    wrong = right[:place] + sign + right[place + 1 :]
    assert is_payment_reference(wrong) is (wrong == right)


def test_letters_misread_in_a_reference_are_set_right() -> None:
    reference = payment_reference(1)
    assert reference[2:8] == "000000"
    assert read_payment_reference("LP" + "O" * 6 + reference[8:]) == reference
    with pytest.raises(BadCode):
        read_payment_reference("LP123")
    with pytest.raises(ValueError, match="fits"):
        payment_reference(32**7)


AGRIBANK = Account("970405", "8001201234567")


@pytest.mark.parametrize(
    ("account", "amount", "memo", "payload"),
    [
        (
            AGRIBANK,
            8000,
            "H49 250703 0012 LE PHI",
            "00020101021238570010A00000072701270006970405011380012012345670208QRIBFTTA"
            "5303704540480005802VN62260822H49 250703 0012 LE PHI63048F9F",
        ),
        (
            Account("970416", "257678859"),
            1000,
            "Chuyen tien",
            "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
            "5303704540410005802VN62150811Chuyen tien6304BBB8",
        ),
        (
            Account("970403", "0011012345678"),
            None,
            "",
            "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA"
            "53037045802VN63049E6F",
        ),
    ],
)
def test_a_vietqr_text_is_what_banks_read(
    account: Account, amount: int | None, memo: str, payload: str
) -> None:
    assert vietqr(account, amount, memo) == payload


def test_a_memo_keeps_what_banks_keep() -> None:
    assert payment_memo("Lệ phí hồ sơ: Đức/01") == "Le phi ho so Duc 01"
    assert payment_memo("A" * 24 + " B") == "A" * 24
    assert payment_memo("  H49-250703  ") == "H49-250703"


@pytest.mark.parametrize("amount", [0, -1, 10**13])
def test_an_amount_nobody_can_pay_is_refused(amount: int) -> None:
    with pytest.raises(ValueError, match="whole đồng"):
        vietqr(AGRIBANK, amount)


@pytest.mark.parametrize(("bank", "number"), [("97040", "1"), ("970405", ""), ("970405", "1" * 20)])
def test_an_account_that_cannot_be_is_refused(bank: str, number: str) -> None:
    with pytest.raises(BadCode):
        Account(bank, number)


# ---- the tracking secret ------------------------------------------------------------------------


@few_examples
@given(st.binary(min_size=10, max_size=10))
def test_a_tracking_secret_is_read_back_however_it_is_typed(randomness: bytes) -> None:
    secret = tracking_secret(randomness)
    assert len(secret) == 19
    assert read_secret(secret) == secret
    assert read_secret(secret.lower().replace("-", " ")) == secret
    assert read_secret(secret.replace("0", "o").replace("1", "l")) == secret


def test_different_randomness_gives_different_secrets() -> None:
    assert len({tracking_secret(bytes([n] * 10)) for n in range(256)}) == 256
    with pytest.raises(ValueError, match="random bytes"):
        tracking_secret(b"short")
    for text in ("", "ABCD", "U" * 16, "0" * 17):
        with pytest.raises(BadCode):
            read_secret(text)
