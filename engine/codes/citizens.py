"""Twelve-digit citizen ids and the text of an identity card's QR code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

CITIZEN_ID = re.compile(r"^[0-9]{12}\Z")
Sex = Literal["male", "female"]
CitizenWarning = Literal["province", "century", "sex", "birth year"]

_PROVINCES = range(1, 97)
_ABROAD = range(100, 1000)
_FIRST_CENTURY = 1900


def is_citizen_id(text: str) -> bool:
    return CITIZEN_ID.match(text) is not None


def year_of_birth(citizen_id: str) -> int:
    """The year that the digits of a well-formed number tell."""
    return _FIRST_CENTURY + 100 * (int(citizen_id[3]) // 2) + int(citizen_id[4:6])


def citizen_id_warnings(
    citizen_id: str, *, birth: date | None = None, sex: Sex | None = None, today: date | None = None
) -> tuple[CitizenWarning, ...]:
    """What in a well-formed id does not fit the person; never a reason to refuse, errors do exist.

    PPP place of birth registration, G century and sex, YY year of birth, six more; no check digit.

    >>> citizen_id_warnings("022185001234", birth=date(1985, 3, 2), sex="male")
    ('sex',)
    """
    place, century_and_sex = int(citizen_id[:3]), int(citizen_id[3])
    born = year_of_birth(citizen_id)
    warnings: list[CitizenWarning] = []
    if place not in _PROVINCES and place not in _ABROAD:
        warnings.append("province")
    wrong_century = birth is not None and birth.year // 100 != born // 100
    if wrong_century or (today is not None and born > today.year):
        warnings.append("century")
    if sex is not None and sex != ("female" if century_and_sex % 2 else "male"):
        warnings.append("sex")
    if birth is not None and birth.year % 100 != born % 100:
        warnings.append("birth year")
    return tuple(warnings)


def mask_citizen_id(text: str) -> str:
    """The id as lists show it; what is too short to be told apart is hidden whole.

    >>> mask_citizen_id("022185001234")
    '0221******34'
    """
    shown = 6
    if len(text) <= shown + 2:
        return "*" * len(text)
    return text[:4] + "*" * (len(text) - shown) + text[-2:]


@dataclass(frozen=True)
class CardHolder:
    """What the QR code of an identity card says; ``old_id`` is empty where there was none."""

    citizen_id: str
    old_id: str
    name: str
    birth: date
    sex: Sex | None
    address: str
    issued: date | None


_FIELDS = 7
_SEXES: dict[str, Sex] = {"nam": "male", "nữ": "female"}


def parse_cccd_qr(text: str) -> CardHolder | None:
    """Read ``id|old id|name|ddmmyyyy|Nam|address|ddmmyyyy``; None where the text is something else.

    Fields after the seventh (cards of 2024 and later) are left alone.
    """
    fields = [" ".join(field.split()) for field in text.strip().split("|")]
    if len(fields) < _FIELDS:
        return None
    citizen_id, old_id, name, birth, sex, address, issued = fields[:_FIELDS]
    born = _day(birth)
    if not is_citizen_id(citizen_id) or not name or born is None:
        return None
    return CardHolder(
        citizen_id, old_id, name, born, _SEXES.get(sex.lower()), address, issued=_day(issued)
    )


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
