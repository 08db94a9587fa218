"""Answers against a form: hidden ones dropped, others computed, each fault with its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engine.errors import BadAnswers
from engine.forms.definition import Field, FieldFault, Layout
from engine.forms.messages import message_of
from engine.forms.scope import MISSING, Sight, covered, value_of, without
from engine.forms.shaping import Shape

# The first rule that is broken is the one told.
_ORDER = ("unknown", "required", "type", "compute", "enum", "const", "format", "pattern")


class Check:
    """One look at one set of answers."""

    def __init__(
        self, layout: Layout, validator: Any, known: Mapping[str, Any], today: date
    ) -> None:
        self._layout = layout
        self._validator = validator
        self._known = known
        self._today = today
        self._by_path = {field.path: field for field in layout.walk()}
        self._order = {path: number for number, path in enumerate(self._by_path)}
        self._found: dict[str, tuple[int, FieldFault]] = {}

    def clean(self, answers: Any) -> dict[str, Any]:
        """The answers as they are kept, or ``BadAnswers`` with every fault in the form's order."""
        shape = Shape()
        given = answers if isinstance(answers, Mapping) else {}
        if given is not answers:
            self._add("", "type", None)
        shaped = shape.fields(self._layout.fields, given)
        sight = Sight(self._layout, shaped, self._known, self._today)
        sight.settle()
        for pointer, rule in shape.faults.items():
            if not covered(pointer, sight.hidden):
                self._add(pointer, rule, shape.lacking.get(pointer))
        kept = without(self._layout.fields, sight.answers, sight.hidden)
        kept = _without_empty(self._layout.fields, kept)
        self._computed(sight)
        self._judge(kept, sight.hidden)
        self._across(sight)
        if self._found:
            raise BadAnswers(faults=self._faults())
        return kept

    def _computed(self, sight: Sight) -> None:
        """Computed values are held to the same shape as typed ones."""
        shape = Shape()
        for field, holder, pointer, _ in sight.places():
            if field.computed is None or covered(pointer, sight.hidden):
                continue
            if field.name in holder and not _fits(shape, field, holder[field.name], pointer):
                self._add(pointer, "compute", None)

    def _judge(self, kept: dict[str, Any], hidden: set[str]) -> None:
        for error in self._validator.iter_errors(kept):
            path = [str(part) for part in error.absolute_path]
            rule = str(error.validator)
            if rule == "required":
                for name in error.validator_value:
                    pointer = ".".join([*path, name])
                    if name not in error.instance and not covered(pointer, hidden):
                        self._add(pointer, rule, None)
                continue
            self._add(self._own(path), rule, error.validator_value)

    def _own(self, path: list[str]) -> str:
        """The field's pointer: a fault in one line of a list is told at the list."""
        field = self._by_path.get(_plain(".".join(path)))
        if field and field.kind in ("lines", "choices", "file") and path[-1].isdecimal():
            path = path[:-1]
        return ".".join(path)

    def _across(self, sight: Sight) -> None:
        checks = self._layout.checks
        if not checks:
            return
        for field, _, pointer, names in sight.places():
            if covered(pointer, sight.hidden) or pointer in self._found:
                continue
            for check in checks:
                if check.field == field.path:
                    value = value_of(check.when, names)
                    if value is not MISSING and value:
                        self._found[pointer] = (
                            len(_ORDER),
                            FieldFault(pointer, "check", check.message),
                        )
                        break

    def _add(self, pointer: str, rule: str, bound: Any) -> None:
        field = self._by_path.get(_plain(pointer))
        if rule == "required" and field is not None and field.computed:
            rule = "compute"
        rank = _ORDER.index(rule) if rule in _ORDER else len(_ORDER)
        before = self._found.get(pointer)
        if before is None or rank < before[0]:
            fault = FieldFault(pointer, rule, message_of(field, rule, bound))
            self._found[pointer] = (rank, fault)

    def _faults(self) -> tuple[FieldFault, ...]:
        faults: Iterable[FieldFault] = (fault for _, fault in self._found.values())
        return tuple(sorted(faults, key=lambda fault: self._place(fault.pointer)))

    def _place(self, pointer: str) -> list[int]:
        place, path = [], ""
        for part in pointer.split("."):
            if part.isdecimal():
                place.append(int(part))
                continue
            path = f"{path}.{part}" if path else part
            place.append(self._order.get(path, len(self._order)))
        return place


def _plain(pointer: str) -> str:
    return ".".join(part for part in pointer.split(".") if not part.isdecimal())


def _fits(shape: Shape, field: Field, value: Any, pointer: str) -> bool:
    before = len(shape.faults)
    shape.value(field, value, pointer)
    return len(shape.faults) == before


def _without_empty(fields: tuple[Field, ...], answers: dict[str, Any]) -> dict[str, Any]:
    """Optional groups in which nothing is answered are no answers."""
    found = dict(answers)
    for field in fields:
        value = found.get(field.name)
        if field.kind == "group" and isinstance(value, dict):
            value = _without_empty(field.children, value)
            found[field.name] = value
            if not value and not field.required:
                del found[field.name]
        elif field.kind == "rows" and isinstance(value, list):
            found[field.name] = [_without_empty(field.children, row) for row in value]
    return found
