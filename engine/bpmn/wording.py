"""What designers write in expressions and timers, turned into the safe language."""

from __future__ import annotations

import re

from engine.bpmn.foreign import Unreadable, from_feel, from_juel
from engine.errors import BadExpression
from engine.script import compile_expression

_BRACES = re.compile(r"^[$#]\{(.*)\}$", re.DOTALL)
_QUOTED = re.compile(r"""^(["'])([^"'\\]*)\1$""")
_DURATION = r"""duration\(\s*["']([^"']+)["']\s*\)"""
_TIMES = (
    (re.compile(rf"^\s*=\s*{_DURATION}\s*$"), "{0}"),
    (re.compile(rf"^\s*=\s*cycle\(\s*(?:(\d+)\s*,\s*)?{_DURATION}\s*\)\s*$"), "R{0}/{1}"),
    (re.compile(r"""^\s*=\s*date(?: and time)?\(\s*["']([^"']+)["']\s*\)\s*$"""), "{0}"),
)
_CONSTANT = re.compile(r"\b(true|false|null)\b|&&|\|\|")


def expression(text: str) -> str:
    """The expression in the safe language; as it was written where that cannot be done."""
    text = text.strip()
    braces = _BRACES.match(text)
    try:
        if braces and "${" not in braces.group(1):
            return _inside(braces.group(1).strip())
        if text.startswith("=") and not text.startswith("=="):
            return from_feel(text[1:])
        if _CONSTANT.search(text) and not _is_ours(text):
            return from_juel(text)
    except Unreadable:
        return text
    return text


def _inside(text: str) -> str:
    """What stood in braces: JUEL, or our own language for what that does not know."""
    try:
        return from_juel(text)
    except Unreadable:
        return text


def _is_ours(text: str) -> bool:
    if _CONSTANT.search(text):
        return False
    try:
        compile_expression(text)
    except BadExpression:
        return False
    return True


def unquoted(text: str) -> str:
    """The content of a quoted literal, or the text itself; FEEL's times as ISO 8601 has them."""
    for pattern, form in _TIMES:
        found = pattern.match(text)
        if found:
            return form.format(*(part or "" for part in found.groups()))
    stripped = expression(text)
    found = _QUOTED.match(stripped)
    return found.group(2).strip() if found else stripped
