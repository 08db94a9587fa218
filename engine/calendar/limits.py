"""How long something may take: ``10 working days``, ``4 working hours``, ``same day 15:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Literal, get_args

from engine.errors import BadLimit
from engine.words.tables import table

Unit = Literal["working days", "working hours", "days", "same day"]

LONGEST = 9_999
CUTOFF = time(15)
_AMOUNT = re.compile(r"([1-9][0-9]{0,3}) (working day|working hour|day)s?")
_SAME_DAY = re.compile(r"same day(?: ([01][0-9]|2[0-3]):([0-5][0-9]))?")


@dataclass(frozen=True)
class Limit:
    """An amount of one unit; ``same day`` has the amount 1 and a cut-off hour.

    >>> Limit.parse("1 working day").text()
    '1 working days'
    """

    amount: int
    unit: Unit
    cutoff: time | None = None

    def __post_init__(self) -> None:
        same_day = self.unit == "same day"
        if (
            self.unit not in get_args(Unit)
            or not 1 <= self.amount <= LONGEST
            or same_day != (self.cutoff is not None)
            or (same_day and self.amount != 1)
        ):
            raise BadLimit(text=f"{self.amount} {self.unit} {self.cutoff or ''}".strip())

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read a limit as designers write it, singular too; ``same day`` alone means 15:00."""
        words = " ".join(text.split()).lower()
        if match := _AMOUNT.fullmatch(words):
            unit: dict[str, Unit] = {
                "working day": "working days",
                "working hour": "working hours",
                "day": "days",
            }
            return cls(int(match[1]), unit[match[2]])
        if match := _SAME_DAY.fullmatch(words):
            return cls(1, "same day", time(int(match[1]), int(match[2])) if match[1] else CUTOFF)
        raise BadLimit(text=text)

    def text(self) -> str:
        """The canonical form, which ``parse`` reads back."""
        if self.unit == "same day":
            return f"same day {self.cutoff:%H:%M}"
        return f"{self.amount} {self.unit}"

    def words(self, lang: str = "vi") -> str:
        """The limit as people read it: ``10 ngày làm việc``, ``1 working day``."""
        one = self.amount == 1 and self.unit != "same day"
        said: str = table("time_", lang)["limit"][self.unit[:-1] if one else self.unit]
        return said.format(n=self.amount, hour=f"{self.cutoff:%H:%M}" if self.cutoff else "")
