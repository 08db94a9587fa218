"""Which rows an actor may know of: the judge's rule as SQL, and personal ids made unreadable."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, true

from engine.authority import ALL, visible_to
from engine.codes import fold, mask_citizen_id
from engine.store.organisation import Actor
from engine.store.tables import concerned, dossiers

_ID = re.compile(r"\d{9}|\d{12}")
# A day, a number of the day, both, or an office's end with them; shorter, half the book is found.
_PART_OF_CODE = re.compile(r"-?[0-9][0-9.-]{3,}")


def seen_by(actor: Actor, dossier: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that the actor may see the dossier of that column; as the act ``see``."""
    codes = visible_to(actor)
    if isinstance(codes, str):
        return true() if codes == ALL else false()
    if not codes:
        return false()
    return exists().where(concerned.c.dossier == dossier, concerned.c.unit.in_(sorted(codes)))


def found_by(text: str) -> ColumnElement[bool]:
    """The condition that every word of the text begins a word of the dossier, accents aside.

    What looks like the rest of a code may also begin after one of its dots or dashes: both are
    asked of the rows that the actor may see, one look at each.
    """
    condition: ColumnElement[bool] = true()
    for word in fold(text).split():
        pattern = re.sub(r"([\\%_])", r"\\\1", word)
        begins: ColumnElement[bool] = dossiers.c.search.like(f"% {pattern}%", escape="\\")
        if _PART_OF_CODE.fullmatch(word):
            part = word.lstrip("-")
            begins = or_(begins, *(dossiers.c.code.like(f"%{sign}{part}%") for sign in "-."))
        condition = condition & begins
    return condition


def masked(value: Any) -> Any:
    """The same answers with every citizen id inside them masked."""
    if isinstance(value, str):
        return mask_citizen_id(value) if _ID.fullmatch(value) else value
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value
