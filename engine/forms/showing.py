"""Answers as they are read: labels, options, days, amounts; sensitive ones masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.codes import mask_citizen_id
from engine.forms.definition import Field, Layout
from engine.forms.typed import day, grouped, number

_YES = {"vi": ("Không", "Có"), "en": ("No", "Yes")}


@dataclass(frozen=True)
class Shown:
    """A section of a summary: its heading (may be empty) and its lines of label and text."""

    title: str
    lines: tuple[tuple[str, str], ...]


def show(
    layout: Layout, answers: Mapping[str, Any], lang: str, *, masked: bool
) -> tuple[Shown, ...]:
    """What was answered, section by section; what was not is left out."""
    found = []
    for section in layout.sections:
        lines = tuple(_lines(section.fields, answers, lang, masked, ""))
        if lines:
            found.append(Shown(section.title.say(lang) if section.title else "", lines))
    return tuple(found)


def _lines(
    fields: tuple[Field, ...], answers: Mapping[str, Any], lang: str, masked: bool, before: str
) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = answers.get(field.name)
        if value in (None, "", [], {}) or field.ui.get("widget") == "hidden":
            continue
        label = f"{before}{field.label.say(lang)}"
        if field.kind == "group" and isinstance(value, Mapping):
            yield from _lines(field.children, value, lang, masked, f"{label}: ")
        elif field.kind == "rows" and isinstance(value, list):
            for place, row in enumerate(value, start=1):
                if isinstance(row, Mapping):
                    yield from _lines(field.children, row, lang, masked, f"{label} {place}: ")
        else:
            text = said(field, value, lang)
            yield label, mask(field, text) if masked and field.sensitive else text


def said(field: Field, value: Any, lang: str) -> str:
    """One answer in words."""
    if isinstance(value, (list, tuple)):
        return "; ".join(said(field, one, lang) for one in value)
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    for option, label in field.options:
        if option == value and type(option) is type(value):
            return label.say(lang)
    if isinstance(value, bool):
        return _YES.get(lang, _YES["vi"])[value]
    if isinstance(value, (int, float)):
        if field.kind == "money":
            return grouped(value) + "\u00a0đ"
        return counted(value, least=1_000 if field.kind == "number" else 10_000)
    return day(str(value)) if field.kind == "date" else str(value)


def counted(value: float, least: int = 10_000) -> str:
    """``12.345,67``; below ``least`` as it is: 1998 may be a year."""
    whole, comma, fraction = number(value).partition(",")
    if abs(value) >= least and whole.lstrip("-").isdecimal():
        whole = grouped(int(whole))
    return f"{whole}{comma}{fraction}"


def mask(field: Field, text: str) -> str:
    """Enough to tell two apart where it is an id, else nothing."""
    return mask_citizen_id(text) if field.kind == "citizen-id" else "•" * 6
