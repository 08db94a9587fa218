"""Who is away, and who acts in their place: arranged by whoever heads the office."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.i18n import language, say, t
from app.identity import actor, requires
from app.numbers import row_number
from engine.calendar import ZONE
from engine.commands import absences as commands
from engine.errors import BadInstant, CannotStandIn, MayNot, ReasonMissing, UnknownPerson
from engine.queries import absences as questions
from engine.queries import organisation
from engine.queries.wording import ROLE_NAMES
from engine.reasons import REASONS
from engine.words import sentence

pages = Blueprint("absences", __name__)
WHO = ("leader", "director", "controller", "admin")
LAST_YEAR = 2200  # a year typed wrongly; calendars end somewhere


@pages.get("/absences")
@requires(*WHO)
def listing() -> ResponseReturnValue:
    """Who is away or will be, and the form to arrange it."""
    return _page()


@pages.post("/absences")
@requires(*WHO)
def arrange() -> ResponseReturnValue:
    """Let somebody stand in from a day to another, both included."""
    first, last = _day("since"), _day("until")
    wrong = {
        name: t("absences.bad_day") for name, at in (("since", first), ("until", last)) if not at
    }
    if first is None or last is None:
        return _page(wrong)
    person, substitute = (
        request.form.get(name, 0, type=row_number) for name in ("person", "substitute")
    )
    basis = request.form.get("basis", "").strip()[:300]
    try:
        with transaction() as tx:
            ends = last + timedelta(days=1)
            made = commands.arrange_absence(tx, person, substitute, first, ends, basis)
    except UnknownPerson as fault:
        return _page({"person": sentence(fault, language())})
    except MayNot as fault:
        return _page({"person": say(REASONS[str(fault.particulars["reason"])])})
    except CannotStandIn as fault:
        return _page({"substitute": sentence(fault, language())})
    except ReasonMissing:
        return _page({"basis": t("absences.no_basis")})
    except BadInstant:
        return _page({"until": t("absences.bad_period")})
    flash(t("absences.kept"), "ok")
    _warn(made)
    return redirect(url_for("absences.listing"), 303)


def _warn(made: commands.Arranged) -> None:
    """Say where nobody acts in the absent person's place, or may not be there themselves."""
    if made.uncovered:
        with reading() as connection:
            names = organisation.unit_names(connection)
        posts = [f"{say(ROLE_NAMES[one.role])}, {say(names[one.unit])}" for one in made.uncovered]
        flash(t("absences.uncovered", posts="; ".join(posts)), "soon")
    if made.gone:
        flash(t("absences.gone"), "soon")
    for login in made.left:
        flash(t("absences.left", who=login), "soon")


@pages.post("/absences/<int:id>/end")
@requires(*WHO)
def end(id: int) -> ResponseReturnValue:
    """Back earlier than thought."""
    with transaction() as tx:
        commands.end_absence(tx, id)
    flash(t("absences.ended"), "ok")
    return redirect(url_for("absences.listing"), 303)


def _day(name: str) -> datetime | None:
    try:
        day = date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=ZONE) if day.year < LAST_YEAR else None


def _page(wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    with reading() as connection:
        shown = render_template(
            "absences.html",
            colleagues=questions.colleagues(connection, actor(), instant()),
            lines=questions.absences_of(connection, actor(), instant()),
            last_day=lambda line: line.valid_until - timedelta(microseconds=1),
            today=instant().date(),
            typed=request.form,
            wrong=wrong or {},
        )
    return make_response(shown, 422 if wrong else 200)
