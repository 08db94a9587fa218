"""The sentences of the screens: both languages, and every key that is asked for."""

from __future__ import annotations

import re
import shutil
import string
from pathlib import Path

import pytest

from app.i18n import catalogue, t, words
from tests.office import Office

HOUSE = Path(__file__).resolve().parents[2]
APP = HOUSE / "app"
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


def test_tone_marks_and_quotation_marks_are_those_of_the_house() -> None:
    old = re.compile(r"\b(khóa|xóa|tùy|hóa|hòa|tòa|ủy|thủy|hủy)\b", re.IGNORECASE)
    files = [*APP.rglob("i18n/*.toml"), *HOUSE.glob("engine/words/*.toml")]
    files += [HOUSE / "engine/slips/sample.py", *HOUSE.glob("processes/*/procedure.toml")]
    files += [*HOUSE.glob("forms/*/*.json"), *HOUSE.glob("processes/*/process.bpmn")]
    found = {file.name: old.findall(file.read_text("utf-8")) for file in files}
    assert {name: said for name, said in found.items() if said} == {}
    assert [key for lang in ("vi", "en") for key, said in words(lang).items() if "«" in said] == []


def test_one_is_singular_and_two_are_plural_in_english() -> None:
    assert t("left.days", "en", n=1) == "1 day"
    assert t("left.days", "en", n=2) == "2 days"
    assert t("left.days", "vi", n=2) == "2 ngày"


def test_a_file_more_is_a_language_more_for_citizens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    for lang in ("vi", "en"):
        shutil.copy(APP / "i18n" / f"{lang}.toml", tmp_path)
    own = '[site]\ntrack = "Mẫu: tra hồ sơ"\n'
    (tmp_path / "tyz.toml").write_text(own, encoding="utf-8")
    monkeypatch.setattr(catalogue, "_HERE", tmp_path)
    for kept in (catalogue.words, catalogue.offered):
        kept.cache_clear()
    citizen = office.app.test_client()
    assert "TYZ" in citizen.get("/track").text
    assert citizen.get("/lang/tyz?next=/track").status_code == 303
    page = citizen.get("/track").text
    assert '<html lang="tyz">' in page
    assert "Mẫu: tra hồ sơ" in page  # its own words
    assert "Danh mục thủ tục" in page  # and Vietnamese for the rest
    assert citizen.get("/lang/xx?next=/track").status_code == 404
    assert "TYZ" not in office.browser("reception1.binhlieu").get("/counter").text
    for kept in (catalogue.words, catalogue.offered):
        kept.cache_clear()
