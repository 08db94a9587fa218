"""The sentences of the screens: both languages, and every key that is asked for."""

from __future__ import annotations

import re
import string
from pathlib import Path

from app.i18n import t, words

APP = Path(__file__).resolve().parents[2] / "app"
SOURCES = [
    file.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for file in APP.rglob(kind)
]
ASKED = {key for text in SOURCES for key in re.findall(r"\bt\(\s*\"([\w.-]+)\"\s*[,)]", text)}


def places(sentence: str) -> set[str]:
    """The names in braces; ``s`` is the English plural's ending and may be in one language only."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name} - {"s"}


def test_both_languages_have_the_same_sentences() -> None:
    assert set(words("vi")) == set(words("en"))


def test_a_sentence_and_its_translation_speak_of_the_same_things() -> None:
    unlike = [key for key, said in words("vi").items() if places(said) != places(words("en")[key])]
    assert unlike == []


def test_every_sentence_that_is_asked_for_is_there() -> None:
    assert len(ASKED) > 150
    assert set(words("vi")) >= ASKED


def test_nothing_is_left_untranslated() -> None:
    names = {"site.name", "journal.other"}
    same = {key for key, said in words("vi").items() if said == words("en")[key]}
    assert same == names


def test_one_is_singular_and_two_are_plural_in_english() -> None:
    assert t("left.days", "en", n=1) == "1 day"
    assert t("left.days", "en", n=2) == "2 days"
    assert t("left.days", "vi", n=2) == "2 ngày"
