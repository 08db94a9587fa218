"""The sets of statutory forms: which circular's numbers, titles and copies hold on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from engine.errors import BadSlip
from engine.package import Package
from engine.slips.kinds import KINDS

FILE = "shared/slips/sets.toml"
_KEYS = {"form": str, "title": str, "template": str, "copies": list}


@dataclass(frozen=True)
class Form:
    """One kind in a set. ``number`` is empty where the circular has none; ``template`` is a file
    beside sets.toml, empty for ``<kind>.typ``; ``copies`` are the words at the top of each copy.
    """

    number: str
    title: str
    template: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormSet:
    """The forms of one circular; used until (not including) a day, None: still."""

    name: str
    basis: str
    until: date | None
    forms: Mapping[str, Form] = field(default_factory=dict)

    def form(self, kind: str) -> Form:
        """The form of a kind; one the set does not name has no number."""
        return self.forms.get(kind) or Form("", KINDS[kind].title)


def sets_of(package: Package) -> tuple[FormSet, ...]:
    """The package's sets in the order of their days; without a file, the newest as built in."""
    data = package.files.get(FILE)
    return read_sets(data) if data is not None else (_BUILT_IN,)


def in_force(sets: tuple[FormSet, ...], day: date) -> FormSet:
    """The set that holds on a day; the last one where all have ended."""
    return next((one for one in sets if one.until is None or day < one.until), sets[-1])


@lru_cache(maxsize=64)
def read_sets(data: bytes) -> tuple[FormSet, ...]:
    """What sets.toml says; raises BadSlip with what is wrong."""
    try:
        told = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(str(error)) from error
    listed = told.get("sets")
    if not isinstance(listed, list) or not listed or set(told) != {"sets"}:
        raise _bad("[[sets]]")
    sets = tuple(_set(one) for one in listed)
    days = [one.until for one in sets]
    ended = [day for day in days if day is not None]
    if None in days[:-1] or ended != sorted(ended) or len({one.name for one in sets}) < len(sets):
        raise _bad("until")
    return sets


def _set(told: Any) -> FormSet:
    if not isinstance(told, dict):
        raise _bad("[[sets]]")
    forms = {key: value for key, value in told.items() if isinstance(value, dict)}
    rest = {key: value for key, value in told.items() if key not in forms}
    until = rest.pop("until", None)
    if unknown := set(forms) - set(KINDS):
        raise _bad(", ".join(sorted(unknown)))
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        raise _bad("until")
    if set(rest) != {"name", "basis"} or not all(isinstance(v, str) and v for v in rest.values()):
        raise _bad("name, basis")
    return FormSet(
        rest["name"], rest["basis"], until, {kind: _form(kind, one) for kind, one in forms.items()}
    )


def _form(kind: str, told: Mapping[str, Any]) -> Form:
    for key, value in told.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            raise _bad(f"{kind}.{key}")
    copies = told.get("copies", [])
    if not all(isinstance(words, str) for words in copies):
        raise _bad(f"{kind}.copies")
    return Form(
        told.get("form", ""),
        told.get("title", KINDS[kind].title),
        told.get("template", ""),
        tuple(copies),
    )


def _bad(detail: str) -> BadSlip:
    return BadSlip(slip=FILE, cause=detail)


_BUILT_IN = FormSet(
    "", "", None, {kind.name: Form(kind.form, kind.title) for kind in KINDS.values()}
)
