"""What designers write in expressions and timers, turned into the safe language."""

from __future__ import annotations

import re

_BRACES = re.compile(r"^[$#]\{(.*)\}$", re.DOTALL)
_QUOTED = re.compile(r"""^(["'])([^"'\\]*)\1$""")


def expression(text: str) -> str:
    """The expression without the ``${…}`` or ``#{…}`` that other engines put around it."""
    found = _BRACES.match(text.strip())
    return (found.group(1) if found else text).strip()


def unquoted(text: str) -> str:
    """The content of a quoted literal, or the text itself."""
    stripped = expression(text)
    found = _QUOTED.match(stripped)
    return found.group(2).strip() if found else stripped
