"""Findings in the words of the person who drew the diagram, in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from engine.bpmn.finding import Finding
from engine.words import statuses

FOLDER = Path(__file__).parent.parent / "words"
LONGEST = 300


def words(finding: Finding, lang: str) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    table = sentences(lang)
    entry = table.get(finding.rule) or table["rule.unknown"]
    values = _values(finding, table["kinds"], table["causes"])
    return _said(entry["message"], values, lang), _said(entry["advice"], values, lang)


@cache
def sentences(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences by rule: ``message`` and ``advice``; ``kinds`` names the elements."""
    path = FOLDER / f"findings_{'en' if lang == 'en' else 'vi'}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _values(
    finding: Finding, kinds: Mapping[str, str], causes: Mapping[str, str]
) -> dict[str, str]:
    name = finding.name or finding.element or ""
    values = {
        "rule": finding.rule,
        "file": finding.file,
        "element": finding.element or "",
        "name": name,
        "kind": kinds.get(finding.kind, finding.kind),
        "line": str(finding.line or ""),
    }
    for key, value in finding.particulars.items():
        values[key] = _shown(value)
    for key in ("cause", "detail"):
        word, colon, rest = values.get(key, "").partition(":")
        if word in causes:
            values[key] = causes[word] + (f": {rest}" if colon else "")
    meant = values.get("meant", "")
    values["did_you_mean"] = kinds["meant"].replace("{meant}", meant) if meant else ""
    return values


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        value = ", ".join(str(part) for part in value)
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


class _Plain(Formatter):
    """Replaces ``{name}`` and nothing else; what is not there is left out.

    ``{name:statuses}``: its numbers are those of statuses, and are named.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        return kwargs.get(field_name, ""), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return statuses(value, self.lang) if format_spec == "statuses" else str(value)


def _said(template: str, values: Mapping[str, str], lang: str) -> str:
    text = _Plain(lang).vformat(template, (), values)
    return re.sub(r" \.(?= |$)", ".", " ".join(text.split()))  # where a detail was left out
