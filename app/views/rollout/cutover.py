"""The admin's great days: a model ends, a procedure closes, trials are cleared away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import database, instant, reading, transaction
from app.i18n import language, say, t
from app.identity import actor, requires
from app.views.rollout.opening import read_instant
from app.views.rollout.pages import READERS, pages
from engine.commands import closing, trials
from engine.commands import cutover as commands
from engine.errors import Fault, SameModel
from engine.package import MODELS
from engine.queries import cutover as questions
from engine.queries.cutover import Way
from engine.queries.organisation import unit_names
from engine.queries.wording import KIND_NAMES, unit_rule
from engine.words import cause, sentence


@pages.get("/cutovers")
@requires(*READERS)
def cutovers() -> ResponseReturnValue:
    """What is planned, what is closed, how many trials there are."""
    return _page()


@pages.post("/cutovers")
@requires("admin")
def plan_cutover() -> ResponseReturnValue:
    """Show where open dossiers would go, or plan the change."""
    form = request.form
    at, reason = read_instant(form.get("at", "")), form.get("reason", "").strip()[:300]
    models = (form.get("from_model", ""), form.get("to_model", ""))
    if at is None or not set(models) <= set(MODELS):
        return _page({"at": t("releases.bad_from")})
    try:
        commands.possible(*models, at, instant())
        if form.get("do") != "plan":
            with reading() as connection:
                return _page(ways=questions.ways(connection, *models, at))
        if not reason:
            return _page({"reason": t("moves.reason_missing")})
        with transaction() as tx:
            commands.plan(tx, from_model=models[0], to_model=models[1], at=at, reason=reason)
    except Fault as fault:
        place = "to_model" if isinstance(fault, SameModel) else "at"
        return _page({place: sentence(fault, language())})
    flash(t("cutover.planned"), "ok")
    return redirect(url_for("rollout.cutovers"), 303)


@pages.get("/cutovers/<int:id>")
@requires(*READERS)
def cutover(id: int) -> ResponseReturnValue:
    """How far a change is, and what became of each dossier."""
    with reading() as connection:
        line, items = questions.view(connection, id)
        names = unit_names(connection)
    shown = {key: say(name) for key, name in names.items()}
    told = [(code, state, _said(said, shown)) for code, state, said in items]
    return make_response(render_template("rollout/cutover.html", line=line, items=told))


@pages.post("/cutovers/<int:id>/cancel")
@requires("admin")
def cancel_cutover(id: int) -> ResponseReturnValue:
    """Take a plan back before its instant."""
    with transaction() as tx:
        commands.cancel(tx, id)
    flash(t("cutover.cancelled"), "ok")
    return redirect(url_for("rollout.cutovers"), 303)


@pages.post("/closures")
@requires("admin")
def close_procedure() -> ResponseReturnValue:
    """Receive a procedure no more from an instant on."""
    form = request.form
    at = read_instant(form.get("closes_at", ""))
    if at is None:
        return _page({"closes_at": t("releases.bad_from")})
    try:
        with transaction() as tx:
            closing.close(
                tx, form.get("procedure", ""), at=at, reason=form.get("why", "").strip()[:300],
                successor=form.get("successor") or None,
            )  # fmt: skip
    except Fault as fault:
        return _page({"why": sentence(fault, language())})
    flash(t("cutover.closed"), "ok")
    return redirect(url_for("rollout.cutovers"), 303)


@pages.post("/closures/<procedure>/reopen")
@requires("admin")
def reopen_procedure(procedure: str) -> ResponseReturnValue:
    """Take a closure back; it is rolled out anew."""
    with transaction() as tx:
        closing.reopen(tx, procedure)
    flash(t("cutover.reopened"), "ok")
    return redirect(url_for("rollout.cutovers"), 303)


@pages.post("/trials/purge")
@requires("admin")
def purge_trials() -> ResponseReturnValue:
    """Remove the trial dossiers received before an instant."""
    until = read_instant(request.form.get("until", ""))
    if until is None:
        return _page({"until": t("releases.bad_until")})
    try:
        with transaction() as tx:
            reason = request.form.get("purge_why", "").strip()[:300]
            count, files = trials.purge(tx, until=until, reason=reason)
    except Fault as fault:
        return _page({"purge_why": sentence(fault, language())})
    trials.sweep(database(), files, instant())
    flash(t("cutover.purged", n=count), "ok")
    return redirect(url_for("rollout.cutovers"), 303)


def _said(said: Mapping[str, Any], names: dict[str, str]) -> str:
    if "why" in said:
        return t(f"cutover.why_{said['why']}", unit=_missing(said.get("unit", "")))
    sides = ("receiving", "deciding", "folder_at", "from_unit", "to_unit", "return_at")
    pairs = [said.get(name) for name in sides]
    told = [
        f"{names.get(pair[0], pair[0])} → {names.get(pair[1], pair[1])}"
        for pair in pairs
        if isinstance(pair, list) and pair[0] != pair[1]
    ]
    if said and not told:
        return t("cutover.same_offices")
    return "; ".join(dict.fromkeys(told))


def _missing(asked: str) -> str:
    """The office that was not found: a lane's rule, or a kind and the commune it would serve."""
    rule, _, territory = asked.removeprefix("unit:").partition(" ")
    kind = KIND_NAMES.get(rule)
    name = cause(say(kind or unit_rule(rule)), language())
    return t("cutover.serving", unit=name, commune=territory) if kind and territory else name


def _page(
    wrong: dict[str, str] | None = None, ways: tuple[Way, ...] | None = None
) -> ResponseReturnValue:
    with reading() as connection:
        shown = render_template(
            "rollout/cutovers.html",
            lines=questions.listing(connection),
            closed=questions.closed(connection),
            procedures=questions.procedures(connection),
            trials=questions.trials(connection),
            purged=questions.purged(connection),
            ways=ways,
            typed=request.form,
            wrong=wrong or {},
            models=MODELS,
            now=instant(),
            may_decide="admin" in actor().roles,
        )
    return make_response(shown, 422 if wrong else 200)
