"""Change which days are worked; every change is a new revision and moves no dossier by itself."""

from __future__ import annotations

from collections.abc import Iterable

from engine.authority import require
from engine.calendar import CalendarDay, official_days
from engine.errors import UnknownUnit
from engine.store import calendar as store
from engine.store.database import Transaction
from engine.store.organisation import some_units

NAMED_SCOPES = ("nation", "province")


def set_day(tx: Transaction, day: CalendarDay) -> int:
    """Say that a day is off or worked; the calendar's new revision."""
    return set_days(tx, [day])


def set_days(tx: Transaction, days: Iterable[CalendarDay]) -> int:
    """The same for many days at once, under one revision."""
    require(tx.actor, "calendar")
    rows = tuple(days)
    offices = {row.scope for row in rows} - set(NAMED_SCOPES)
    unknown = offices - some_units(tx.connection, offices).keys()
    if unknown:
        raise UnknownUnit(code=min(unknown))
    return store.write_days(tx.connection, rows)


def seed_official_days(tx: Transaction, years: Iterable[int]) -> int:
    """Write the nation's days off of these years; those not yet announced stay provisional."""
    return set_days(tx, official_days(years))
