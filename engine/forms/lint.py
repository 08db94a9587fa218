"""What a form's two files say that is not of the profile, or does not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from engine.errors import BadExpression
from engine.forms.definition import Field
from engine.forms.form import Form
from engine.forms.loading import shape_of
from engine.forms.profile import (
    AT_THE_ROOT,
    CARD,
    CHECK_KEYS,
    EXPRESSIONS,
    FIELD_KEYS,
    FLAGS,
    FORMATS,
    KEYWORDS,
    RESERVED,
    RULES,
    SECTION_KEYS,
    TEXTS,
    UI_KEYS,
    WIDGETS,
    WIDTHS,
)
from engine.forms.scope import FUNCTIONS
from engine.forms.text import text_of
from engine.script import compile_expression
from engine.script.offered import OFFERED

Told = tuple[str, str, str]  # rule, pointer, detail


def lint(form: Form) -> tuple[Told, ...]:
    """Every finding as (rule, pointer, detail)."""
    return tuple(_all(form))


def _all(form: Form) -> Iterator[Told]:
    yield from _schema(form.schema, "", AT_THE_ROOT)
    fields = {field.path: field for field in form.walk()}
    yield from _keys(form.ui, UI_KEYS, "")
    for name in form.ui.get("fields", {}):
        if name not in fields:
            yield "ui.field", name, _meant(name, fields)
    for path, field in fields.items():
        yield from _field(field, path)
    yield from _sections(form)
    yield from _checks(form, fields)


def _keys(given: Mapping[str, Any], known: Any, pointer: str) -> Iterator[Told]:
    for key in given:
        if key not in known:
            yield "ui.key", pointer, f"{key}{_meant(key, known, ' → ')}"


def _meant(name: Any, known: Any, before: str = "") -> str:
    close = get_close_matches(str(name)[:60], list(known), 1, 0.7)
    return f"{before}{close[0]}" if close else ""


# the schema
# ----------


def _schema(schema: Mapping[str, Any], pointer: str, more: frozenset[str]) -> Iterator[Told]:
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in KEYWORDS:
        yield "schema.type", pointer, str(kind)
        return
    for key in schema:
        if key not in KEYWORDS[kind] | more:
            yield "schema.keyword", pointer, f"{key}{_meant(key, KEYWORDS[kind], ' → ')}"
    form = schema.get("format")
    if form is not None and (not isinstance(form, str) or FORMATS.get(form) != kind):
        yield "schema.format", pointer, str(form)
    yield from _values(schema, pointer)
    if kind == "object":
        yield from _object(schema, pointer)
    elif kind == "array":
        yield from _items(schema, pointer)


def _values(schema: Mapping[str, Any], pointer: str) -> Iterator[Told]:
    if schema.get("additionalProperties", False) is not False:
        yield "schema.keyword", pointer, "additionalProperties: false"
    for low, high in (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")):
        least, most = schema.get(low), schema.get(high)
        if isinstance(least, (int, float)) and isinstance(most, (int, float)) and least > most:
            yield "schema.bounds", pointer, f"{low} {least} > {high} {most}"


def _object(schema: Mapping[str, Any], pointer: str) -> Iterator[Told]:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if not isinstance(name, str) or name not in properties:
            yield "schema.required", pointer, f"{name}{_meant(name, properties, ' → ')}"
    for name, one in properties.items():
        if name in RESERVED:
            yield "schema.reserved", f"{pointer}{name}", name
        yield from _schema(one, f"{pointer}{name}", frozenset())


def _items(schema: Mapping[str, Any], pointer: str) -> Iterator[Told]:
    items = schema.get("items")
    if not isinstance(items, dict):
        yield "schema.keyword", pointer, "items"
        return
    if items.get("type") == "object":
        yield from _schema(items, f"{pointer}.", frozenset())
    elif items.get("type") != "string":
        yield "schema.type", pointer, f"items: {items.get('type')}"
    else:
        yield from _schema(items, pointer, frozenset())


# the UI schema
# -------------


def _field(field: Field, path: str) -> Iterator[Told]:
    yield from _keys(field.ui, FIELD_KEYS, path)
    yield from _plain(field, path)
    yield from _widget(field, path)
    yield from _options(field, path)
    yield from _messages(field, path)
    for key in EXPRESSIONS:
        if key in field.ui:
            yield from _expression(field.ui[key], path, key)


def _plain(field: Field, path: str) -> Iterator[Told]:
    if field.label.vi == field.name and text_of(field.ui.get("label")) is None:
        yield "ui.label", path, "label"
    for key in TEXTS:
        if key in field.ui and not _two(field.ui[key]):
            yield "ui.text", path, key
    for key in FLAGS:
        if key in field.ui and not isinstance(field.ui[key], bool):
            yield "ui.value", path, key
    if field.ui.get("width", "full") not in WIDTHS:
        yield "ui.value", path, f"width {field.ui['width']}"
    if "cccd" in field.ui and field.ui["cccd"] not in CARD:
        yield "ui.value", path, f"cccd {field.ui['cccd']}"


def _two(value: Any) -> bool:
    text = text_of(value)
    return text is not None and bool(text.vi.strip()) and bool(text.en.strip())


def _widget(field: Field, path: str) -> Iterator[Told]:
    widget = field.ui.get("widget")
    if widget is None:
        return
    if not isinstance(widget, str) or widget not in WIDGETS:
        yield "ui.widget", path, f"{widget}{_meant(widget, WIDGETS, ' → ')}"
    elif shape_of(field.schema) not in WIDGETS[widget]:
        yield "ui.widget", path, f"{widget} ≠ {shape_of(field.schema)}"


def _options(field: Field, path: str) -> Iterator[Told]:
    said = field.ui.get("options")
    said = said if isinstance(said, dict) else {}
    values = {str(v).lower() if isinstance(v, bool) else str(v) for v, _ in field.options}
    for key, text in said.items():
        if key not in values:
            yield "ui.option", path, f"{key}{_meant(key, values, ' → ')}"
        elif not _two(text):
            yield "ui.text", path, f"options {key}"
    for value in sorted(values - set(said)):
        yield "ui.option", path, value


def _messages(field: Field, path: str) -> Iterator[Told]:
    said = field.ui.get("messages", {})
    if not isinstance(said, dict):
        yield "ui.value", path, "messages"
        return
    for rule, text in said.items():
        if rule not in RULES:
            yield "ui.message", path, f"{rule}{_meant(rule, RULES, ' → ')}"
        elif not _two(text):
            yield "ui.text", path, f"messages {rule}"


def _expression(text: Any, path: str, key: str) -> Iterator[Told]:
    if not isinstance(text, str):
        yield "ui.expression", path, f"{key}: text"
        return
    try:
        called = compile_expression(text).calls
    except BadExpression as fault:
        yield "ui.expression", path, f"{key}: {fault.cause}"
        return
    known = {*FUNCTIONS, *OFFERED}
    for name in sorted(called - known):  # it would have no value, and the rule would never apply
        yield "ui.expression", path, f"{key}: {name}(){_meant(name, known, ' → ')}"


def _sections(form: Form) -> Iterator[Told]:
    listed = form.ui.get("sections", [])
    names = {field.name for field in form.fields}
    seen: set[str] = set()
    for section in listed if isinstance(listed, list) else [None]:
        if not isinstance(section, dict) or not isinstance(section.get("fields"), list):
            yield "ui.section", "", "fields"
            continue
        yield from _keys(section, SECTION_KEYS, "sections")
        if "title" in section and not _two(section["title"]):
            yield "ui.text", "sections", "title"
        for name in map(str, section["fields"]):
            if name not in names or name in seen:
                yield "ui.section", name, _meant(name, names)
            seen.add(name)
    if listed:
        for name in sorted(names - seen):
            yield "ui.section", name, ""


def _checks(form: Form, fields: Mapping[str, Field]) -> Iterator[Told]:
    listed = form.ui.get("checks", [])
    for check in listed if isinstance(listed, list) else [None]:
        if not isinstance(check, dict):
            yield "ui.check", "", "checks"
            continue
        yield from _keys(check, CHECK_KEYS, "checks")
        where = check.get("field")
        if not isinstance(where, str) or where not in fields:
            yield "ui.check", str(where), _meant(where, fields)
        if not _two(check.get("message")):
            yield "ui.text", str(where), "checks message"
        yield from _expression(check.get("when"), str(where), "checks when")
