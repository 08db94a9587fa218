"""Take open dossiers to a release: each seen first, then carried out, stopped, undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.i18n import language, t
from app.identity import actor, requires
from app.views.rollout.pages import READERS, pages
from engine.changes import Reason, stays
from engine.commands import moving
from engine.errors import Fault
from engine.queries import moving as questions
from engine.queries import planning
from engine.queries import releases as of_releases
from engine.words import sentence

ACTS = {"stop": moving.stop, "resume": moving.resume, "revert": moving.revert}
#: What may be pressed in which state.
OPEN_ACTS = {
    "running": ("stop", "revert"),
    "stopped": ("resume", "revert"),
    "done": ("revert",),
    "reverting": ("stop",),
    "held": ("resume",),
}


@dataclass(frozen=True)
class Result:
    """How one dossier fared, in words."""

    code: str
    state: str
    why: str


@pages.get("/releases/<digest>/move")
@requires("admin")
def plan_move(digest: str) -> ResponseReturnValue:
    """What moving every open dossier here would do."""
    return _page(digest, request.args.to_dict())


@pages.post("/releases/<digest>/move")
@requires("admin")
def start_move(digest: str) -> ResponseReturnValue:
    """Look again with another mapping, or begin."""
    typed = request.form.to_dict()
    if typed.get("do") != "start":
        return _page(digest, typed)
    if not typed.get("reason", "").strip():
        return _page(digest, typed, (("reason", t("moves.reason_missing")),), 422)
    try:
        with transaction() as tx:
            id = moving.start(
                tx,
                digest,
                reason=typed["reason"].strip()[:300],
                centre=typed.get("centre") or None,
                mapping=_mapping(typed),
                recompute=bool(typed.get("recompute")),
            )
    except Fault as fault:
        return _page(digest, typed, (("reason", sentence(fault, language())),), 422)
    return redirect(url_for("rollout.move", id=id), 303)


@pages.get("/moves/<int:id>")
@requires(*READERS)
def move(id: int) -> ResponseReturnValue:
    """How far a move is, and the result of each dossier."""
    with reading() as connection:
        found = questions.view(connection, id)
        line = of_releases.release(connection, found.digest)
        centres = {one.code: one.name for one in planning.receiving(connection, instant())}
    results = [Result(code, state, _why(said)) for code, state, said in found.results]
    acts = OPEN_ACTS.get(found.state, ()) if "admin" in actor().roles else ()
    return render_template(
        "rollout/move.html", move=found, release=line, centres=centres, results=results, acts=acts
    )


@pages.post("/moves/<int:id>/<act>")
@requires("admin")
def act_on_move(id: int, act: str) -> ResponseReturnValue:
    """Stop, go on, or take back what nobody has touched."""
    if act in ACTS:
        with transaction() as tx:
            ACTS[act](tx, id)
        flash(t(f"moves.did_{act}"), "ok")
    return redirect(url_for("rollout.move", id=id), 303)


def _mapping(typed: dict[str, str]) -> dict[str, str]:
    prefix = "map:"
    return {
        key.removeprefix(prefix): value
        for key, value in typed.items()
        if key.startswith(prefix) and value
    }


def _why(said: Any) -> str:
    lang = language()
    told = [
        stays(Reason(one["rule"], one["element"], one["detail"]), one["name"], lang)
        for one in said.get("reasons", ())
    ]
    if said.get("touched"):
        told.append(t("moves.touched"))
    told += [f"{was} → {now}" for was, now in (said.get("mapped") or {}).items()]
    return " ".join(told)


def _said(reason: Reason, names: Mapping[str, str], lang: str) -> str:
    return stays(reason, names.get(reason.element, ""), lang)


def _page(
    digest: str,
    typed: dict[str, str],
    faults: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    centre, lang = typed.get("centre") or None, language()
    with reading() as connection:
        line = of_releases.release(connection, digest)
        seen = questions.dry_run(connection, digest, centre, {})
        gone = questions.waiting_steps(connection, digest, seen)
        mapping = _mapping(typed)
        if not typed.get("do"):  # first look: steps of one name are the same until somebody objects
            mapping = {step: meant for step, (_, meant) in gone.items() if meant}
        if mapping:
            seen = questions.dry_run(connection, digest, centre, mapping)
        people = questions.people_of(connection, digest)
        centres = planning.receiving(connection, instant())
    shown = render_template(
        "rollout/plan_move.html",
        release=line,
        centres=centres,
        typed=typed,
        faults=faults,
        by_name=dict(faults),
        gone=gone,
        mapping=mapping,
        people=people,
        seen=seen,
        reasons=[(_said(one, seen.names, lang), n) for one, n in seen.reasons],
        staying=[
            (one.code, " ".join(_said(why, seen.names, lang) for why in one.reasons))
            for one in seen.staying
        ],
    )
    return make_response(shown, status)
