"""The screens' words by language, a TOML file each.

Vietnamese is the source, English has every key. Any other file beside them, say ``tyz.toml``, is
offered to citizens on the public pages; what it does not say is said in Vietnamese. What
procedures, offices and roles are called is no sentence of ours: such a file says it by its
Vietnamese words, in the table ``texts``.
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
    own = _read(lang)
    return own if lang in LANGUAGES else {**words(LANGUAGES[0]), **own}


@cache
def _read(lang: str) -> dict[str, str]:
    file = _HERE / f"{lang}.toml"
    if not file.is_file():
        return {}  # the engine may have words in a language that the screens have none in
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")), ""))


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
    return _nearest(tongue())


def own_name(lang: str) -> str:
    """What a language calls itself, in its own file; else its code."""
    return _read(lang).get("site.own_name") or lang.upper()


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
    reader = tongue()
    told = text if isinstance(text, str) else text.say(_nearest(reader))
    return told if reader in LANGUAGES else words(reader).get(f"texts.{told}", told)


def _nearest(lang: str) -> str:
    return lang if lang in LANGUAGES else LANGUAGES[0]


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
