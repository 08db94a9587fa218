"""Dossier codes such as ``H49.99.01-250701-0001``: agency, day, number of the day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from engine.errors import BadCode

# Today's order (H49.99.01), the older one (000.00.16.H49), and ministries' longer serials.
DOSSIER_CODE = re.compile(
    r"^(?:[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,5}|(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)[A-Z][0-9]{2})"
    r"-[0-9]{6}-[0-9]{4,7}\Z"
)
PROCEDURE_CODE = re.compile(r"^[0-9]\.[0-9]{6}(?:\.[0-9A-Z.]{1,20})?\Z")
LAST_SERIAL = 9_999_999


@dataclass(frozen=True)
class DossierCode:
    """A code taken apart; a serial keeps the width it was written with."""

    agency: str
    day: date
    serial: str

    def __str__(self) -> str:
        return f"{self.agency}-{self.day:%y%m%d}-{self.serial}"

    @property
    def number(self) -> int:
        return int(self.serial)


def make_dossier_code(agency: str, day: date, number: int) -> str:
    """The code of the day's n-th dossier; past 9,999 the serial grows by a digit.

    >>> make_dossier_code("H49.99.01", date(2025, 7, 1), 1)
    'H49.99.01-250701-0001'
    """
    code = f"{agency}-{day:%y%m%d}-{number:04d}"
    if not 1 <= number <= LAST_SERIAL or not DOSSIER_CODE.match(code):
        raise BadCode(text=code)
    return code


def parse_dossier_code(text: str) -> DossierCode:
    """Read a code as typed or scanned: spaces around it and small letters are forgiven."""
    code = text.strip().upper()
    if not DOSSIER_CODE.match(code):
        raise BadCode(text=text)
    agency, day, serial = code.split("-")
    try:
        # Two digits of the year are enough: electronic dossiers belong to this century.
        issued = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError:
        raise BadCode(text=text) from None
    return DossierCode(agency, issued, serial)


def is_dossier_code(text: str) -> bool:
    try:
        parse_dossier_code(text)
    except BadCode:
        return False
    return True


def is_procedure_code(text: str) -> bool:
    """``1.004873``, with the suffix of a province or without."""
    return PROCEDURE_CODE.match(text) is not None
