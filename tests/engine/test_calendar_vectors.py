"""The hand-checked deadlines on the official calendar."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.calendar import ZONE, Calendar, History, Limit, official_days, read_clock

VECTORS = tomllib.loads(
    (Path(__file__).parents[1] / "vectors" / "deadlines.toml").read_text(encoding="utf-8")
)
CALENDAR = Calendar(official_days(range(2024, 2028)))


def at(instant: datetime) -> datetime:
    return instant.replace(tzinfo=ZONE)


def name_of(case: dict[str, Any]) -> str:
    return str(case.get("name") or f"{case['from']}+{case.get('n', '')}")


@pytest.mark.parametrize("case", VECTORS["working_days"], ids=name_of)
def test_working_days_end_where_the_table_says(case: dict[str, Any]) -> None:
    due = CALENDAR.add_working_days(at(case["from"]), case["n"])
    assert f"{due:%Y-%m-%d %H:%M}" == f"{case['due']} 17:00"
    history = History(at(case["from"]), Limit(case["n"], "working days"))
    assert read_clock(history, CALENDAR, due).due == due


@pytest.mark.parametrize("case", VECTORS["same_day"], ids=name_of)
def test_same_day_ends_where_the_table_says(case: dict[str, Any]) -> None:
    history = History(at(case["from"]), Limit.parse("same day 15:00"))
    due = read_clock(history, CALENDAR, history.received).due
    assert due is not None
    assert f"{due:%Y-%m-%d %H:%M}" == f"{case['due']} 17:00"


@pytest.mark.parametrize("case", VECTORS["working_hours"], ids=name_of)
def test_working_hours_end_where_the_table_says(case: dict[str, Any]) -> None:
    due = at(case["due"])
    assert CALENDAR.add_working_hours(at(case["from"]), case["n"]) == due
    history = History(at(case["from"]), Limit(case["n"], "working hours"))
    assert read_clock(history, CALENDAR, due).due == due


@pytest.mark.parametrize("case", VECTORS["history"], ids=name_of)
def test_a_history_comes_to_what_the_table_says(case: dict[str, Any]) -> None:
    history = History(
        at(case["received"]),
        Limit.parse(case["limit"]),
        restart_on_resume=case.get("restart", False),
    )
    for number, (began, *ended) in enumerate(case.get("pauses", [])):
        history = history.pause(at(began), "bổ sung", f"step{number}")
        if ended:
            history = history.resume(at(ended[0]), f"step{number}")
    if "extend" in case:
        history = history.extend(history.received, case["extend"], "chờ ý kiến")
    clock = read_clock(history, CALENDAR, history.received)
    assert clock.due == (at(case["due"]) if "due" in case else None)
    assert clock.paused == ("due" not in case)
