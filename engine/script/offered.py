"""The functions every expression has, without a caller giving them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from engine.script.bounds import SCALARS, Frame, Stopped

MAX_DIGITS = 400  # of a number read from text
MAX_PLACES = 30  # of a rounding
Offered = Callable[..., Any]


def length(frame: Frame, value: Any) -> int:
    """How many characters or members."""
    return len(value)


def smallest(frame: Frame, *values: Any, **named: Any) -> Any:
    """The least of a list or of the arguments."""
    return _extreme(frame, min, values, named)


def largest(frame: Frame, *values: Any, **named: Any) -> Any:
    """The greatest of a list or of the arguments."""
    return _extreme(frame, max, values, named)


def _extreme(
    frame: Frame, choose: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    if named.keys() - {"default"}:
        raise Stopped("type")
    frame.weigh(values)
    return choose(*values, **named)


def total(frame: Frame, values: Any, start: Any = 0) -> Any:
    """The sum of numbers."""
    frame.weigh(values)
    result = start
    for value in (start, *_members(values)):
        if not isinstance(value, (int, float)):
            raise Stopped("type")
    for value in values:
        result = frame.made(result + value)
    return result


def rounded(frame: Frame, value: Any, places: int | None = None) -> Any:
    """A number rounded as Python does: half to even."""
    if not isinstance(value, (int, float)):
        raise Stopped("type")
    if places is None:
        return round(value)
    if abs(places) > MAX_PLACES:
        raise Stopped("number")
    return round(value, places)


def whole(frame: Frame, value: Any = 0) -> int:
    """A whole number from a number or a text of digits."""
    if isinstance(value, float) and not isfinite(value):
        raise Stopped("number")
    return int(_readable(value))


def decimal(frame: Frame, value: Any = 0.0) -> float:
    """A finite number from a number or a text."""
    return float(_readable(value))


def _readable(value: Any) -> Any:
    if not isinstance(value, (str, int, float)):
        raise Stopped("type")
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        raise Stopped("size")
    return value


def text(frame: Frame, value: Any = "") -> str:
    """A number, a date or a text as text; a list has no one way to be said."""
    if value is None or not isinstance(value, SCALARS):
        raise Stopped("type")
    return str(value)


def truth(frame: Frame, value: Any = False) -> bool:
    """Whether there is something."""
    return bool(value)


def some(frame: Frame, values: Any) -> bool:
    """Whether one of them is true."""
    return any(_members(values))


def every(frame: Frame, values: Any) -> bool:
    """Whether all of them are true."""
    return all(_members(values))


def ordered(frame: Frame, values: Any, *, reverse: bool = False) -> list[Any]:
    """A new list in order."""
    members = _members(values)
    frame.spend(len(members) * len(members).bit_length())
    if any(isinstance(member, (list, tuple, dict)) for member in members):
        raise Stopped("type")
    frame.weigh(members)
    return sorted(members, reverse=bool(reverse))


def counted(frame: Frame, *bounds: int) -> list[int]:
    """The whole numbers of a range, as a list."""
    numbers = range(*bounds)
    try:
        size = len(numbers)
    except OverflowError:
        raise Stopped("size") from None
    frame.room(size)
    return list(numbers)


def absolute(frame: Frame, value: Any) -> Any:
    """A number without its sign."""
    return abs(value)


def listed(frame: Frame, values: Any = ()) -> list[Any]:
    """A new list of the members."""
    return _members(values)


def _members(values: Any) -> list[Any]:
    if not isinstance(values, (list, tuple, dict)):
        raise Stopped("type")
    return list(values)


OFFERED: Final[Mapping[str, Offered]] = {
    "abs": absolute,
    "all": every,
    "any": some,
    "bool": truth,
    "float": decimal,
    "int": whole,
    "len": length,
    "list": listed,
    "max": largest,
    "min": smallest,
    "range": counted,
    "round": rounded,
    "sorted": ordered,
    "str": text,
    "sum": total,
}
