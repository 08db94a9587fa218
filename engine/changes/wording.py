"""A change in words: one sentence for each kind of change and language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from engine.bpmn.migrate import Reason
from engine.changes.change import Change

LANGUAGES = ("vi", "en")


def said(change: Change, lang: str = "vi") -> str:
    """The change as a sentence."""
    lang = lang if lang in LANGUAGES else "vi"
    words = _words(lang)
    what = words["what"][change.what]
    part = words["part"].get(change.part, change.part)
    name = change.name or change.key
    before, after = (getattr(value, lang) for value in (change.before, change.after))
    if change.act != "changed" or not change.part:
        sentence = words["act"][change.act].format(what=what, name=name)
    elif not before or not after:
        key = "given" if after else "taken"
        sentence = words["act"][key].format(what=what, name=name, part=part, value=after or before)
    else:
        sentence = words["act"]["changed_from"].format(
            what=what, name=name, part=part, before=before, after=after
        )
    where = change.where.rpartition("/")[2].removesuffix(".schema.json")
    sentence = sentence[:1].upper() + sentence[1:]
    return f"{where}: {sentence}" if where else sentence


def stays(reason: Reason, name: str = "", lang: str = "vi") -> str:
    """Why a run stays with its version, as a sentence."""
    told = _words(lang if lang in LANGUAGES else "vi")["stays"]
    shown = name or reason.element
    text: str = told.get(reason.rule, told["fails"])
    return text.format(name=shown, detail=reason.detail)


@cache
def _words(lang: str) -> Mapping[str, Any]:
    file = resources.files("engine.words").joinpath(f"changes_{lang}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
