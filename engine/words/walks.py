"""What came out of a walk otherwise than it expects, in the words of whoever drew the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.errors import Fault
from engine.words import cause, sentence, statuses
from engine.words.tables import table

STEPS = ("path", "open")  # what names elements of the diagram


@dataclass(frozen=True)
class Difference:
    """One thing a walk was not told to expect: its kind, and what its sentence needs to know.

    ``names``: what the elements of the diagram are called that the particulars mean.
    """

    kind: str
    particulars: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def said(self, lang: str) -> str:
        """The difference as one sentence."""
        told = dict(self.particulars)
        words = table("walks_", lang)
        named = {key: cause(str(value), lang) for key, value in told.items()}
        if "step" in told:
            named["step"] = self.names.get(told["step"], told["step"])
        if "open" in told:
            named["open"] = self._steps(told["open"], lang)
        if self.kind == "unlike":
            named |= self._unlike(lang)
        if isinstance(told.get("fault"), Fault):
            named["fault"] = _refused(told["fault"], lang)
        text: str = words["said"][self.kind]
        return text.format_map(named)

    def _unlike(self, lang: str) -> dict[str, str]:
        told, words = self.particulars, table("walks_", lang)
        got, wanted = (self._value(told["key"], told[side], lang) for side in ("got", "wanted"))
        if got == wanted:  # two elements of one name, a number written as text: as they stand
            got, wanted = (_bare(told[side]) for side in ("got", "wanted"))
        at = words["where"]["end" if told["number"] is None else "step"]
        number, name = told["number"], self.names.get(told["at"], told["at"])
        where = at.format(number=number, name=f" ({name})" if name else "")
        return {"where": where, "what": words["what"][told["key"]], "got": got, "wanted": wanted}

    def _value(self, key: str, value: Any, lang: str) -> str:
        words = table("walks_", lang)["values"]
        if isinstance(value, datetime):
            return value.strftime("%H:%M %d/%m/%Y")
        if isinstance(value, list):
            if key in STEPS:
                return self._steps(value, lang)
            return ", ".join(str(words.get(str(one), one)) for one in value) or words["nothing"]
        if key == "status":
            return statuses(str(value), lang)
        if value is None:
            return str(words["unset"])
        if isinstance(value, bool):
            return str(words["yes" if value else "no"])
        return str(words.get(str(value), value))

    def _steps(self, ids: list[Any], lang: str) -> str:
        words = table("walks_", lang)["values"]
        names = [self.names.get(str(id), str(id)) for id in ids]
        return ", ".join(words["element"].format(name=name) for name in names) or words["nothing"]


def _bare(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else repr(value)


def _refused(fault: Fault, lang: str) -> str:
    """What the platform said; of a form's answers also which are wrong, and how."""
    lines = [sentence(fault, lang)]
    faults: Any = fault.particulars.get("faults", ())
    lines += [f"{one.pointer}: {one.message.say(lang)}." for one in faults]
    return " ".join(lines)
