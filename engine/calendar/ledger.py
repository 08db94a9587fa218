"""Why is it this date? The lines that lead from the day of receipt to the due day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from engine.calendar.limits import Limit

LineKind = Literal[
    "received",  # the day of receipt: not counted, unless the limit ends that day
    "counted",  # days (or working time) that the limit consists of
    "off",  # days off; ``note`` names the holiday, empty for the weekly days off
    "paused",  # the clock stood; ``note`` says why
    "resumed",  # the day the clock went on: not counted either
    "brief",  # a pause that began and ended between two openings and cost nothing
    "moved",  # the last day is off: on to the next working day
    "lapsed",  # counted once, but the limit began again from zero
    "restarted",
    "extended",
    "superseded",  # an extension in the unit of a limit that no longer applies
    "limit",  # another limit applies, counted from receipt
    "corrected",  # the instant of receipt had been entered wrong
]


@dataclass(frozen=True)
class LedgerLine:
    """One line of the reckoning; the counted ones sum to the limit, in days or in ``worked``.

    ``at`` and ``until`` are the instants behind it; ``limit`` is what counts or is added.
    ``note_en`` is not kept: who shows the line may know the note in English as well.
    """

    first: date
    last: date
    kind: LineKind
    number_from: int | None = None
    number_to: int | None = None
    note: str = ""
    limit: Limit | None = None
    worked: timedelta | None = None
    at: datetime | None = None
    until: datetime | None = None
    provisional: bool = False
    note_en: str = ""

    @property
    def counts(self) -> int:
        """How many days of the limit the line stands for."""
        if self.number_from is None or self.number_to is None:
            return 0
        return self.number_to - self.number_from + 1

    @property
    def minutes(self) -> int | None:
        """Whole minutes of working time, for a limit in hours."""
        return None if self.worked is None else self.worked // timedelta(minutes=1)

    def to_json(self) -> dict[str, Any]:
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "kind": self.kind,
            "number_from": self.number_from,
            "number_to": self.number_to,
            "note": self.note,
            "limit": self.limit and self.limit.text(),
            "worked": None if self.worked is None else self.worked // timedelta(microseconds=1),
            "at": self.at and self.at.isoformat(),
            "until": self.until and self.until.isoformat(),
            "provisional": self.provisional,
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> LedgerLine:
        worked, at, until, limit = line["worked"], line["at"], line["until"], line["limit"]
        return cls(
            first=date.fromisoformat(line["first"]),
            last=date.fromisoformat(line["last"]),
            kind=line["kind"],
            number_from=line["number_from"],
            number_to=line["number_to"],
            note=line["note"],
            limit=limit and Limit.parse(limit),
            worked=None if worked is None else timedelta(microseconds=worked),
            at=at and datetime.fromisoformat(at),
            until=until and datetime.fromisoformat(until),
            provisional=line["provisional"],
        )
