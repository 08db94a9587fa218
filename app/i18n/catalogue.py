"""The screens' words by language, a TOML file each.

Vietnamese is the source, English has every key. Any other file beside them, say ``tyz.toml``, is
offered to citizens on the public pages; what it does not say is said in Vietnamese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from flask import has_request_context, request

LANGUAGES = ("vi", "en")
COOKIE = "lang"
_HERE = Path(__file__).parent


class Sayable(Protocol):
    """A text of the engine that knows both languages."""

    def say(self, lang: str) -> str: ...


@cache
def words(lang: str) -> Mapping[str, str]:
    """All sentences of one language by dotted key."""
    with (_HERE / f"{lang}.toml").open("rb") as file:
        own = dict(_flat(tomllib.load(file), ""))
    return own if lang in LANGUAGES else {**words(LANGUAGES[0]), **own}


@cache
def offered() -> tuple[str, ...]:
    """Every language there is a file of, the house's own two first."""
    files = {file.stem for file in _HERE.glob("*.toml")}
    return (*LANGUAGES, *sorted(files - set(LANGUAGES)))


def tongue() -> str:
    """The reader's language: what the switch left in the cookie, else Vietnamese."""
    chosen = request.cookies.get(COOKIE) if has_request_context() else None
    return chosen if chosen in offered() else LANGUAGES[0]


def language() -> str:
    """The one of the house's own two languages that is nearest: dates and procedures speak it."""
    chosen = tongue()
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def t(key: str, lang: str | None = None, **values: object) -> str:
    """The sentence of ``key``; a number ``n`` also gives ``{s}``, the English plural's ending."""
    if "n" in values:
        values.setdefault("s", "" if values["n"] == 1 else "s")
    sentence = words(lang or tongue())[key]
    return sentence.format(**values) if values else sentence


def say(text: Sayable | str | None) -> str:
    """A text of the engine in the reader's language."""
    if text is None:
        return ""
    return text if isinstance(text, str) else text.say(language())


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
