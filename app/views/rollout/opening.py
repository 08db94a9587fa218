"""Open an approved release to centres, seen before it is saved; take it back with one press."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.i18n import language, t
from app.identity import requires
from app.numbers import digits
from app.views.rollout.pages import pages
from engine.calendar import ZONE
from engine.commands import releases
from engine.errors import Fault
from engine.package import MODELS
from engine.queries import planning
from engine.queries import releases as questions
from engine.queries.planning import Proposal
from engine.queries.wording import ROLE_NAMES
from engine.words import sentence

YEARS = range(2000, 2200)  # what a person can mean; arithmetic must not leave the calendar


@pages.get("/releases/<digest>/rollout")
@requires("admin")
def plan(digest: str) -> ResponseReturnValue:
    """The form of a rollout, from the next full minute on."""
    start = instant().astimezone(ZONE).replace(second=0, microsecond=0) + timedelta(minutes=1)
    typed = {"model": "two-level", "kind": "live", "valid_from": start.strftime("%Y-%m-%dT%H:%M")}
    return _page(digest, typed, [], None, ())


@pages.post("/releases/<digest>/rollout")
@requires("admin")
def open_to(digest: str) -> ResponseReturnValue:
    """Show what the rollout would do, or do it."""
    typed = request.form.to_dict()
    chosen = request.form.getlist("centre")
    asked, faults = _read(digest, typed, chosen)
    if asked is None:
        return _page(digest, typed, chosen, None, faults, 422)
    with reading() as connection:
        seen = planning.preview(connection, asked)
    if typed.get("do") != "open" or seen.clashes:
        return _page(digest, typed, chosen, seen, (), 422 if seen.clashes else 200)
    try:
        with transaction() as tx:
            for centre in asked.centres or (None,):
                releases.roll_out(
                    tx, digest, model=asked.model, valid_from=asked.valid_from,
                    valid_until=asked.valid_until, centre=centre, trial=asked.trial,
                    stop_share=_share(typed.get("stop_share", "")),
                )  # fmt: skip
    except Fault as fault:
        wrong = (("valid_from", sentence(fault, language())),)
        return _page(digest, typed, chosen, seen, wrong, 422)
    flash(t("releases.opened"), "ok")
    return redirect(url_for("rollout.release", digest=digest), 303)


@pages.post("/rollouts/<int:id>/back")
@requires("admin")
def back(id: int) -> ResponseReturnValue:
    """End a rollout: new dossiers get the release before it."""
    reason = request.form.get("reason", "").strip()[:300]
    with transaction() as tx:
        digest = releases.step_back(tx, id, reason)
    flash(t("releases.back_done"), "ok")
    return redirect(url_for("rollout.release", digest=digest), 303)


def _read(
    digest: str, typed: dict[str, str], chosen: list[str]
) -> tuple[Proposal | None, tuple[tuple[str, str], ...]]:
    faults: list[tuple[str, str]] = []
    start = read_instant(typed.get("valid_from", ""))
    until = read_instant(typed.get("valid_until", ""))
    if start is None:
        faults.append(("valid_from", t("releases.bad_from")))
    if typed.get("valid_until") and until is None:
        faults.append(("valid_until", t("releases.bad_until")))
    if not typed.get("everywhere") and not chosen:
        faults.append(("centres", t("releases.no_centre")))
    if typed.get("stop_share") and _share(typed["stop_share"]) is None:
        faults.append(("stop_share", t("releases.bad_share")))
    if typed.get("model") not in MODELS:
        faults.append(("model", t("releases.no_model")))
    if start is None or faults:
        return None, tuple(faults)
    centres = () if typed.get("everywhere") else tuple(chosen)
    trial = typed.get("kind") == "trial"
    return Proposal(digest, centres, typed["model"], trial, start, until), ()


def _share(text: str) -> int | None:
    return digits(text) if 0 < digits(text) < 100 else None


def read_instant(text: str) -> datetime | None:
    """What a date and time field holds, local time; None for anything else."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if read.year not in YEARS:
        return None
    return read.replace(tzinfo=ZONE) if read.tzinfo is None else read


def _page(
    digest: str,
    typed: dict[str, str],
    chosen: list[str],
    seen: planning.Preview | None,
    faults: tuple[tuple[str, str], ...],
    status: int = 200,
) -> ResponseReturnValue:
    with reading() as connection:
        line = questions.release(connection, digest)
        centres = planning.receiving(connection, instant())
    shown = render_template(
        "rollout/open.html",
        release=line,
        centres=centres,
        typed=typed,
        chosen=chosen,
        seen=seen,
        faults=faults,
        by_name=dict(faults),
        models=MODELS,
        roles=ROLE_NAMES,
    )
    return make_response(shown, status)
