"""Files among the answers: what the browser says of them is replaced by what the store knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.forms.definition import Field, FieldFault
from engine.forms.text import Text

# What the store says of the file of a token; None where there is none that may be used.
Known = Callable[[str], Mapping[str, Any] | None]


class Settling:
    """One walk over a form's answers: its files as the store knows them, and what is gone."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.tokens: dict[str, list[str]] = {}  # by the field's pointer
        self.faults: list[FieldFault] = []

    def files(
        self, fields: Sequence[Field], answers: Mapping[str, Any], above: str = ""
    ) -> dict[str, Any]:
        """The answers with true files."""
        found = dict(answers)
        for field in fields:
            at, value = f"{above}{field.name}", answers.get(field.name)
            if field.kind == "group" and isinstance(value, Mapping):
                found[field.name] = self.files(field.children, value, f"{at}.")
            elif field.kind == "rows" and isinstance(value, list):
                found[field.name] = [
                    self.files(field.children, row, f"{at}.{number}.")
                    if isinstance(row, Mapping)
                    else row
                    for number, row in enumerate(value)
                ]
            elif field.kind == "file" and isinstance(value, list):
                found[field.name] = self._of_field(at, value)
        return found

    def _of_field(self, at: str, value: Sequence[Any]) -> list[dict[str, Any]]:
        true = []
        for one in value:
            token = token_of(one)
            known = self._known(token) if token else None
            if known is not None:
                true.append(dict(known))
                self.tokens.setdefault(at, []).append(token)
            elif token:
                self.faults.append(FieldFault(at, "gone", _gone(one)))
        return true


def _gone(file: Any) -> Text:
    name = str(file.get("name") or "") if isinstance(file, Mapping) else ""
    return Text(
        f"Tệp «{name}» không còn trên hệ thống. Bỏ tệp này ra rồi chọn lại.",
        f"The file “{name}” is no longer there. Take it out and choose it again.",
    )


def without_file(answers: Any, token: str) -> Any:
    """The answers without the file of that token."""
    if isinstance(answers, Mapping):
        return {key: without_file(value, token) for key, value in answers.items()}
    if isinstance(answers, list):
        return [without_file(one, token) for one in answers if token_of(one) != token]
    return answers


def tokens_of(answers: Any) -> frozenset[str]:
    """The tokens of every file among the answers of a draft, as a page posted them."""
    if isinstance(answers, Mapping):
        own = token_of(answers)
        below = [tokens_of(value) for value in answers.values()]
        return frozenset((own,) if own else ()).union(*below)
    if isinstance(answers, list):
        return frozenset().union(*(tokens_of(one) for one in answers))
    return frozenset()


def token_of(file: Any) -> str:
    """The token of one file of a field; empty where it has none."""
    if isinstance(file, Mapping):
        return str(file.get("token") or "")
    return file if isinstance(file, str) else ""
