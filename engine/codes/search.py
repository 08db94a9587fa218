"""Words and numbers as people type them, brought to the one form that is stored and searched."""

from __future__ import annotations

import re
import unicodedata

_WIDE = {0xFF10 + digit: ord("0") + digit for digit in range(10)}


def plain_digits(text: str) -> str:
    """The wide digits that some keyboards type, written as everybody reads them."""
    return text.translate(_WIDE)


def fold(text: str) -> str:
    """Without marks and capitals, so that ``Nguyễn Đức`` is found by ``nguyen duc``.

    >>> fold("Bình Liêu, ĐƯỜNG 18C")
    'binh lieu, duong 18c'
    """
    # đ has no mark to strip: Unicode holds it for a letter of its own.
    plain = text.replace("đ", "d").replace("Đ", "D")
    parted = unicodedata.normalize("NFD", plain)
    return "".join(sign for sign in parted if not unicodedata.combining(sign)).lower()


_SEPARATORS = re.compile(r"[\s.\-()]+")
# Mobile numbers have ten digits (03, 05, 07, 08, 09), fixed lines ten or eleven (02…).
_PHONE = re.compile(r"0(?:[35789][0-9]{8}|2[0-9]{8,9})")


def normalise_phone(text: str) -> str | None:
    """A Vietnamese number as ``0912345678``, from ``+84 912…`` too; None if it is not one."""
    digits = _SEPARATORS.sub("", text)
    for prefix in ("+84", "0084", "84"):
        if digits.startswith(prefix):
            digits = "0" + digits.removeprefix(prefix).removeprefix("0")
            break
    return digits if _PHONE.fullmatch(digits) else None


def is_phone(text: str) -> bool:
    return normalise_phone(text) is not None


# No sign that parts addresses from one another in a letter's head: one text is one recipient.
_EMAIL = re.compile(r"[^@\s<>,;:()\[\]\\\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}")


def is_email(text: str) -> bool:
    """Whether mail can be sent there; of what the standards allow, what people really have."""
    return _EMAIL.fullmatch(text) is not None and len(text) <= 200
