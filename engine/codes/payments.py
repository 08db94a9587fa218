"""Payment references and the VietQR text that fills a banking app with account, amount and memo."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.codes.base32 import ALPHABET, check_sign, encode, read_signs
from engine.codes.search import fold
from engine.errors import BadCode

PREFIX = "LP"  # lệ phí
_SIGNS = 7
_MEMO_LENGTH = 25
_BIN = re.compile(r"^[0-9]{6}\Z")
_ACCOUNT = re.compile(r"^[0-9A-Za-z]{1,19}\Z")
_MOST = 10**13 - 1


def payment_reference(number: int) -> str:
    """The memo of the n-th payment: ``LP``, seven characters, one to check them."""
    if not 0 <= number < len(ALPHABET) ** _SIGNS:
        raise ValueError(f"a payment's number fits in {_SIGNS} characters: {number}")
    signs = encode(number, _SIGNS)
    return PREFIX + signs + check_sign([ALPHABET.index(sign) for sign in signs])


def read_payment_reference(text: str) -> str:
    """A reference as a bank statement or a person gives it; raises BadCode when it is mistyped."""
    compact = read_signs(text.upper().strip().removeprefix(PREFIX))
    signs, check = compact[:-1], compact[-1:]
    known = len(signs) == _SIGNS and set(signs) <= set(ALPHABET)
    if not known or check_sign([ALPHABET.index(sign) for sign in signs]) != check:
        raise BadCode(text=text)
    return PREFIX + compact


def is_payment_reference(text: str) -> bool:
    try:
        return read_payment_reference(text) == text
    except BadCode:
        return False


def payment_memo(text: str) -> str:
    """What a bank transfers as it is: letters, digits, spaces and hyphens, 25 at most."""
    plain = re.sub(r"[^A-Za-z0-9 -]+", " ", fold_case(text))
    return " ".join(plain.split())[:_MEMO_LENGTH].rstrip()


def fold_case(text: str) -> str:
    """Without marks, capitals kept."""
    return "".join(fold(sign).upper() if sign.isupper() else fold(sign) for sign in text)


@dataclass(frozen=True)
class Account:
    """A bank by its six-digit BIN, and an account there."""

    bank: str
    number: str

    def __post_init__(self) -> None:
        if not _BIN.match(self.bank) or not _ACCOUNT.match(self.number):
            raise BadCode(text=f"{self.bank} {self.number}")


def vietqr(account: Account, amount: int | None = None, memo: str = "") -> str:
    """The text of a NAPAS transfer QR code; without an amount the payer types it.

    >>> vietqr(Account("970405", "0123456789"), 8000, "LP0000001Z")[-4:].isalnum()
    True
    """
    if amount is not None and not 1 <= amount <= _MOST:
        raise ValueError(f"an amount in whole đồng: {amount}")
    beneficiary = _field("00", account.bank) + _field("01", account.number)
    merchant = _field("00", "A000000727") + _field("01", beneficiary) + _field("02", "QRIBFTTA")
    purpose = payment_memo(memo)
    payload = (
        _field("00", "01")
        + _field("01", "11" if amount is None else "12")
        + _field("38", merchant)
        + _field("53", "704")
        + ("" if amount is None else _field("54", str(amount)))
        + _field("58", "VN")
        + (_field("62", _field("08", purpose)) if purpose else "")
        + "6304"
    )
    return payload + f"{_crc(payload):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _crc(text: str) -> int:
    """CRC-16/CCITT-FALSE."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc
