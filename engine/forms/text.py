"""A sentence in both languages of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """Vietnamese is the source, English its translation."""

    vi: str
    en: str = ""

    def say(self, lang: str) -> str:
        """The sentence in ``lang``; Vietnamese where there is no translation."""
        return (self.en or self.vi) if lang == "en" else self.vi


def text_of(value: Any) -> Text | None:
    """A ``{"vi": …, "en": …}`` of a file as a Text; None when it is not one."""
    if not isinstance(value, dict) or not isinstance(value.get("vi"), str):
        return None
    english = value.get("en", "")
    return Text(value["vi"], english if isinstance(english, str) else "")
