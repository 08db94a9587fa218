"""Expressions in the languages of other engines, written again in the safe language.

``${amount > 10 && type == 'x'}`` (JUEL, also ``#{…}``) and ``=amount > 10 and type = "x"`` (FEEL)
say the same as ``amount > 10 and type == "x"``.  What has no plain counterpart raises Unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.(?!\.)\d+)?(?:[eE][+-]?\d+)?)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>\.\.|&&|\|\||==|!=|<=|>=|\*\*|[-+*/%<>=!?:,.()\[\]])
    )""",
    re.VERBOSE,
)
#: How tightly a sign binds; what is not here ends an expression.
_BINDS = {
    "or": 1, "and": 2, "==": 4, "!=": 4, "<": 5, "<=": 5, ">": 5, ">=": 5, "in": 5, "between": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7, "**": 9,
}  # fmt: skip
_JUEL = {
    "&&": "and", "||": "or", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
    "div": "/", "mod": "%",
}  # fmt: skip
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_VARIABLES = ("getVariable", "getVariableLocal")
_CALLS: dict[str, Callable[[list[str]], str]] = {
    "count": lambda given: f"len({given[0]})",
    "contains": lambda given: f"({given[1]} in {given[0]})",
    "not": lambda given: f"(not {given[0]})",
}
_SAME = ("sum", "min", "max", "abs", "round", "len", "str", "int", "float", "any", "all")
_METHODS: dict[str, Callable[[str, list[str]], str]] = {
    "equals": lambda on, given: f"({on} == {given[0]})",
    "equalsIgnoreCase": lambda on, given: f"({on}.lower() == {given[0]}.lower())",
    "contains": lambda on, given: f"({given[0]} in {on})",
    "size": lambda on, given: f"len({on})",
    "length": lambda on, given: f"len({on})",
    "isEmpty": lambda on, given: _empty(on),
    "get": lambda on, given: f"{on}[{given[0]}]",
    "startsWith": lambda on, given: f"{on}.startswith({given[0]})",
    "endsWith": lambda on, given: f"{on}.endswith({given[0]})",
    "toLowerCase": lambda on, given: f"{on}.lower()",
    "toUpperCase": lambda on, given: f"{on}.upper()",
}
MOST = 2_000
DEEPEST = 60


class Unreadable(ValueError):
    """Nothing this module can write again."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def from_juel(text: str) -> str:
    """The expression inside ``${…}``."""
    return _Reader(text, feel=False).whole()


def from_feel(text: str) -> str:
    """The expression behind the ``=`` of FEEL."""
    return _Reader(text, feel=True).whole()


def _tokens(text: str) -> list[_Token]:
    if len(text) > MOST:
        raise Unreadable(text[:80])
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unreadable(text[place : place + 20])
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _empty(value: str) -> str:
    return f'({value} is None or {value} == "" or {value} == [])'


class _Reader:
    """A reader that goes through the tokens once, from left to right."""

    def __init__(self, text: str, *, feel: bool) -> None:
        self.tokens = _tokens(text)
        self.feel = feel
        self.place = self.depth = 0

    def whole(self) -> str:
        """Everything, or Unreadable."""
        said = self.expression(0)
        if self.place < len(self.tokens):
            raise Unreadable(self.peek())
        return said

    def peek(self) -> str:
        """The next token's text; empty at the end."""
        return self.tokens[self.place].text if self.place < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> _Token:
        """The next token, which may have to be a certain one."""
        if self.place >= len(self.tokens) or (wanted is not None and self.peek() != wanted):
            raise Unreadable(wanted or "")
        self.place += 1
        return self.tokens[self.place - 1]

    def expression(self, least: int) -> str:
        """Everything that binds more tightly than ``least``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("depth")
        left = self.first()
        while True:
            sign = self.operator()
            binds = _BINDS.get(sign, 0)
            if sign == "?" and least == 0 and not self.feel:
                left = self.choice(left)
            elif binds and binds > least:
                left = self.second(left, sign, binds)
            else:
                break
        self.depth -= 1
        return left

    def operator(self) -> str:
        """The next sign as the safe language writes it."""
        sign = self.peek()
        if self.place < len(self.tokens) and self.tokens[self.place].kind == "text":
            return ""
        if self.feel:
            return "==" if sign == "=" else sign
        return _JUEL.get(sign, sign)

    def second(self, left: str, sign: str, binds: int) -> str:
        """What follows a sign between two values."""
        self.take()
        if sign == "in":
            return self.membership(left)
        if sign == "between":
            low = self.expression(5)
            self.take("and")
            return f"({low} <= {left} <= {self.expression(5)})"
        return f"({left} {sign} {self.expression(binds)})"

    def membership(self, left: str) -> str:
        """``x in [1..5]``, ``x in ("a", "b")``, ``x in list``."""
        if self.peek() not in ("[", "(", "]"):
            return f"({left} in {self.expression(5)})"
        opening = self.take().text
        first = self.expression(0)
        if self.peek() == "..":
            self.take()
            last = self.expression(0)
            closing = self.take().text
            low = "<=" if opening == "[" else "<"
            high = "<=" if closing == "]" else "<"
            return f"({first} {low} {left} {high} {last})"
        items = [first]
        while self.peek() == ",":
            self.take()
            items.append(self.expression(0))
        self.take(")" if opening == "(" else "]")
        return f"({left} in [{', '.join(items)}])"

    def choice(self, condition: str) -> str:
        """``a ? b : c``."""
        self.take("?")
        yes = self.expression(0)
        self.take(":")
        return f"({yes} if {condition} else {self.expression(0)})"

    def first(self) -> str:
        """A value, with the signs in front of it."""
        token = self.take()
        if token.kind in ("number", "text"):
            return token.text
        if token.text == "(":
            inside = self.expression(0)
            self.take(")")
            return self.after(f"({inside})")
        if token.text == "[" and self.feel:
            return self.after(f"[{', '.join(self.list_until(']'))}]")
        if token.text == "-":
            return f"-{self.expression(8)}"
        special = self.special(token.text)
        if special is not None:
            return special
        if token.kind != "name":
            raise Unreadable(token.text)
        return self.after(_CONSTANTS.get(token.text, token.text))

    def special(self, word: str) -> str | None:
        """What begins with a word or sign that only one of the two languages has."""
        if self.feel:
            return self.when() if word == "if" else None
        if word in ("!", "not"):
            return f"(not {self.expression(3)})"
        return _empty(self.expression(8)) if word == "empty" else None

    def when(self) -> str:
        """``if a then b else c``."""
        condition = self.expression(0)
        self.take("then")
        yes = self.expression(0)
        self.take("else")
        return f"({yes} if {condition} else {self.expression(0)})"

    def after(self, value: str) -> str:
        """Calls, parts and items behind a value."""
        while self.peek() in (".", "(", "["):
            sign = self.take().text
            if sign == "(":
                value = self.call(value, self.list_until(")"))
            elif sign == "[":
                value = f"{value}[{self.list_until(']')[0]}]"
            else:
                name = self.take()
                if name.kind != "name":
                    raise Unreadable(name.text)
                if self.peek() == "(":
                    self.take()
                    value = self.method(value, name.text, self.list_until(")"))
                else:
                    value = f"{value}.{name.text}"
        return value

    def list_until(self, closing: str) -> list[str]:
        """Expressions with commas between."""
        items: list[str] = []
        while self.peek() != closing:
            items.append(self.expression(0))
            if self.peek() == ",":
                self.take()
        self.take(closing)
        return items

    def call(self, name: str, given: list[str]) -> str:
        """A function."""
        if name in _CALLS and given:
            return _CALLS[name](given)
        if name in _SAME:
            return f"{name}({', '.join(given)})"
        raise Unreadable(name)

    def method(self, on: str, name: str, given: list[str]) -> str:
        """A method of Java's that has a counterpart."""
        if on in ("execution", "task") and name in _VARIABLES and given:
            variable = given[0].strip("\"'")
            if not variable.isidentifier():
                raise Unreadable(variable)
            return variable
        if name not in _METHODS:
            raise Unreadable(name)
        try:
            return _METHODS[name](on, given)
        except IndexError as missing:
            raise Unreadable(name) from missing
