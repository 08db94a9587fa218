"""What expressions of a form see, and what they decide: values computed, fields hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from engine.errors import BadExpression
from engine.forms.definition import Field, Layout
from engine.script import compile_expression

ROUNDS = 8  # of fields that depend on fields that depend on fields
MISSING: Final = object()


def days_between(first: str, last: str) -> int:
    """Days from one ISO day to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def add_days(day: str, count: int) -> str:
    """The ISO day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def years_between(first: str, last: str) -> int:
    """Full years from one ISO day to another, as an age is counted."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "add_days": add_days,
    "days_between": days_between,
    "years_between": years_between,
}


def value_of(text: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression, or ``MISSING`` where it has none (yet)."""
    try:
        return compile_expression(text).evaluate(names, FUNCTIONS)
    except BadExpression:
        return MISSING


def filled(fields: tuple[Field, ...], answers: Any) -> dict[str, Any]:
    """The answers with None where there is none, so that every name can be asked for."""
    given = answers if isinstance(answers, Mapping) else {}
    found: dict[str, Any] = {}
    for field in fields:
        value = given.get(field.name)
        if field.kind == "group":
            value = filled(field.children, value)
        elif field.kind == "rows":
            rows = value if isinstance(value, (list, tuple)) else ()
            value = [filled(field.children, row) for row in rows]
        elif field.kind in ("choices", "lines", "file") and value is None:
            value = []
        found[field.name] = value
    return found


Place = tuple[Field, dict[str, Any], str, Mapping[str, Any]]


def places(
    fields: tuple[Field, ...], holder: dict[str, Any], names: Mapping[str, Any], above: str = ""
) -> Iterator[Place]:
    """Every field where it stands: in what it is held, its pointer, the names seen from there."""
    for field in fields:
        pointer = f"{above}{field.name}"
        yield field, holder, pointer, names
        value = holder.get(field.name)
        if field.kind == "group" and isinstance(value, dict):
            inner = {**names, **filled(field.children, value)}
            yield from places(field.children, value, inner, f"{pointer}.")
        elif field.kind == "rows" and isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, dict):
                    inner = {**names, **filled(field.children, row)}
                    yield from places(field.children, row, inner, f"{pointer}.{number}.")


class Sight:
    """Settles computed values and hidden fields; ``answers`` is changed in place."""

    def __init__(
        self, layout: Layout, answers: dict[str, Any], known: Mapping[str, Any], today: date
    ) -> None:
        self._layout = layout
        self._known = {**known, "today": today.isoformat()}
        self.answers = answers
        self.hidden: set[str] = set()

    def settle(self) -> None:
        """Compute and hide until nothing changes any more."""
        for _ in range(ROUNDS):
            changed = self._compute()
            hidden = self._hidden()
            if hidden == self.hidden and not changed:
                return
            self.hidden = hidden

    def names(self) -> dict[str, Any]:
        """What is known, the day, and the answers that are shown."""
        shown = without(self._layout.fields, self.answers, self.hidden)
        return {**self._known, **filled(self._layout.fields, shown)}

    def places(self) -> list[Place]:
        """Every field where it stands, with the names it sees now."""
        return list(places(self._layout.fields, self.answers, self.names()))

    def visible(self) -> set[str]:
        """The pointers of all fields that are shown."""
        return {pointer for _, _, pointer, _ in self.places() if not covered(pointer, self.hidden)}

    def _compute(self) -> bool:
        changed = False
        for field, holder, _, names in self.places():
            if field.computed is None:
                continue
            asked = names if field.expression("compute") else self._known
            value = value_of(field.computed, asked)
            before = holder.pop(field.name, None)
            if value is not MISSING and value is not None:
                holder[field.name] = value
            changed |= before != holder.get(field.name)
        return changed

    def _hidden(self) -> set[str]:
        found = set()
        for field, _, pointer, names in self.places():
            condition = field.expression("visibleWhen")
            if condition is None:
                continue
            value = value_of(condition, names)
            if value is MISSING or not value:
                found.add(pointer)
        return found


def covered(pointer: str, hidden: set[str]) -> bool:
    """Whether a field or something around it is hidden."""
    parts = pointer.split(".")
    return any(".".join(parts[: end + 1]) in hidden for end in range(len(parts)))


def without(
    fields: tuple[Field, ...], answers: Mapping[str, Any], hidden: set[str], above: str = ""
) -> dict[str, Any]:
    """A copy of the answers without what is hidden."""
    found = {}
    for field in fields:
        pointer = f"{above}{field.name}"
        if field.name not in answers or pointer in hidden:
            continue
        value = answers[field.name]
        if field.kind == "group" and isinstance(value, Mapping):
            value = without(field.children, value, hidden, f"{pointer}.")
        elif field.kind == "rows" and isinstance(value, list):
            value = [
                without(field.children, row, hidden, f"{pointer}.{number}.")
                if isinstance(row, Mapping)
                else row
                for number, row in enumerate(value)
            ]
        found[field.name] = value
    return found
