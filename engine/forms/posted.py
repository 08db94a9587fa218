"""The flat names of a posted page (``residences.0.place``) become answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.forms.definition import LONE, Field
from engine.forms.profile import MAX_ROWS
from engine.forms.typed import read_value, tidy

Posted = Mapping[str, Sequence[str]]
LONGEST = 100_000  # characters read of one field; what is longer is too long for any rule
_ROW = re.compile(r"[0-9]{1,4}")


def read_fields(
    fields: tuple[Field, ...], posted: Posted, above: str = "", *, blanks: bool = False
) -> dict[str, Any]:
    """The answers of some fields; with ``blanks`` rows stay in which nothing was typed."""
    found: dict[str, Any] = {}
    for field in fields:
        name = f"{above}{field.name}"
        value = _read(field, name, posted, blanks)
        if value is not None:
            found[field.name] = value
    return found


def _read(field: Field, name: str, posted: Posted, blanks: bool) -> Any:
    if field.kind == "group":
        return read_fields(field.children, posted, f"{name}.", blanks=blanks) or None
    if field.kind == "rows":
        return _rows(field, name, posted, blanks) or None
    if field.readonly:
        return None
    values = [str(value)[:LONGEST] for value in posted.get(name, ())]
    if field.kind in LONE:
        return _lone(field, values)
    if field.kind == "lines":
        return [line for value in values for line in _lines(value)] or None
    if field.kind == "file":
        return [file_of(value) for value in values if value.strip()] or None
    return [read_value(field, value) for value in values if value.strip()] or None


def _lone(field: Field, values: list[str]) -> Any:
    if not values:
        return None
    if field.kind == "checkbox":
        # A page posts an empty value before the box, so that an empty box is an answer too.
        return read_value(field, values[-1]) or False
    value = read_value(field, values[-1])
    if value is None and field.expression("default"):
        return ""  # emptied on purpose: the default must not come back
    return value


def _lines(value: str) -> list[str]:
    return [tidy(line) for line in tidy(value, lines=True).split("\n") if line.strip()]


def _rows(field: Field, name: str, posted: Posted, blanks: bool) -> list[dict[str, Any]]:
    start = f"{name}."
    numbers = {
        int(key[len(start) :].partition(".")[0])
        for key in posted
        if key.startswith(start) and _ROW.fullmatch(key[len(start) :].partition(".")[0])
    }
    rows = [
        read_fields(field.children, posted, f"{start}{number}.", blanks=blanks)
        for number in sorted(numbers)[: MAX_ROWS + 1]
    ]
    return [row for row in rows if blanks or not blank(row)]


def blank(value: Any) -> bool:
    """Whether nothing was typed in a row; a box left empty is nothing."""
    if isinstance(value, Mapping):
        return all(blank(inner) for inner in value.values())
    if isinstance(value, list):
        return all(blank(inner) for inner in value)
    return value in (None, "", False)


def file_of(value: str) -> dict[str, Any] | str:
    """``token|sha256|size|name`` as a file already put; a bare token as it is."""
    token, bar, rest = tidy(value).partition("|")
    if not bar:
        return token
    # The name stands last: it is the only part that may hold the sign between them.
    sha256, _, rest = rest.partition("|")
    size, _, name = rest.partition("|")
    return {
        "token": token,
        "name": name,
        "sha256": sha256,
        "size": int(size) if re.fullmatch(r"[0-9]{1,12}", size) else 0,
    }


def file_text(file: Any) -> str:
    """The hidden value that keeps a file already put."""
    if not isinstance(file, Mapping):
        return str(file)
    parts = (file.get("token", ""), file.get("sha256", ""), file.get("size", 0), file.get("name"))
    return "|".join(str(part if part is not None else "") for part in parts)
