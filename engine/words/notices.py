"""What people are told by e-mail and SMS, from the files ``notices_<language>.toml``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal

from engine.words.tables import languages, table

LANGUAGES = languages("notices_")  # a file more is a language more to be told in
Channel = Literal["mail", "sms"]


def notices(lang: str) -> Mapping[str, Mapping[str, str]]:
    """Every event of a language with its subject, body and SMS."""
    return table("notices_", lang)


def notice(event: str, channel: Channel, lang: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """(subject, text) of an event; an SMS has no subject and no accents. Raises KeyError."""
    texts = notices(lang)[event]
    if channel == "sms":
        return "", without_accents(texts["sms"].format_map(facts))
    return texts["subject"].format_map(facts), texts["body"].strip().format_map(facts) + "\n"


def without_accents(text: str) -> str:
    """Vietnamese as telephones of every kind show it: half the length on the network, too.

    >>> without_accents("Đã nhận hồ sơ")
    'Da nhan ho so'
    """
    parted = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in parted if not unicodedata.combining(sign))
