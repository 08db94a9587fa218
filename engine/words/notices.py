"""What people are told by e-mail and SMS, from ``notices_vi.toml`` and ``notices_en.toml``."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

LANGUAGES = ("vi", "en")
Channel = Literal["mail", "sms"]


@cache
def notices(lang: str) -> Mapping[str, Mapping[str, str]]:
    """Every event of a language with its subject, body and SMS."""
    file = Path(__file__).with_name(f"notices_{lang if lang in LANGUAGES else 'vi'}.toml")
    read: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return read


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
