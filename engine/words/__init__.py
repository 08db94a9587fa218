"""The sentences of facts that went wrong, one per class of engine.errors, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from engine.errors import Fault
from engine.words.tables import LANGUAGES, table

__all__ = ["LANGUAGES", "cause", "causes", "sentence", "sentences", "statuses"]
_NUMBER = re.compile(r"\d+")


class _Telling(Formatter):
    """Fills in what is known; a particular that is missing leaves its place empty.

    ``{role:roles}``: a key in the words of that table of names.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = kwargs.get(str(key), "")
        return "" if value is None else value

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return self.get_value(field_name, args, kwargs), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if hasattr(value, "strftime"):
            return str(value.strftime("%H:%M %d/%m/%Y"))
        if hasattr(value, "say"):
            return str(value.say(self.lang))
        names = table("names_", self.lang).get(format_spec, {})
        return str(names.get(str(value), value))


def sentence(fault: Fault | str, lang: str = "vi") -> str:
    """What to tell a person about the fault (or about faults of that class)."""
    name = fault if isinstance(fault, str) else type(fault).__name__
    told = sentences(lang)
    particulars = {} if isinstance(fault, str) else dict(fault.particulars)
    why = str(particulars.get("cause") or particulars.get("reason") or "")
    particulars["cause"] = cause(why, lang)
    return _Telling(lang).vformat(told.get(f"{name}.{why}", told[name]), (), particulars)


def cause(text: str, lang: str = "vi") -> str:
    """A cause such as ``key:amount`` in words; one that is words already stays."""
    word, colon, rest = text.partition(":")
    known = causes(lang).get(word)
    if word == "status":
        rest = statuses(rest, lang)
    return text if known is None else known + (f": {rest}" if colon else "")


def statuses(text: str, lang: str = "vi") -> str:
    """Every number of the text with the name of that status of a dossier behind it."""
    names = table("names_", lang)["statuses"]

    def named(found: re.Match[str]) -> str:
        name = names.get(found[0])
        return f"{found[0]} ({name})" if name else found[0]

    return _NUMBER.sub(named, text)


def sentences(lang: str) -> Mapping[str, str]:
    """Every sentence of a language; ``Class.cause`` where a cause has words of its own."""
    return table("", lang)


def causes(lang: str) -> Mapping[str, str]:
    """The words of causes that runs, expressions and files know by a key."""
    known: Mapping[str, str] = table("findings_", lang)["causes"]
    return known
