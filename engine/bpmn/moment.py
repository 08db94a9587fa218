"""The moment a step of a run happens in: the facts given, and the functions that speak of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from engine.calendar import ZONE, Calendar
from engine.errors import BadExpression

MOST = 9_999


@dataclass(frozen=True)
class Facts:
    """What a run may know of the world: instant, calendar, and the dossier's legal clock."""

    now: datetime
    calendar: Calendar
    due: datetime | None = None
    paused: bool = False


@dataclass(frozen=True)
class Counted:
    """An amount of working time, as ``working_days(3)`` says it."""

    amount: int
    unit: Literal["days", "hours"]

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """The instant this much working time later."""
        return self._moved(start, calendar, self.amount)

    def before(self, end: datetime, calendar: Calendar) -> datetime:
        """The instant this much working time earlier."""
        return self._moved(end, calendar, -self.amount)

    def _moved(self, start: datetime, calendar: Calendar, amount: int) -> datetime:
        if self.unit == "days":
            return calendar.add_working_days(start, amount)
        return calendar.add_working_hours(start, amount)


def functions(facts: Facts) -> Mapping[str, Callable[..., Any]]:
    """The functions that expressions may call, bound to the moment."""

    def due() -> str | None:
        return facts.due.astimezone(ZONE).isoformat() if facts.due else None

    def before_due(amount: Any) -> str | None:
        if not isinstance(amount, Counted):
            raise BadExpression(text="before_due", line=None, cause="call:before_due")
        return amount.before(facts.due, facts.calendar).isoformat() if facts.due else None

    def today() -> str:
        return facts.now.astimezone(ZONE).date().isoformat()

    return {
        "working_days": working_days,
        "working_hours": working_hours,
        "due": due,
        "before_due": before_due,
        "today": today,
    }


def working_days(amount: Any) -> Counted:
    """So many working days."""
    return Counted(_whole("working_days", amount), "days")


def working_hours(amount: Any) -> Counted:
    """So many working hours."""
    return Counted(_whole("working_hours", amount), "hours")


#: What expressions may call, for the checks.
FUNCTIONS = frozenset({"working_days", "working_hours", "due", "before_due", "today"})


def _whole(name: str, amount: Any) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= MOST:
        raise BadExpression(text=name, line=None, cause=f"call:{name}")
    return amount
