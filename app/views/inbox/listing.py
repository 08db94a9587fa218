"""The list of what waits, sorted by the legal time left; claiming and giving back, one or many."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.i18n import language, t
from app.i18n.left import Left, left
from app.identity import actor, requires
from app.numbers import count
from app.views.inbox.pages import WATCHERS, WORKERS, pages
from engine.commands import tasks
from engine.errors import Fault
from engine.queries import inbox, states
from engine.queries.inbox import InboxRow
from engine.words import sentence

_GROUPS = (
    ("views", ("mine", "office", "all")),
    ("attention", ("escalated", "late", "soon", "untouched", "paused")),
)
_ASKED = ("q", "procedure", "step")


@pages.get("/tasks")
@requires(*WORKERS, *WATCHERS)
def listing() -> ResponseReturnValue:
    """One view of the inbox, narrowed by the filter row."""
    asked = {name: request.args.get(name, "") for name in _ASKED}
    works = bool(actor().roles & (set(WORKERS) - set(WATCHERS)))
    with reading() as connection:
        page = inbox.page(
            connection,
            actor(),
            instant(),
            view=request.args.get("view", "mine" if works else "escalated"),
            search=asked["q"],
            procedure=asked["procedure"],
            step=asked["step"],
            page=request.args.get("page", 1, type=count),
        )
        owing = states.number_unpaid(connection, actor()) if "cashier" in actor().roles else None
    return render_template(
        "inbox/listing.html",
        owing=owing,
        page=page,
        rows=[(row, _owed(row)) for row in page.rows],
        asked=asked,
        narrowed=any(asked.values()),
        works=any(row.my_post for row in page.rows),
        groups=_GROUPS,
    )


@pages.post("/tasks")
@requires(*WORKERS)
def bulk() -> ResponseReturnValue:
    """Claim or give back the tasks ticked, each for itself, and say what could not be done."""
    release = "release" in request.form
    verb = tasks.release if release else tasks.claim
    one = request.form.get("release" if release else "claim", "")
    chosen = [one] if one else request.form.getlist("task")
    if not chosen:
        flash(t("inbox.none_ticked"), "soon")
    refused: list[str] = []
    for task in chosen:
        try:
            with transaction() as tx:
                verb(tx, task)
        except Fault as fault:
            refused.append(sentence(fault, language()))
    if done := len(chosen) - len(refused):
        flash(t("inbox.released" if release else "inbox.claimed", n=done), "ok")
    if refused:
        flash(t("inbox.not_all", n=len(refused), why=" ".join(dict.fromkeys(refused))), "soon")
    asked: dict[str, Any] = {
        name: value for name in ("view", "page", *_ASKED) if (value := request.form.get(name))
    }
    return redirect(url_for("inbox.listing", **asked), 303)


def _owed(row: InboxRow) -> Left:
    return left(
        row.due,
        row.time_left,
        instant(),
        language(),
        paused=row.paused,
        soon=row.soon,
        remaining=row.remaining,
    )
