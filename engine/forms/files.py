"""Files among the answers: what the browser says of them is replaced by what the store knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.forms.definition import Field

Known = Callable[[str], Mapping[str, Any]]


def settle_files(
    fields: Sequence[Field],
    answers: Mapping[str, Any],
    known: Known,
    tokens: dict[str, list[str]],
    above: str = "",
) -> dict[str, Any]:
    """The answers with true files; ``tokens`` gets each field's, by its pointer."""
    found = dict(answers)
    for field in fields:
        at, value = f"{above}{field.name}", answers.get(field.name)
        if field.kind == "group" and isinstance(value, Mapping):
            found[field.name] = settle_files(field.children, value, known, tokens, f"{at}.")
        elif field.kind == "rows" and isinstance(value, list):
            found[field.name] = [
                settle_files(field.children, row, known, tokens, f"{at}.{number}.")
                if isinstance(row, Mapping)
                else row
                for number, row in enumerate(value)
            ]
        elif field.kind == "file" and isinstance(value, list):
            named = [token for one in value if (token := _token(one))]
            found[field.name] = [dict(known(token)) for token in named]
            if named:
                tokens[at] = named
    return found


def without_file(answers: Any, token: str) -> Any:
    """The answers without the file of that token."""
    if isinstance(answers, Mapping):
        return {key: without_file(value, token) for key, value in answers.items()}
    if isinstance(answers, list):
        return [without_file(one, token) for one in answers if _token(one) != token]
    return answers


def _token(file: Any) -> str:
    if isinstance(file, Mapping):
        return str(file.get("token") or "")
    return file if isinstance(file, str) else ""
