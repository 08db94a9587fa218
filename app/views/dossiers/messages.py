"""What is said about a dossier: notes of the house, messages to the citizen, answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.errors import fault_page, status_of
from app.i18n import language, t
from app.identity import actor, requires
from app.numbers import count
from app.views.dossiers.page import again
from app.views.dossiers.pages import pages
from engine.commands import beside
from engine.commands import messages as commands
from engine.errors import (
    BadPeriod,
    CannotAsk,
    DossierFinished,
    DossierSuspended,
    Fault,
    MayNot,
    MessageAnswered,
    NobodyHolds,
    NothingSaid,
    ReasonMissing,
    TaskClosed,
    TaskGone,
    UnknownUnit,
    Unprintable,
)
from engine.queries import dossiers
from engine.words import sentence

if TYPE_CHECKING:
    from engine.store.database import Transaction

SPEAKERS = (
    "reception", "officer", "leader", "clerk", "cashier", "liaison",
    "director", "controller", "admin",
)  # fmt: skip
WRITES: dict[str, Callable[[Transaction, int, str, str], int]] = {
    "note": commands.write_note,
    "message": commands.write_message,
}

REFUSED = (
    DossierFinished,
    DossierSuspended,
    MayNot,
    MessageAnswered,
    NothingSaid,
    ReasonMissing,
    TaskClosed,
    TaskGone,
    Unprintable,
)
# What is wrong with a request for an opinion: its field, and the words where the fault's own do not
# speak of a question.
ASKED_WRONGLY: dict[type[Fault], tuple[str, str]] = {
    CannotAsk: ("unit", ""),
    BadPeriod: ("days", "messages.ask_days_bad"),
    NobodyHolds: ("unit", ""),
    ReasonMissing: ("question", "messages.ask_nothing"),
    UnknownUnit: ("unit", ""),
}


@pages.post("/dossiers/<code>/messages")
@requires(*SPEAKERS)
def write(code: str) -> ResponseReturnValue:
    """Keep a note, or send a message."""
    kind = "message" if request.form.get("do") == "message" else "note"
    text, key = request.form.get("text", ""), request.form.get("key", "")[:24]
    return _said(code, kind, text, lambda tx, dossier: WRITES[kind](tx, dossier, text, key))


@pages.post("/dossiers/<code>/messages/<int:id>")
@requires(*SPEAKERS)
def answer(code: str, id: int) -> ResponseReturnValue:
    """Answer what the citizen said."""
    text = request.form.get("text", "")
    return _said(code, "answer", text, lambda tx, _: commands.answer(tx, id, text))


@pages.post("/dossiers/<code>/opinions")
@requires(*SPEAKERS)
def ask_opinion(code: str) -> ResponseReturnValue:
    """Ask another office, with working days to answer."""
    form = request.form
    role, unit = form.get("role", ""), form.get("unit", "")
    days = form.get("days", 0, type=count)
    question, key = form.get("question", ""), form.get("key", "")[:24]
    try:
        return _said(
            code,
            "ask",
            question,
            lambda tx, dossier: beside.ask_opinion(tx, dossier, role, unit, question, days, key),
            but=tuple(ASKED_WRONGLY),
        )
    except tuple(ASKED_WRONGLY) as fault:
        at, words = ASKED_WRONGLY[type(fault)]
        said = t(words, n=beside.MOST_DAYS) if words else sentence(fault, language())
        return again(code, {at: said}, status_of(fault))


@pages.post("/dossiers/<code>/opinions/<task>")
@requires(*SPEAKERS)
def withdraw_opinion(code: str, task: str) -> ResponseReturnValue:
    """Take a question back, with a reason."""
    why = request.form.get("why", "")
    return _said(code, "recall", why, lambda tx, _: beside.withdraw_opinion(tx, task, why))


def _said(
    code: str,
    act: str,
    text: str,
    do: Callable[[Transaction, int], object],
    but: tuple[type[Fault], ...] = (),
) -> ResponseReturnValue:
    """Do it; where it is refused, what was typed is shown to be copied.

    Faults of ``but`` are told by the caller, at their fields.
    """
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, instant())
    try:
        with transaction() as tx:
            do(tx, dossier.id)
    except but:
        raise
    except REFUSED as fault:
        if text.strip():
            return fault_page(fault, kept=((t("messages.text"), text),))
        flash(sentence(fault, language()), "soon")
    else:
        flash(t(f"messages.did_{act}"), "ok")
    return redirect(url_for("dossiers.page", code=code, _anchor="messages"), 303)
