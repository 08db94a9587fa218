"""How far an expression may go: the bounds, and the frame that counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any

BUDGET = 50_000  # operations of one evaluation
MAX_EXPRESSION = 4_000  # characters of source
MAX_SCRIPT = 20_000
MAX_DEPTH = 60  # levels of the source, and of a value
MAX_ITEMS = 100_000  # characters of a text, members of a list
MAX_BITS = 4_300  # of a whole number
CHARACTERS_PER_OPERATION = 64

SCALARS = (str, int, float, date, datetime, time, timedelta)


class Stopped(Exception):
    """An evaluation ends here; the word says why."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass
class Frame:
    """One evaluation: what it may read and call, what it has bound, what it may still spend."""

    names: dict[str, Any] | Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    bound: dict[str, Any] = field(default_factory=dict)
    left: int = BUDGET
    line: int = 1

    def spend(self, operations: int) -> None:
        """Take from the budget, or stop."""
        self.left -= operations
        if self.left < 0:
            raise Stopped("budget")

    def weigh(self, value: Any) -> None:
        """Spend what walking through a value costs, as comparing and searching do."""
        kind = type(value)
        if kind is str:
            self.spend(len(value) // CHARACTERS_PER_OPERATION)
            return
        if kind not in (list, tuple, dict):
            return
        rest: list[tuple[Any, int]] = [(value, 1)]
        while rest:
            item, depth = rest.pop()
            self.spend(1)
            if isinstance(item, str):
                self.spend(len(item) // CHARACTERS_PER_OPERATION)
            elif isinstance(item, (list, tuple, dict)):
                if depth > MAX_DEPTH:
                    raise Stopped("depth")
                self.spend(len(item))
                inner = item.values() if isinstance(item, dict) else item
                rest.extend((each, depth + 1) for each in inner)

    def made(self, value: Any) -> Any:
        """A value just made, if it is within the bounds; making it costs what it is long."""
        if isinstance(value, (str, list, tuple, dict)):
            self.room(len(value))
            self.spend(len(value) // CHARACTERS_PER_OPERATION)
        elif isinstance(value, int):
            if value.bit_length() > MAX_BITS:
                raise Stopped("number")
        elif isinstance(value, float):
            if not isfinite(value):
                raise Stopped("number")
        elif isinstance(value, complex):
            raise Stopped("number")
        return value

    def room(self, size: int) -> None:
        """Stop before something longer than the bound is made."""
        if size > MAX_ITEMS:
            raise Stopped("size")


def copied(value: Any, frame: Frame, depth: int = 0) -> Any:
    """A copy that shares no list and no dictionary with the value; tuples become lists."""
    if depth > MAX_DEPTH:
        raise Stopped("depth")
    if isinstance(value, dict):
        frame.spend(1 + len(value) // 4)
        return {key: copied(item, frame, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        frame.spend(1 + len(value) // 4)
        return [copied(item, frame, depth + 1) for item in value]
    return value
