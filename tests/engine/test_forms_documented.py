"""docs/forms.md names every keyword of the profile, and lint names what is not in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.forms import lint, load, profile
from engine.forms.scope import FUNCTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")


def test_every_word_of_the_profile_is_explained() -> None:
    words: set[str] = set().union(*profile.KEYWORDS.values())
    words |= profile.AT_THE_ROOT | set(profile.FORMATS) | set(profile.TYPES)
    words |= profile.UI_KEYS | profile.FIELD_KEYS | set(profile.WIDGETS) | set(profile.WIDTHS)
    words |= set(profile.CARD) | set(profile.RULES) | profile.RESERVED
    assert {word for word in words if f"`{word}`" not in PAGE} == set()
    assert {name for name in FUNCTIONS if name not in PAGE} == set()


TEXT = {"vi": "Chữ", "en": "Text"}
PLAIN: dict[str, Any] = {"a": {"type": "string"}}
LABEL: dict[str, Any] = {"label": TEXT}


def found(properties: dict[str, Any], look: dict[str, Any], **ui: Any) -> list[tuple[str, str]]:
    schema = {"type": "object", "properties": properties, **ui.pop("root", {})}
    told = lint(load(json.dumps(schema).encode(), json.dumps({"fields": look, **ui}).encode()))
    return [(rule, pointer) for rule, pointer, _ in told]


@pytest.mark.parametrize(
    ("properties", "look", "rule"),
    [
        ({"a": {"type": "string", "maxlength": 3}}, LABEL, "schema.keyword"),
        ({"a": {"type": "string", "$ref": "x"}}, LABEL, "schema.keyword"),
        ({"a": {"type": "string", "minimum": 3}}, LABEL, "schema.keyword"),
        ({"a": {"type": "text"}}, LABEL, "schema.type"),
        ({"a": {"type": ["string", "null"]}}, LABEL, "schema.type"),
        ({"a": {"type": "string", "format": "money"}}, LABEL, "schema.format"),
        ({"a": {"type": "string", "minLength": 5, "maxLength": 3}}, LABEL, "schema.bounds"),
        ({"a": {"type": "array"}}, LABEL, "schema.keyword"),
        (PLAIN, {}, "ui.label"),
        (PLAIN, {"label": {"vi": "Chữ"}}, "ui.text"),
        (PLAIN, {**LABEL, "colour": "red"}, "ui.key"),
        (PLAIN, {**LABEL, "widget": "slider"}, "ui.widget"),
        (PLAIN, {**LABEL, "widget": "radio"}, "ui.widget"),
        (PLAIN, {**LABEL, "width": "wide"}, "ui.value"),
        (PLAIN, {**LABEL, "sensitive": "yes"}, "ui.value"),
        (PLAIN, {**LABEL, "cccd": "shoe"}, "ui.value"),
        (PLAIN, {**LABEL, "visibleWhen": "a =="}, "ui.expression"),
        (PLAIN, {**LABEL, "compute": "lambda: 1"}, "ui.expression"),
        (PLAIN, {**LABEL, "visibleWhen": "today() > a"}, "ui.expression"),
        (PLAIN, {**LABEL, "messages": {"needed": TEXT}}, "ui.message"),
        ({"a": {"type": "string", "enum": ["x"]}}, LABEL, "ui.option"),
        ({"a": {"type": "string", "enum": ["x"]}}, {**LABEL, "options": {"y": TEXT}}, "ui.option"),
    ],
)
def test_what_is_not_of_the_profile_is_named(
    properties: dict[str, Any], look: dict[str, Any], rule: str
) -> None:
    assert (rule, "a") in found(properties, {"a": look})


def test_what_does_not_fit_together_is_named() -> None:
    assert ("ui.field", "b") in found(PLAIN, {"a": LABEL, "b": LABEL})
    assert ("schema.required", "") in found(PLAIN, {"a": LABEL}, root={"required": ["b"]})
    assert ("schema.reserved", "today") in found({"today": {"type": "string"}}, {"today": LABEL})
    section = {"title": TEXT, "fields": ["b"]}
    told = found(PLAIN, {"a": LABEL}, sections=[section])
    assert ("ui.section", "a") in told
    assert ("ui.section", "b") in told
    check = {"when": "a >", "field": "c", "message": TEXT}
    told = found(PLAIN, {"a": LABEL}, checks=[check])
    assert ("ui.check", "c") in told
    assert ("ui.expression", "c") in told
    assert ("ui.key", "") in found(PLAIN, {"a": LABEL}, colours={})


def test_a_form_that_keeps_to_the_profile_has_no_findings() -> None:
    assert found(PLAIN, {"a": LABEL}, sections=[{"title": TEXT, "fields": ["a"]}]) == []
