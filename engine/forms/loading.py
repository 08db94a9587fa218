"""Two files become the parts of a form; what cannot be read at all is ``BadPackage``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from engine.errors import BadPackage
from engine.forms.definition import CrossCheck, Field, Layout, Section
from engine.forms.patterns import Unbounded, check_pattern
from engine.forms.profile import KEYWORDS, MAX_BYTES, MAX_DEPTH, MAX_FIELDS
from engine.forms.text import Text, text_of

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_BY_FORMAT: Final = {
    "date": "date",
    "citizen-id": "citizen-id",
    "phone-vn": "phone",
    "money": "money",
}
_AS_WIDGET: Final = frozenset({"textarea", "hidden", "date", "citizen-id", "phone"})


def read_layout(schema: bytes, ui: bytes) -> Layout:
    """The form of two files."""
    root, look = _json(schema, "schema.json"), _json(ui, "ui.json")
    fields = look.get("fields", {})
    if not isinstance(fields, dict):
        raise BadPackage(path="ui.json", cause="fields")
    if root.get("type") != "object" or not isinstance(root.get("properties", {}), dict):
        raise BadPackage(path="schema.json", cause="type: object")
    tree = _Tree(fields).fields(root, "")
    return Layout(
        tree, _sections(look.get("sections"), tree), _checks(look.get("checks")), root, look
    )


def _json(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise BadPackage(path=name, cause="too_big")
    try:
        read = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_never)
    except (ValueError, RecursionError) as error:
        raise BadPackage(path=name, cause=f"json: {error}") from error
    if not isinstance(read, dict):
        raise BadPackage(path=name, cause="json: object")
    return read


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"twice: {twice}")
    return found


def _never(constant: str) -> None:
    raise ValueError(constant)


class _Tree:
    """Reads properties into fields, with what the UI schema says about each."""

    def __init__(self, look: Mapping[str, Any]) -> None:
        self._look = look
        self._count = 0

    def fields(self, schema: Mapping[str, Any], above: str) -> tuple[Field, ...]:
        """The fields of an object's properties, in their order."""
        if above.count(".") >= MAX_DEPTH:
            raise BadPackage(path=above, cause="too_deep")
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise BadPackage(path=above or "schema.json", cause="properties")
        found = [
            self._field(name, one, above, name in required) for name, one in properties.items()
        ]
        return tuple(sorted(found, key=_place))

    def _field(self, name: str, schema: Any, above: str, required: bool) -> Field:
        path = f"{above}{name}"
        self._count += 1
        if self._count > MAX_FIELDS:
            raise BadPackage(path=path, cause="too_many")
        if not NAME.fullmatch(name) or not isinstance(schema, dict):
            raise BadPackage(path=path, cause="name" if isinstance(schema, dict) else "schema")
        _bounded(schema, path)
        ui = self._look.get(path, {})
        ui = ui if isinstance(ui, dict) else {}
        kind = kind_of(schema, ui.get("widget"))
        inner = schema.get("items", {}) if kind == "rows" else schema
        label = text_of(ui.get("label"))
        title = schema.get("title")
        return Field(
            name=name,
            path=path,
            kind=kind,
            schema=schema,
            ui=ui,
            label=label or Text(title if isinstance(title, str) else name),
            hint=text_of(ui.get("hint")),
            required=required,
            readonly=ui.get("widget") == "readonly" or isinstance(ui.get("compute"), str),
            children=self.fields(inner, f"{path}.") if kind in ("group", "rows") else (),
            options=_options(schema, ui),
        )


def _place(field: Field) -> float:
    order = field.ui.get("order")
    return order if isinstance(order, (int, float)) else 0


def _bounded(schema: Mapping[str, Any], path: str) -> None:
    for one in (schema, schema.get("items")):
        pattern = one.get("pattern") if isinstance(one, dict) else None
        if pattern is None:
            continue
        try:
            check_pattern(pattern if isinstance(pattern, str) else "(")
        except (Unbounded, re.error, IndexError, OverflowError) as error:
            raise BadPackage(path=path, cause=f"pattern: {error}") from error


def shape_of(schema: Mapping[str, Any]) -> str:
    """string, number, integer, boolean, enum, choices, list, rows or group."""
    kind = str(schema.get("type", ""))
    if kind == "object":
        return "group"
    if kind == "array":
        items = schema.get("items")
        items = items if isinstance(items, dict) else {}
        if items.get("type") == "object":
            return "rows"
        return "choices" if isinstance(items.get("enum"), list) else "list"
    if isinstance(schema.get("enum"), list):
        return "enum"
    return kind if kind in KEYWORDS else "string"


def kind_of(schema: Mapping[str, Any], widget: Any) -> str:
    """How the field is typed: from the shape of its schema, its format and its widget."""
    shape = shape_of(schema)
    if shape in ("group", "rows", "choices"):
        return shape
    if shape == "list":
        return "file" if widget == "file" else "lines"
    if shape == "boolean":
        return "checkbox"
    if shape == "enum":
        return str(widget) if widget in ("radio", "hidden") else "select"
    if shape in ("number", "integer"):
        if widget == "money" or schema.get("format") == "money":
            return "money"
        return shape
    if isinstance(widget, str) and widget in _AS_WIDGET:
        return str(widget)
    return _BY_FORMAT.get(str(schema.get("format")), "text")


def _options(schema: Mapping[str, Any], ui: Mapping[str, Any]) -> tuple[tuple[Any, Text], ...]:
    items = schema.get("items")
    values = schema.get("enum") or (items.get("enum") if isinstance(items, dict) else None)
    if not isinstance(values, list):
        return ()
    said = ui.get("options")
    said = said if isinstance(said, dict) else {}
    found = []
    for value in values:
        key = str(value).lower() if isinstance(value, bool) else str(value)
        found.append((value, text_of(said.get(key)) or Text(key)))
    return tuple(found)


def _sections(listed: Any, fields: tuple[Field, ...]) -> tuple[Section, ...]:
    """Sections as the UI schema orders them; what it leaves out comes last, without a heading."""
    by_name = {field.name: field for field in fields}
    found = []
    for one in listed if isinstance(listed, list) else []:
        names = one.get("fields", []) if isinstance(one, dict) else []
        taken = [by_name.pop(name) for name in names if isinstance(name, str) and name in by_name]
        if taken:
            found.append(Section(text_of(one.get("title")), tuple(taken)))
    if by_name:
        found.append(Section(None, tuple(by_name.values())))
    return tuple(found)


def _checks(listed: Any) -> tuple[CrossCheck, ...]:
    found = []
    for one in listed if isinstance(listed, list) else []:
        message = text_of(one.get("message")) if isinstance(one, dict) else None
        if message and isinstance(one.get("when"), str) and isinstance(one.get("field"), str):
            found.append(CrossCheck(one["when"], one["field"], message))
    return tuple(found)
