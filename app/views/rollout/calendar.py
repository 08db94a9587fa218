"""The working calendar: a storm, a half day, a corrected holiday, and the dossiers they touch."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Literal

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.i18n import language, t
from app.identity import actor, requires
from app.views.rollout.opening import YEARS
from app.views.rollout.pages import READERS, pages
from engine.calendar import CalendarDay, Session
from engine.commands import calendar as commands
from engine.errors import Fault
from engine.queries import calendar as questions
from engine.queries import planning
from engine.words import sentence

BEFORE, AFTER = timedelta(days=14), timedelta(days=200)
_SESSION = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


@pages.get("/calendar")
@requires(*READERS)
def calendar() -> ResponseReturnValue:
    """The special days around today, and what open dossiers they would move."""
    return _page()


@pages.post("/calendar")
@requires("admin")
def set_day() -> ResponseReturnValue:
    """Say that a day is off, worked, or worked for some hours."""
    day, wrong = _read()
    if day is None:
        return _page(wrong)
    try:
        with transaction() as tx:
            commands.set_day(tx, day)
    except Fault as fault:
        return _page({"scope": sentence(fault, language())})
    flash(t("calendar.kept"), "ok")
    return redirect(url_for("rollout.calendar"), 303)


@pages.post("/calendar/recount")
@requires("admin")
def recount() -> ResponseReturnValue:
    """Let open dossiers count with the calendar of now."""
    try:
        with transaction() as tx:
            commands.recount(tx, request.form.get("reason", "").strip()[:300])
    except Fault as fault:
        return _page({"reason": sentence(fault, language())})
    flash(t("calendar.recounting"), "ok")
    return redirect(url_for("rollout.calendar"), 303)


def _read() -> tuple[CalendarDay | None, dict[str, str]]:
    form = request.form
    wrong: dict[str, str] = {}
    day = _day(form.get("day", ""))
    if day is None:
        wrong["day"] = t("calendar.bad_day")
    source = form.get("source", "").strip()[:200]
    if not source:
        wrong["source"] = t("calendar.no_source")
    kind: Literal["off", "work"] = "off" if form.get("kind") == "off" else "work"
    hours = _sessions(form.get("hours", ""))
    if hours is None:
        wrong["hours"] = t("calendar.bad_hours")
    elif hours and kind == "off":
        wrong["hours"] = t("calendar.hours_off")
    if wrong or day is None:
        return None, wrong
    scope = form.get("scope") or "province"
    return CalendarDay(day, kind, hours or None, scope, source), {}


def _sessions(text: str) -> tuple[Session, ...] | None:
    """``07:30-11:30, 13:30-17:00``; empty: the usual hours; None where it cannot be read."""
    if not text.strip():
        return ()
    found = []
    for part in text.split(","):
        match = _SESSION.fullmatch(part.strip())
        try:
            opens, closes = (time.fromisoformat(one.zfill(5)) for one in match.groups())  # type: ignore[union-attr]
            found.append(Session(opens, closes))
        except (AttributeError, ValueError):
            return None
    ordered = sorted(found, key=lambda one: one.opens)
    apart = all(a.closes < b.opens for a, b in pairwise(ordered))
    return tuple(ordered) if apart else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _page(wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    today = instant().date()
    with reading() as connection:
        shown = render_template(
            "rollout/calendar.html",
            days=questions.days(connection, today - BEFORE, today + AFTER),
            preview=questions.preview(connection, instant()),
            earlier=questions.earlier(connection),
            centres=planning.receiving(connection, instant()),
            typed=request.form,
            wrong=wrong or {},
            may_decide="admin" in actor().roles,
        )
    return make_response(shown, 422 if wrong else 200)
