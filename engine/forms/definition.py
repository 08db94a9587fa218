"""What a form is: fields in a tree, sections that order them, rules across them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.forms.text import Text

#: field kinds whose value is one thing typed or chosen
LONE: Final = frozenset(
    {
        *("text", "textarea", "date", "number", "integer", "money", "citizen-id", "phone"),
        *("select", "radio", "checkbox", "hidden"),
    }
)


@dataclass(frozen=True, eq=False)
class Field:
    """One field: ``kind`` says how it is typed, drawn and said.

    Besides the kinds of ``LONE``: choices (several of a list), lines (a list of texts, one a line),
    file, group (an object) and rows (a list of objects).
    """

    name: str
    path: str  # dotted, without the numbers of rows: ``residences.place``
    kind: str
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]
    label: Text
    hint: Text | None = None
    required: bool = False
    readonly: bool = False
    children: tuple[Field, ...] = ()
    options: tuple[tuple[Any, Text], ...] = ()

    @property
    def sensitive(self) -> bool:
        """Whether pages for many eyes mask it."""
        return self.ui.get("sensitive") is True

    def expression(self, key: str) -> str | None:
        """One of visibleWhen, compute, default; None when it is not given."""
        text = self.ui.get(key)
        return text if isinstance(text, str) and text.strip() else None

    @property
    def computed(self) -> str | None:
        """The expression that gives the value, where nobody types it."""
        return self.expression("compute") or (self.expression("default") if self.readonly else None)


@dataclass(frozen=True, eq=False)
class Section:
    """Some fields under one heading; the heading may be missing."""

    title: Text | None
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one answer, and what to do about it."""

    pointer: str  # with the numbers of rows: ``residences.0.place``
    rule: str
    message: Text


@dataclass(frozen=True)
class CrossCheck:
    """A rule across fields: where ``when`` is true, the field has a fault."""

    when: str
    field: str
    message: Text


@dataclass(frozen=True, eq=False)
class Layout:
    """The parts of a form, read from its two files."""

    fields: tuple[Field, ...]
    sections: tuple[Section, ...]
    checks: tuple[CrossCheck, ...]
    schema: dict[str, Any] = field(repr=False)
    ui: dict[str, Any] = field(repr=False)

    def walk(self) -> Iterator[Field]:
        """Every field, groups before what is in them."""
        rest = list(reversed(self.fields))
        while rest:
            one = rest.pop()
            yield one
            rest.extend(reversed(one.children))
