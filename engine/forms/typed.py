"""From what is typed to a value, and from a value to what is typed; what cannot be read stays."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from engine.codes import normalise_phone, plain_digits
from engine.forms.definition import Field

LONGEST_NUMBER = 30
_DAY = re.compile(
    r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4})|([0-9]{2})([0-9]{2})([0-9]{4})"
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_WHOLE = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_CURRENCY = re.compile(r"\s*(đ|₫|vnđ|vnd|đồng)\.?$", re.IGNORECASE)


def tidy(text: str, *, lines: bool = False) -> str:
    """Typed text as it is kept: one form of each letter, no blanks around, no odd line ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = plain_digits(text)
    text = "".join(sign for sign in text if sign == "\n" or not _control(sign))
    return text.strip() if lines else " ".join(text.split())


def _control(sign: str) -> bool:
    # Cs: half a letter, which no database and no page can hold.
    return unicodedata.category(sign) in ("Cc", "Cs") and sign != "\t"


def read_value(field: Field, typed: str) -> Any:
    """The value of a lone field; None when nothing was typed."""
    text = tidy(typed, lines=field.kind in ("textarea", "hidden"))
    if text == "":
        return None
    return READERS.get(field.kind, _as_typed)(field, text)


def _as_typed(field: Field, text: str) -> Any:
    return text


def _date(field: Field, text: str) -> str:
    if _ISO.fullmatch(text):
        return text
    match = _DAY.fullmatch(text)
    if match is None:
        return text
    day, month, year = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def _integer(field: Field, text: str) -> int | str:
    plain = text.replace(" ", "")
    if _GROUPED.fullmatch(plain.lstrip("-")):
        plain = plain.replace(".", "")
    if _WHOLE.fullmatch(plain) and len(plain) <= LONGEST_NUMBER:
        return int(plain)
    return text


def _number(field: Field, text: str) -> float | str:
    whole, comma, fraction = text.replace(" ", "").partition(",")
    if _GROUPED.fullmatch(whole.lstrip("-")):
        whole = whole.replace(".", "")
    plain = f"{whole}.{fraction}" if comma else whole
    if not _DECIMAL.fullmatch(plain) or len(plain) > LONGEST_NUMBER * 2:
        return text
    value = float(plain.replace(",", "."))
    if not isfinite(value):
        return text
    return int(plain) if _WHOLE.fullmatch(plain) else value


def _money(field: Field, text: str) -> int | str:
    return _integer(field, _CURRENCY.sub("", text)) if _CURRENCY.sub("", text) else text


def _citizen(field: Field, text: str) -> str:
    return re.sub(r"[\s.\-]", "", text)


def _phone(field: Field, text: str) -> str:
    return normalise_phone(text) or text


def _checkbox(field: Field, text: str) -> bool | str:
    return {"true": True, "on": True, "1": True, "false": False}.get(text, text)


def _option(field: Field, text: str) -> Any:
    for value, _ in field.options:
        if value_key(value) == text:
            return value
    return text


READERS: Final[Mapping[str, Callable[[Field, str], Any]]] = {
    "checkbox": _checkbox,
    "choices": _option,
    "citizen-id": _citizen,
    "date": _date,
    "integer": _integer,
    "money": _money,
    "number": _number,
    "phone": _phone,
    "radio": _option,
    "select": _option,
}


# the other way
# -------------


def value_key(value: Any) -> str:
    """How a choice is written in a page: ``true``, ``3``, ``sign``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def typed_value(field: Field, value: Any) -> str:
    """What stands in the field for a value: read again, it gives the value."""
    if value is None:
        return ""
    if isinstance(value, str):
        return day(value) if field.kind == "date" else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value_key(value)
    return grouped(value) if field.kind == "money" else number(value)


def day(text: str) -> str:
    """``19/07/2025`` from an ISO day; other text as it is."""
    if not _ISO.fullmatch(text):
        return text
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text


def number(value: float) -> str:
    """``412,5``."""
    if isinstance(value, float) and isfinite(value):
        text = f"{Decimal(repr(value)):f}"
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0") or "0"
        return f"{whole},{fraction}"
    return str(value)


def grouped(value: float) -> str:
    """``1.234.567``."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    return number(value)
