"""The closed profile: every keyword of the two files, and which values it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TYPES: Final = ("string", "number", "integer", "boolean", "array", "object")

_EVERYWHERE = {"type", "title", "description", "$comment"}
#: schema keywords by type
KEYWORDS: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset(
        _EVERYWHERE | {"enum", "const", "format", "pattern", "minLength", "maxLength"}
    ),
    "number": frozenset(
        _EVERYWHERE
        | {"enum", "const", "format", "multipleOf"}
        | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    ),
    "integer": frozenset(
        _EVERYWHERE
        | {"enum", "const", "format", "multipleOf"}
        | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    ),
    "boolean": frozenset(_EVERYWHERE | {"const"}),
    "array": frozenset(_EVERYWHERE | {"items", "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset(_EVERYWHERE | {"properties", "required", "additionalProperties"}),
}
AT_THE_ROOT: Final = frozenset({"$schema", "$id"})

#: which type a format belongs to
FORMATS: Final[Mapping[str, str]] = {
    "date": "string",
    "citizen-id": "string",
    "phone-vn": "string",
    "email": "string",
    "money": "integer",
}

UI_KEYS: Final = frozenset({"fields", "sections", "checks"})
SECTION_KEYS: Final = frozenset({"title", "fields"})
CHECK_KEYS: Final = frozenset({"when", "message", "field"})
UNREAD: Final = ("print",)  # forms of before may have it; nothing was ever printed by it
FIELD_KEYS: Final = frozenset(
    {
        *("label", "hint", "order", "widget", "width", "options", "messages"),
        *("visibleWhen", "compute", "default"),
        *("sensitive", "autocomplete", "cccd", *UNREAD),
    }
)
TEXTS: Final = ("label", "hint")
FLAGS: Final = ("sensitive",)
EXPRESSIONS: Final = ("visibleWhen", "compute", "default")
WIDTHS: Final = ("full", "half", "third", "two-thirds")
CARD: Final = ("name", "birth", "sex", "address", "id")

#: which widget draws which shape of schema
WIDGETS: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset({"string", "list", "rows"}),
    "textarea": frozenset({"string", "list"}),
    "select": frozenset({"enum"}),
    "radio": frozenset({"enum"}),
    "checkbox": frozenset({"boolean", "choices"}),
    "date": frozenset({"string"}),
    "money": frozenset({"integer"}),
    "number": frozenset({"number", "integer"}),
    "citizen-id": frozenset({"string"}),
    "phone": frozenset({"string"}),
    "cccd-scan": frozenset({"string"}),
    "file": frozenset({"list"}),
    "hidden": frozenset({"string", "number", "integer", "enum"}),
    "readonly": frozenset(
        {"string", "number", "integer", "enum", "boolean", "list", "choices", "rows", "group"}
    ),
}

#: the rule of a fault, as ``messages`` of a field may name it
RULES: Final = (
    *("required", "type", "enum", "const", "format", "pattern"),
    *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "minItems", "maxItems", "uniqueItems", "compute", "file", "unknown"),
)

#: names a page or the platform uses itself
RESERVED: Final = frozenset(
    {
        *("typename", "today", "key", "do", "scan", "channel", "missing", "reason"),
        *("received_at", "received_reason", "legal_at", "legal_reason", "csrf_token"),
    }
)

MAX_BYTES = 256_000  # of one file of a form
MAX_FIELDS = 300
MAX_DEPTH = 4  # of groups and rows in one another
MAX_ROWS = 200
MAX_LENGTH = 20_000  # characters of one answer where the schema names fewer or none
MAX_SIZE = 400_000  # characters of all answers together
