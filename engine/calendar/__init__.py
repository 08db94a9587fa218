"""Working days, limits and the legal clock."""

from engine.calendar.clock import Clock, Outcome, TimeLeft, on_time, read_clock, working_time_left
from engine.calendar.days import (
    USUAL_SESSIONS,
    USUAL_WEEK,
    ZONE,
    Calendar,
    CalendarDay,
    Session,
    local,
)
from engine.calendar.history import Correction, Extension, History, LimitChange, Pause
from engine.calendar.ledger import LedgerLine
from engine.calendar.limits import Limit
from engine.calendar.official import official_days
from engine.calendar.wording import ledger_dates, ledger_numbers, ledger_text, ledger_words

__all__ = [
    "USUAL_SESSIONS",
    "USUAL_WEEK",
    "ZONE",
    "Calendar",
    "CalendarDay",
    "Clock",
    "Correction",
    "Extension",
    "History",
    "LedgerLine",
    "Limit",
    "LimitChange",
    "Outcome",
    "Pause",
    "Session",
    "TimeLeft",
    "ledger_dates",
    "ledger_numbers",
    "ledger_text",
    "ledger_words",
    "local",
    "official_days",
    "on_time",
    "read_clock",
    "working_time_left",
]
