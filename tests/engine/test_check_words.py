"""Every rule can be said to a designer in both languages, and the docs name everything."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path
from string import Formatter

import pytest

from engine.bpmn.finding import Finding
from engine.bpmn.moment import FUNCTIONS
from engine.bpmn.vocabulary import FLOW_NODES
from engine.check import RULES, words
from engine.check.catalogue import SERVICES
from engine.check.properties import PROPERTIES
from engine.check.wording import sentences
from engine.script.offered import OFFERED
from engine.slips import KINDS
from engine.store.organisation import KINDS as UNIT_KINDS
from engine.store.organisation import ROLES

ROOT = Path(__file__).parents[2]
LANGUAGES = ("vi", "en")


def accented(text: str) -> bool:
    """Whether a text has letters that only Vietnamese has."""
    letters = unicodedata.normalize("NFD", text.lower())
    return "đ" in letters or any(unicodedata.combining(letter) for letter in letters)


def diagram_rules() -> set[str]:
    """The rules the diagram room can speak of, read from its own source."""
    found: set[str] = set()
    for path in sorted((ROOT / "engine/bpmn").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"(bpmn|dmn)\.[a-z-]+", node.value):
                    found.add(node.value)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "found":
                first = node.args[0]
                assert isinstance(first, ast.Constant), (path.name, node.lineno)
                found.add(f"bpmn.{first.value}")
    return found


ALL = sorted(set(RULES) | diagram_rules())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", ALL)
def test_every_rule_has_a_message_and_an_advice(rule: str, lang: str) -> None:
    entry = sentences(lang)[rule]
    assert set(entry) == {"message", "advice"}
    assert entry["message"].endswith((".", "?"))
    assert len(entry["advice"]) > 8
    assert accented(entry["message"]) == (lang == "vi")


@pytest.mark.parametrize("rule", ALL)
def test_both_languages_speak_of_the_same_particulars(rule: str) -> None:
    used = [
        {name for _, name, _, _ in Formatter().parse(sentences(lang)[rule]["message"]) if name}
        for lang in LANGUAGES
    ]
    assert used[0] - {"kind"} == used[1] - {"kind"}


def test_there_are_no_sentences_for_rules_that_do_not_exist() -> None:
    for lang in LANGUAGES:
        assert set(sentences(lang)) - {"kinds", "causes", "rule.unknown"} == set(ALL)


def test_every_drawn_element_has_a_name_in_both_languages() -> None:
    for lang in LANGUAGES:
        assert set(sentences(lang)["kinds"]) >= FLOW_NODES


def test_a_designer_reads_which_step_and_what_to_do() -> None:
    finding = Finding(
        "form.none", "error", "process.bpmn", "FieldCheck", "Kiểm tra thực địa", "userTask", 12,
        {"example": "FieldCheck.schema.json"},
    )  # fmt: skip
    message, advice = words(finding, "vi")
    assert message == "Bước «Kiểm tra thực địa» chưa có biểu mẫu."
    assert "formJsonSchemaFilename = FieldCheck.schema.json" in advice
    assert words(finding, "en")[0] == "The step “Kiểm tra thực địa” has no form."


def test_a_guess_is_offered_only_where_there_is_one() -> None:
    finding = Finding(
        "property.unknown", "warning", "p.bpmn", "A", "", "userTask", 1, {"property": "clok"}
    )
    assert "ý bạn" not in words(finding, "vi")[1]
    guessed = Finding(
        "property.unknown", "warning", "p.bpmn", "A", "", "userTask", 1,
        {"property": "clok", "meant": "clock"},
    )  # fmt: skip
    assert "Có phải ý bạn là «clock»?" in words(guessed, "vi")[1]
    assert "Bước «A» có thuộc tính lạ «clok»" in words(guessed, "vi")[0]


def test_braces_and_long_texts_in_a_finding_are_shown_and_not_obeyed() -> None:
    finding = Finding(
        "name.unknown", "error", "p.bpmn", "{rule}", "{0.__class__}", "userTask", 1,
        {"value": "{name}" + "x" * 1000},
    )  # fmt: skip
    message = words(finding, "en")[0]
    assert "{0.__class__}" in message
    assert "{name}" in message
    assert len(message) < 600


def test_a_cause_of_the_language_is_said_in_words() -> None:
    finding = Finding(
        "bpmn.bad-expression", "error", "p.bpmn", "A", "A", "exclusiveGateway", 1,
        {"text": "a +", "cause": "syntax", "place": "condition"},
    )  # fmt: skip
    assert "(sai cú pháp)" in words(finding, "vi")[0]
    assert "(wrong syntax)" in words(finding, "en")[0]


def test_a_rule_without_words_is_still_said() -> None:
    message, advice = words(Finding("new.rule", "error", "p.bpmn", "A", "Bước A", "task"), "vi")
    assert "new.rule" in message
    assert advice


def test_the_profile_names_every_property_service_slip_role_and_function() -> None:
    page = (ROOT / "docs/bpmn-profile.md").read_text("utf-8")
    said = set(re.findall(r"[\w.-]+", page))
    for known in (PROPERTIES, SERVICES, KINDS, ROLES, UNIT_KINDS, OFFERED, FUNCTIONS):
        assert set(known) <= said
    for service in SERVICES.values():
        assert set(service.parameters) <= said
        assert set(service.result) <= said
