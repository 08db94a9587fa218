"""Answers from anywhere brought to the shape of the form, before any rule is asked."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from engine.forms.definition import LONE, Field
from engine.forms.profile import MAX_LENGTH, MAX_ROWS, MAX_SIZE
from engine.forms.typed import tidy
from engine.letters import missing

MAX_BITS = 128  # of a whole number
MAX_UNKNOWN = 20  # names told one by one
_FILE = {"token": str, "name": str, "sha256": str, "size": int}


class Shape:
    """Copies what fits into the form and notes, by pointer, the rule that the rest breaks."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.lacking: dict[str, str] = {}  # the letters that no slip can show, by pointer
        self._size = 0

    def fields(
        self, fields: tuple[Field, ...], given: Mapping[Any, Any], above: str = ""
    ) -> dict[str, Any]:
        """The answers to some fields; groups are there even when they are empty."""
        known = {field.name for field in fields}
        strange = [name for name in given if name not in known and name != "typename"]
        for name in strange[:MAX_UNKNOWN]:
            self.faults[f"{above}{tidy(str(name))[:60]}"] = "unknown"
        found = {}
        for field in fields:
            value = given.get(field.name)
            pointer = f"{above}{field.name}"
            if field.kind == "group":
                found[field.name] = self._group(field, value, pointer)
            elif not field.computed:
                value = self.value(field, value, pointer)
                if value is not None and value != []:
                    found[field.name] = value
        return found

    def _group(self, field: Field, value: Any, pointer: str) -> Any:
        if value is not None and not isinstance(value, Mapping):
            self.faults[pointer] = "type"
        given = value if isinstance(value, Mapping) else {}
        return self.fields(field.children, given, f"{pointer}.")

    def value(self, field: Field, value: Any, pointer: str) -> Any:
        if value is None or value == "":
            return None
        if field.kind in LONE:
            return self.lone(field, value, pointer)
        if not isinstance(value, (list, tuple)):
            self.faults[pointer] = "type"
            return None
        if len(value) > MAX_ROWS:
            self.faults[pointer] = "maxItems"
            return None
        if field.kind == "rows":
            return self._rows(field, value, pointer)
        if field.kind == "file":
            return self._files(value, pointer)
        read = [self.lone(field, item, pointer) for item in value]
        return [item for item in read if item is not None]

    def _rows(self, field: Field, value: Any, pointer: str) -> list[Any]:
        rows = []
        for number, row in enumerate(value):
            if not isinstance(row, Mapping):
                self.faults[pointer] = "type"
                continue
            rows.append(self.fields(field.children, row, f"{pointer}.{number}."))
        return rows

    def _files(self, value: Any, pointer: str) -> list[Any]:
        files: list[Any] = []
        for item in value:
            if isinstance(item, str) and 0 < len(item) <= 200:
                files.append(tidy(item))
            elif isinstance(item, Mapping) and _is_file(item):
                files.append({key: item[key] for key in _FILE if key in item})
            else:
                self.faults[pointer] = "file"
        return files

    def lone(self, field: Field, value: Any, pointer: str) -> Any:
        """One text, number or truth; None with a fault when it is something else."""
        if isinstance(value, str):
            text = tidy(value, lines=field.kind in ("textarea", "hidden"))
            self._size += len(text)
            if len(text) > MAX_LENGTH or self._size > MAX_SIZE:
                self.faults[pointer] = "maxLength"
                return None
            if lacking := missing(text):  # most answers are printed somewhere
                self.faults[pointer] = "letters"
                self.lacking[pointer] = " ".join(lacking)
            return text or None
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and value.bit_length() <= MAX_BITS:
            return int(value)
        if isinstance(value, float) and isfinite(value):
            whole = field.kind in ("integer", "money") and value.is_integer()
            return int(value) if whole and abs(value) < 2**53 else value
        self.faults[pointer] = "type"
        return None


def _is_file(item: Mapping[Any, Any]) -> bool:
    return (
        bool(item.get("token"))
        and all(key in _FILE for key in item)
        and all(type(item[key]) is kind for key, kind in _FILE.items() if key in item)
        and all(len(value) <= 300 for value in item.values() if isinstance(value, str))
    )
