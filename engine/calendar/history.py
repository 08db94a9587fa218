"""The legal story of one dossier: received, paused, resumed, extended, corrected, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.calendar.days import local
from engine.calendar.limits import Limit, Unit
from engine.errors import AlreadyExtended, BadInstant


@dataclass(frozen=True)
class Pause:
    """A token waited at an element that stops the clock; ``ended`` None: it still does."""

    began: datetime
    ended: datetime | None
    reason: str
    element: str = ""


@dataclass(frozen=True)
class Extension:
    """Units added to the limit, once, in the unit it had then (working days for ``same day``)."""

    at: datetime
    amount: int
    unit: Unit
    reason: str = ""


@dataclass(frozen=True)
class LimitChange:
    """From here on another limit applies, counted from receipt as if it always had."""

    at: datetime
    name: str
    limit: Limit
    reason: str = ""


@dataclass(frozen=True)
class Correction:
    """The instant of receipt was entered wrong: what it was before, when and why that changed."""

    at: datetime
    was: datetime
    reason: str = ""


@dataclass(frozen=True)
class History:
    """Everything the legal clock depends on, besides the calendar."""

    received: datetime
    limit: Limit
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    changes: tuple[LimitChange, ...] = ()
    restart_on_resume: bool = False
    corrections: tuple[Correction, ...] = ()

    @property
    def in_force(self) -> Limit:
        """The limit that applies, its extension not added."""
        return self.changes[-1].limit if self.changes else self.limit

    @property
    def extended_by(self) -> int:
        """What the extension adds; one given in the unit of a limit since replaced adds nothing."""
        extension = self.extension
        return extension.amount if extension and extension.unit == _added_unit(self.in_force) else 0

    @property
    def once_received(self) -> tuple[datetime, ...]:
        """The instants of receipt that were set right since."""
        return tuple(correction.was for correction in self.corrections)

    @property
    def paused(self) -> bool:
        return any(pause.ended is None for pause in self.pauses)

    @property
    def latest(self) -> datetime:
        """The last instant at which something happened to the clock."""
        ends = [pause.ended for pause in self.pauses if pause.ended is not None]
        began = [pause.began for pause in self.pauses]
        changed = [change.at for change in self.changes]
        extended = [self.extension.at] if self.extension else []
        return max([self.received, *began, *ends, *changed, *extended])

    def pause(self, at: datetime, reason: str, element: str = "") -> History:
        """A token begins to wait at the element; if one waits there already nothing changes."""
        if self._waits(element):
            return self
        at = self._not_before_receipt(at)
        return replace(self, pauses=(*self.pauses, Pause(at, None, reason, element)))

    def resume(self, at: datetime, element: str = "") -> History:
        """The token at the element goes on; where none waits nothing changes."""
        waiting = self._waits(element)
        if waiting is None:
            return self
        at = local(at)
        if at < waiting.began:
            raise BadInstant(at=at, bound=waiting.began)
        ended = replace(waiting, ended=at)
        return replace(
            self, pauses=tuple(ended if pause is waiting else pause for pause in self.pauses)
        )

    def change_limit(self, at: datetime, name: str, limit: Limit, reason: str = "") -> History:
        at = self._not_before_receipt(at)
        return replace(self, changes=(*self.changes, LimitChange(at, name, limit, reason)))

    def extend(self, at: datetime, amount: int, reason: str = "") -> History:
        """Add so many units of the limit in force; a second time is refused."""
        if self.extension is not None:
            raise AlreadyExtended(at=self.extension.at, amount=self.extension.amount)
        unit = _added_unit(self.in_force)
        Limit(amount, unit)
        at = self._not_before_receipt(at)
        return replace(self, extension=Extension(at, amount, unit, reason))

    def correct(self, at: datetime, received: datetime, reason: str = "") -> History:
        """Set right when the dossier was received; never later than what has happened since."""
        received = local(received)
        since = [pause.began for pause in self.pauses] + [change.at for change in self.changes]
        bound = min([local(at), *since, *([self.extension.at] if self.extension else [])])
        if received > bound:
            raise BadInstant(at=received, bound=bound, cause="later")
        correction = Correction(local(at), self.received, reason)
        return replace(self, received=received, corrections=(*self.corrections, correction))

    def _waits(self, element: str) -> Pause | None:
        return next((p for p in self.pauses if p.ended is None and p.element == element), None)

    def _not_before_receipt(self, at: datetime) -> datetime:
        at = local(at)
        if at < self.received:
            raise BadInstant(at=at, bound=self.received)
        return at

    def to_json(self) -> dict[str, Any]:
        extension = self.extension
        return {
            "received": self.received.isoformat(),
            "limit": self.limit.text(),
            "pauses": [
                {
                    "began": pause.began.isoformat(),
                    "ended": pause.ended and pause.ended.isoformat(),
                    "reason": pause.reason,
                    "element": pause.element,
                }
                for pause in self.pauses
            ],
            "extension": extension
            and {
                "at": extension.at.isoformat(),
                "amount": extension.amount,
                "unit": extension.unit,
                "reason": extension.reason,
            },
            "changes": [
                {
                    "at": change.at.isoformat(),
                    "name": change.name,
                    "limit": change.limit.text(),
                    "reason": change.reason,
                }
                for change in self.changes
            ],
            "restart_on_resume": self.restart_on_resume,
            "corrections": [
                {"at": c.at.isoformat(), "was": c.was.isoformat(), "reason": c.reason}
                for c in self.corrections
            ],
        }

    @classmethod
    def from_json(cls, story: Mapping[str, Any]) -> History:
        extension = story["extension"]
        return cls(
            received=_instant(story["received"]),
            limit=Limit.parse(story["limit"]),
            pauses=tuple(
                Pause(
                    _instant(p["began"]),
                    p["ended"] and _instant(p["ended"]),
                    p["reason"],
                    p["element"],
                )
                for p in story["pauses"]
            ),
            extension=extension
            and Extension(
                _instant(extension["at"]),
                extension["amount"],
                extension["unit"],
                extension["reason"],
            ),
            changes=tuple(
                LimitChange(_instant(c["at"]), c["name"], Limit.parse(c["limit"]), c["reason"])
                for c in story["changes"]
            ),
            restart_on_resume=story["restart_on_resume"],
            corrections=tuple(
                Correction(_instant(c["at"]), _instant(c["was"]), c["reason"])
                for c in story["corrections"]
            ),
        )


def _added_unit(limit: Limit) -> Unit:
    return "working days" if limit.unit == "same day" else limit.unit


def _instant(text: str) -> datetime:
    return local(datetime.fromisoformat(text))
