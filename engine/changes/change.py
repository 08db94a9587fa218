"""One difference between two versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.calendar import Limit
from engine.forms import Text as FormText
from engine.package import Text

NOTHING = Text("", "")
Act = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """``what`` names the sentence: flow, step, limit, field …; before and after are plain text."""

    act: Act
    what: str
    key: str
    name: str = ""
    part: str = ""
    before: Text = NOTHING
    after: Text = NOTHING
    where: str = ""  # the form, table or step it belongs to

    def to_json(self) -> dict[str, Any]:
        """The change as plain values."""
        told = dict(vars(self))
        for key in ("before", "after"):
            told[key] = {"vi": told[key].vi, "en": told[key].en}
        return told


def by_key(
    what: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    name: Any,
    where: str = "",
) -> Iterator[Change]:
    """What was added and removed between two mappings."""
    for key in old:
        if key not in new:
            yield Change("removed", what, key, name(old[key]), where=where)
    for key in new:
        if key not in old:
            yield Change("added", what, key, name(new[key]), where=where)


def parts(
    what: str,
    key: str,
    name: str,
    pairs: Iterable[tuple[str, Any, Any]],
    where: str = "",
) -> Iterator[Change]:
    """(part, before, after) that are not the same."""
    for part, before, after in pairs:
        if before != after:
            told = (plain(before), plain(after))
            yield Change("changed", what, key, name, part, *told, where=where)


def plain(value: Any) -> Text:
    """A value as somebody reads it."""
    if isinstance(value, (Text, FormText)):
        return Text(value.vi, value.en or value.vi)
    if isinstance(value, Limit):
        return Text(value.words("vi"), value.words("en"))
    if isinstance(value, bool):
        return Text("có", "yes") if value else Text("không", "no")
    if isinstance(value, (list, tuple, set, frozenset)):
        told = [plain(item) for item in value]
        return Text(", ".join(one.vi for one in told), ", ".join(one.en for one in told))
    text = "" if value is None else " ".join(str(value).split())
    return Text(text, text)
