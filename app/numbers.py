"""Whole numbers from outside, bounded: what no column can hold is no number of ours."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter

_DIGITS = 18  # a row's id fits in 64 bits, on both databases
_FEW = 9  # what people count fits in 32


class RowNumber(IntegerConverter):
    """``<int:…>`` in an address; a longer one is a page that does not exist."""

    regex = rf"[0-9]{{1,{_DIGITS}}}"


def row_number(text: str) -> int:
    """The id of a row as a form sends it; ValueError, as ``type=`` wants, when it is none."""
    return _bounded(text, _DIGITS)


def count(text: str) -> int:
    """A page, an amount, a number of days; ValueError when it is none or far too large."""
    return _bounded(text, _FEW)


def digits(text: str) -> int:
    """What is written in digits alone, as a row's place is; -1 for anything else, or far more."""
    return int(text) if text.isdecimal() and len(text) <= _FEW else -1


def _bounded(text: str, digits: int) -> int:
    if len(text.strip()) > digits + 1:
        raise ValueError(text[:40])
    number = int(text)
    if abs(number) >= 10**digits:
        raise ValueError(text[:40])
    return number
