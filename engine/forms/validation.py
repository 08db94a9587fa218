"""The form's schema as JSON Schema 2020-12 judges it, with the platform's formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend

from engine.codes import is_citizen_id, is_email, is_phone
from engine.errors import BadPackage
from engine.forms.definition import Field, Layout
from engine.forms.patterns import LONGEST_TYPED
from engine.forms.profile import FORMATS, KEYWORDS

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_MONEY = 10**13
_SILENT = frozenset({"title", "description", "$comment", "properties", "items", "required"})


def is_day(text: str) -> bool:
    """A day that exists, written ``2025-07-19``, in the years that dossiers speak of."""
    if not _ISO.fullmatch(text):
        return False
    try:
        return 1800 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


CHECKERS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "citizen-id": is_citizen_id,
    "date": is_day,
    "email": is_email,
    "money": lambda amount: 0 <= amount <= _MOST_MONEY,
    "phone-vn": is_phone,
}


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, check in CHECKERS.items():
        kind = str if FORMATS[name] == "string" else int

        def right(value: object, kind: type = kind, check: Callable[[Any], bool] = check) -> bool:
            return not isinstance(value, kind) or isinstance(value, bool) or check(value)

        checker.checks(name)(right)
    return checker


def _pattern(
    validator: Any, pattern: str, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and (
        len(instance) > LONGEST_TYPED or not re.search(pattern, instance)
    ):
        yield ValidationError("pattern")


_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def validator_of(layout: Layout) -> Any:
    """What judges the answers; ``BadPackage`` when a keyword has an impossible value."""
    schema = _object(layout.fields)
    try:
        _Validator.check_schema(schema)
    except SchemaError as error:
        path = ".".join(str(part) for part in error.absolute_path)
        raise BadPackage(path=path or "schema.json", cause=error.message[:200]) from error
    return _Validator(schema, format_checker=_formats())


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: _schema(field) for field in fields},
        "required": [field.name for field in fields if field.required],
    }


def _schema(field: Field) -> dict[str, Any]:
    """A field's schema with nothing in it but the profile's keywords."""
    if field.kind == "group":
        return _object(field.children)
    clean = _known(field.schema)
    if field.kind == "rows":
        clean["items"] = _object(field.children)
    elif field.kind in ("lines", "choices"):
        items = field.schema.get("items")
        clean["items"] = _known(items if isinstance(items, dict) else {"type": "string"})
    return clean


def _known(schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    listed = KEYWORDS.get(kind if isinstance(kind, str) else "", frozenset()) - _SILENT
    clean = {key: value for key, value in schema.items() if key in listed}
    form = clean.get("format")
    if not isinstance(form, str) or form not in CHECKERS:
        clean.pop("format", None)
    return clean
