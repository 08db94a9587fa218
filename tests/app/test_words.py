"""The sentences of the screens: both languages, and every key that is asked for."""

from __future__ import annotations

import re
import shutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.i18n import catalogue, t, words
from engine.commands import telling
from engine.slips import KINDS
from engine.store import tables as engine_tables
from engine.words import notices, tables
from tests.app.test_citizens import Citizen
from tests.app.test_first_dossier import receive
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import Office, read

OUTCOMES = ("early", "on time", "late")
HOUSE = Path(__file__).resolve().parents[2]
APP = HOUSE / "app"
ENGINE = HOUSE / "engine"
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


def test_a_walk_calls_slips_and_outcomes_what_the_pages_call_them() -> None:
    for lang in tables.LANGUAGES:
        said = tables.table("walks_", lang)["values"]
        pages = {kind: t(f"slip.{kind}", lang) for kind in KINDS}
        pages |= {one: t(f"outcome.{one.replace(' ', '_')}", lang) for one in OUTCOMES}
        assert {name: said[name] for name in pages} == pages


def test_one_is_singular_and_two_are_plural_in_english() -> None:
    assert t("left.days", "en", n=1) == "1 day"
    assert t("left.days", "en", n=2) == "2 days"
    assert t("left.days", "vi", n=2) == "2 ngày"


OWN = """
[site]
own_name = "Mẫu"
track = "§Tra hồ sơ"
[track]
waits_for = "§Chờ: {who}"
stands_papers = "§Đến lượt bà con"
paused_why = "§Tạm dừng: {why}."
not_counted = "§không tính"
usually = "§thường mất {limit}"
[texts]
"Xác nhận tình trạng đất đai" = "§Xác nhận đất"
"Công chức chuyên môn" = "§Công chức"
"Chờ người nộp bổ sung, hoàn thiện hồ sơ" = "§Chờ bổ sung"
"Đã nhận hồ sơ" = "§Đã nhận"
"Trung tâm Phục vụ hành chính công xã Bình Liêu" = "§Trung tâm Bình Liêu"
"""
TIME = """
weekdays = ["§2", "§3", "§4", "§5", "§6", "§7", "§CN"]
[limit]
"working days" = "{n} §ngày"
[ledger]
"received" = "§ngày nhận{outside}"
"paused" = "§đồng hồ dừng{because}"
"""
TOLD = """
[received]
sms = "§{centre} đã nhận {code}. Hẹn {due}: {url}"
"""


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A third language: files dropped beside the others, where they lie and by no other act."""
    screens, engine = tmp_path / "i18n", tmp_path / "words"
    kept = (catalogue.words, catalogue.offered, catalogue._read, tables.table, tables.languages)
    for folder, into in ((APP / "i18n", screens), (ENGINE / "words", engine)):
        shutil.copytree(folder, into, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (screens / "tyz.toml").write_text(OWN, encoding="utf-8")
    (engine / "time_tyz.toml").write_text(TIME, encoding="utf-8")
    (engine / "notices_tyz.toml").write_text(TOLD, encoding="utf-8")
    (engine / "tyz.toml").write_text('NothingSaid = "§Chưa viết gì."', encoding="utf-8")
    monkeypatch.setattr(catalogue, "_HERE", screens)
    monkeypatch.setattr(tables, "HERE", engine)
    for cached in kept:
        cached.cache_clear()
    known = tables.languages("notices_")
    for module in (notices, telling):  # read once a process
        monkeypatch.setattr(module, "LANGUAGES", known)
    yield "tyz"
    for cached in kept:
        cached.cache_clear()


def test_a_file_more_is_a_language_more_for_citizens(third: str, office: Office) -> None:
    citizen = office.app.test_client()
    assert "TYZ" in citizen.get("/track").text
    assert citizen.get("/lang/tyz?next=/track").status_code == 303
    page = citizen.get("/track").text
    assert '<html lang="tyz">' in page
    assert "§Tra hồ sơ" in page  # its own words
    assert "Danh mục thủ tục" in page  # and Vietnamese for the rest
    assert citizen.get("/lang/xx?next=/track").status_code == 404
    assert "TYZ" not in office.browser("reception1.binhlieu").get("/counter").text


def test_the_whole_tracking_page_is_said_in_a_third_language(third: str, office: Office) -> None:
    citizen = Citizen(office)
    citizen.browser.get("/lang/tyz")
    working = citizen.reads()
    for said in (
        "§Xác nhận đất", "§Chờ: §Công chức", "§2 21/07/2025, 17:00", "§thường mất 3 §ngày",
        "§Đã nhận", "§ngày nhận", "Nơi nộp hồ sơ §Trung tâm Bình Liêu",
    ):  # fmt: skip
        assert said in working, said
    assert "§Chưa viết gì." in read(citizen.do("feedback", text=" ").text)
    ask_for_papers(office)
    waiting = citizen.reads()
    for said in ("§Đến lượt bà con", "§Tạm dừng: §Chờ bổ sung.", "§đồng hồ dừng: §Chờ bổ sung"):
        assert said in waiting, said


def test_a_third_language_is_offered_at_the_counter_and_told_in(third: str, office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    assert '<option value="tyz" lang="tyz">Mẫu</option>' in page
    assert (
        '<option value="tyz" lang="tyz">Mẫu</option>'
        in office.browser("officer1.binhlieu").get("/account").text
    )
    receive(office, **{"applicant.language": third})
    (row,) = rows(office, engine_tables.notices)
    assert (row["language"], row["body"][:1]) == ("tyz", "§")
