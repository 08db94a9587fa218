"""What may be asked of a text, a list, a dictionary or a date: a closed list by type and name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from engine.script.bounds import Frame, Stopped

Method = Callable[..., Any]
Guard = Callable[..., None]


def call(frame: Frame, subject: Any, name: str, arguments: list[Any], *, script: bool) -> Any:
    """The result of a listed method; changing ones only where a script runs on its own copy."""
    kind = next((each for each in METHODS if type(subject) is each), None)
    listed = METHODS[kind] if kind else {}
    if name not in listed and not (script and kind and name in CHANGING.get(kind, ())):
        raise Stopped(f"attribute:{name}")
    for each in (subject, *arguments):
        frame.weigh(each)
    guard = listed.get(name) if name in listed else (merging if name == "update" else None)
    if guard is not None:
        guard(frame, subject, *arguments)
    result = getattr(subject, name)(*arguments)
    frame.room(len(subject) if isinstance(subject, (list, dict)) else 0)
    if isinstance(result, (str, int, float, list)):
        return frame.made(result)
    if isinstance(result, (dict, date, time, timedelta)) or result is None:
        return result
    return frame.made(plain(result))


def plain(result: Any) -> list[Any]:
    """Keys, values and items as lists; a pair as a list."""
    return [list(each) if isinstance(each, tuple) else each for each in result]


def attribute(subject: Any, name: str) -> Any:
    """``a.b`` of a dictionary is its entry; of a date or a duration one of the listed parts."""
    if isinstance(subject, dict):
        if name not in subject:
            raise Stopped(f"key:{name}")
        return subject[name]
    for kind, listed in PARTS.items():
        if isinstance(subject, kind) and name in listed:
            return getattr(subject, name)
    raise Stopped(f"attribute:{name}")


# guards of methods whose result may be longer than what went in
# ---------------------------------------------------------------


def replacing(frame: Frame, subject: str, old: str, new: str, count: int = -1) -> None:
    """Every place may take the new text."""
    places = subject.count(old) if count < 0 else min(count, subject.count(old))
    frame.room(len(subject) + places * len(new))


def joining(frame: Frame, subject: str, parts: Any) -> None:
    """A list of texts; a text itself would be taken apart letter by letter, which nobody means."""
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Stopped("type")
    frame.room(sum(len(part) + len(subject) for part in parts))


def padding(frame: Frame, subject: str, width: int, fill: str = " ") -> None:
    """Not wider than the bound."""
    frame.room(width)


def merging(frame: Frame, subject: dict[str, Any], other: Any) -> None:
    """Another dictionary, whose keys are texts."""
    if not isinstance(other, dict) or not all(isinstance(key, str) for key in other):
        raise Stopped("type")


TEXT_METHODS: Final = (
    *("lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip"),
    *("startswith", "endswith", "removeprefix", "removesuffix", "split", "splitlines"),
    *("find", "index", "count", "isdigit", "isalpha", "isalnum", "isspace"),
)

METHODS: Final[Mapping[type, Mapping[str, Guard | None]]] = {
    str: {
        **dict.fromkeys(TEXT_METHODS),
        "replace": replacing,
        "join": joining,
        "zfill": padding,
        "rjust": padding,
        "ljust": padding,
    },
    list: {"index": None, "count": None},
    dict: dict.fromkeys(("get", "keys", "values", "items")),
    date: dict.fromkeys(("isoformat", "weekday", "isoweekday")),
    datetime: dict.fromkeys(("isoformat", "weekday", "isoweekday", "date")),
    timedelta: {"total_seconds": None},
}

CHANGING: Final[Mapping[type, tuple[str, ...]]] = {
    list: ("append", "extend", "insert", "remove", "pop", "reverse"),
    dict: ("pop", "update"),
}
#: Every name that may stand before the brackets of a method, whatever it is asked of.
KNOWN: Final = frozenset(name for named in METHODS.values() for name in named) | {
    name for names in CHANGING.values() for name in names
}

PARTS: Final[Mapping[type, frozenset[str]]] = {
    datetime: frozenset({"year", "month", "day", "hour", "minute", "second"}),
    date: frozenset({"year", "month", "day"}),
    timedelta: frozenset({"days", "seconds"}),
}
