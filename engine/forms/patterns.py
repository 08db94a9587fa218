"""Whether a pattern can be matched in bounded time, whatever is typed."""

from __future__ import annotations

import re

LONGEST_TYPED = 500  # characters a pattern is ever tried on
LONGEST_PATTERN = 300
MAX_COST = 1_000_000  # steps a match may take at worst
_COUNTED = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")


class Unbounded(ValueError):
    """The pattern might take for ever; the word says what is in the way."""


def check_pattern(pattern: str) -> None:
    """Raise ``Unbounded`` (or ``re.error``) for a pattern that is not simple enough to be safe.

    Simple means: no look-around, no back-references, no repeated group that itself repeats or
    chooses, and so few open repetitions that their product with what is typed stays small.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Unbounded("length")
    re.compile(pattern)
    cost = _Reader(pattern).cost()
    if not pattern.startswith("^"):
        cost *= LONGEST_TYPED
    if cost > MAX_COST:
        raise Unbounded("repetition")


class _Reader:
    """Walks once through a pattern and multiplies the ways it can go."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def cost(self) -> int:
        return self._sequence()[0]

    def _sequence(self) -> tuple[int, bool]:
        """The cost up to the closing bracket, and whether anything varied on the way."""
        cost, branches = 1, 1
        while self._at < len(self._pattern):
            sign = self._pattern[self._at]
            if sign == ")":
                break
            self._at += 1
            if sign == "|":
                branches += 1
                continue
            inner, varies = self._item(sign)
            width, most = self._repeated()
            if most > 1 and varies:
                raise Unbounded("nested")
            cost = min(cost * inner * width, MAX_COST + 1)
        return cost * branches, cost * branches > 1

    def _item(self, sign: str) -> tuple[int, bool]:
        if sign == "(":
            self._group_head()
            cost, varies = self._sequence()
            self._at += 1
            return cost, varies
        if sign == "[":
            self._skip_class()
        elif sign == "\\":
            if self._pattern[self._at] not in "dwsDWSnrt.-/\\()[]{}+*?|^$":
                raise Unbounded("escape")
            self._at += 1
        return 1, False

    def _group_head(self) -> None:
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._pattern.startswith("?", self._at):
            raise Unbounded("lookaround")

    def _skip_class(self) -> None:
        if self._pattern.startswith("^", self._at):
            self._at += 1
        first = True
        while first or self._pattern[self._at] != "]":
            self._at += 2 if self._pattern[self._at] == "\\" else 1
            first = False
        self._at += 1

    def _repeated(self) -> tuple[int, int]:
        """In how many ways the item just read may repeat, and how often at most."""
        rest = self._pattern[self._at :]
        counted = _COUNTED.match(rest)
        if counted:
            self._at += counted.end()
            least, comma, most = counted.groups()
            upper = int(most) if most else (LONGEST_TYPED if comma else int(least))
            found = (max(upper - int(least), 0) + 1, upper)
        elif rest[:1] in ("*", "+"):
            self._at += 1
            found = (LONGEST_TYPED, LONGEST_TYPED)
        elif rest[:1] == "?":
            self._at += 1
            found = (2, 1)
        elif rest[:1] == "{":
            raise Unbounded("repetition")
        else:
            return 1, 1
        if self._pattern[self._at : self._at + 1] in ("?", "+"):
            self._at += 1
        return found
