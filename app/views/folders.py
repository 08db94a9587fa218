"""Paper folders between offices: what to give, what to confirm, what is on its way."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import reading, transaction
from app.i18n import language, t
from app.identity import actor, requires
from engine.commands import folders as commands
from engine.errors import FolderElsewhere
from engine.queries import folders as questions
from engine.words import sentence

pages = Blueprint("folders", __name__)
WHO = ("reception", "officer", "leader", "clerk", "cashier", "liaison", "director")


@pages.get("/folders")
@requires(*WHO)
def listing() -> ResponseReturnValue:
    """The three lists of the actor's offices."""
    with reading() as connection:
        return render_template(
            "folders.html",
            to_send=questions.to_send(connection, actor()),
            to_take=questions.to_take(connection, actor()),
            under_way=questions.under_way(connection, actor()),
        )


@pages.post("/folders")
@requires(*WHO)
def move() -> ResponseReturnValue:
    """Give the ticked folders to one office, or confirm that the ticked ones are there."""
    ticked = [int(one) for one in request.form.getlist("folder") if one.isdecimal()]
    if not ticked:
        flash(t("folders.none_ticked"), "soon")
        return redirect(url_for("folders.listing"), 303)
    try:
        with transaction() as tx:
            if request.form.get("do") == "take":
                count = commands.take(tx, ticked)
                said = t("folders.did_take", n=count)
            else:
                count = commands.send(tx, ticked, request.form.get("to", ""))
                said = t("folders.did_send", n=count)
    except FolderElsewhere as fault:
        flash(sentence(fault, language()), "soon")
    else:
        flash(said, "ok")
    return redirect(url_for("folders.listing"), 303)
