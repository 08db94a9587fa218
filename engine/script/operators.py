"""The signs of the language (+ - * / // % ** < == in …), each kept within the bounds."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.script.bounds import MAX_BITS, Frame, Stopped

Binary = Callable[[Frame, Any, Any], Any]
MAX_EXPONENT = 10_000


def add(frame: Frame, left: Any, right: Any) -> Any:
    """Numbers, texts, lists, dates and durations."""
    if isinstance(left, (str, list)) and isinstance(right, (str, list)):
        frame.room(len(left) + len(right))
    return left + right


def subtract(frame: Frame, left: Any, right: Any) -> Any:
    """Numbers, dates and durations."""
    return left - right


def multiply(frame: Frame, left: Any, right: Any) -> Any:
    """Numbers; a text or a list a bounded number of times."""
    if isinstance(left, int) and isinstance(right, (str, list)):
        left, right = right, left
    if isinstance(left, (str, list)) and isinstance(right, int):
        frame.room(len(left) * max(right, 0))
    elif isinstance(left, int) and isinstance(right, int):
        bits(left.bit_length() + right.bit_length())
    return left * right


def power(frame: Frame, left: Any, right: Any) -> Any:
    """Numbers only, and only as far as the result stays bounded."""
    numbers(left, right)
    if abs(right) > MAX_EXPONENT:
        raise Stopped("number")
    if isinstance(left, int) and isinstance(right, int):
        bits(left.bit_length() * abs(right))
    return left**right


def remainder(frame: Frame, left: Any, right: Any) -> Any:
    """Numbers only: on a text the sign would be a format."""
    numbers(left, right)
    return left % right


def shift_left(frame: Frame, left: Any, right: Any) -> Any:
    """Whole numbers."""
    numbers(left, right)
    bits(left.bit_length() + max(right, 0))
    return left << right


def contains(frame: Frame, left: Any, right: Any) -> bool:
    """Whether the right holds the left; None holds nothing."""
    if right is None:
        return False
    frame.weigh(left)
    frame.weigh(right)
    return left in right


def weighed(compare: Callable[[Any, Any], Any]) -> Binary:
    """A comparison that pays for what it walks through."""

    def run(frame: Frame, left: Any, right: Any) -> Any:
        frame.weigh(left)
        frame.weigh(right)
        return compare(left, right)

    return run


def ordered(compare: Callable[[Any, Any], Any]) -> Binary:
    """What is empty is neither more nor less than anything."""
    weigh_and_compare = weighed(compare)

    def run(frame: Frame, left: Any, right: Any) -> Any:
        if left is None or right is None:
            return False
        return weigh_and_compare(frame, left, right)

    return run


def numbers(*values: Any) -> None:
    """Stop unless all are numbers."""
    if not all(isinstance(value, (int, float)) for value in values):
        raise Stopped("type")


def bits(size: int) -> None:
    """Stop before a whole number grows beyond the bound."""
    if size > MAX_BITS:
        raise Stopped("number")


ARITHMETIC: Final[Mapping[type[ast.operator], Binary]] = {
    ast.Add: add,
    ast.Sub: subtract,
    ast.Mult: multiply,
    ast.Div: lambda frame, left, right: left / right,
    ast.FloorDiv: lambda frame, left, right: left // right,
    ast.Mod: remainder,
    ast.Pow: power,
    ast.LShift: shift_left,
    ast.RShift: lambda frame, left, right: left >> right,
}

COMPARISONS: Final[Mapping[type[ast.cmpop], Binary]] = {
    ast.Eq: weighed(operator.eq),
    ast.NotEq: weighed(operator.ne),
    ast.Lt: ordered(operator.lt),
    ast.LtE: ordered(operator.le),
    ast.Gt: ordered(operator.gt),
    ast.GtE: ordered(operator.ge),
    ast.Is: lambda frame, left, right: left is right,
    ast.IsNot: lambda frame, left, right: left is not right,
    ast.In: contains,
    ast.NotIn: lambda frame, left, right: not contains(frame, left, right),
}

UNARY: Final[Mapping[type[ast.unaryop], Callable[[Any], Any]]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
