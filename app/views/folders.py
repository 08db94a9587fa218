"""Paper folders between offices: what to give, what to confirm, what is on its way."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import reading, transaction
from app.i18n import language, t
from app.identity import actor, requires
from engine.commands import folders as commands
from engine.errors import FolderElsewhere, FolderNotFor
from engine.queries import folders as questions
from engine.words import sentence

pages = Blueprint("folders", __name__)
MOVES = {"take": commands.take, "back": commands.take_back}
_NUMBER = re.compile(r"[0-9]{1,18}")
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
    """Give the ticked folders to one office, confirm that they are there, or take them back."""
    ticked = [int(one) for one in request.form.getlist("folder") if _NUMBER.fullmatch(one)]
    if not ticked:
        flash(t("folders.none_ticked"), "soon")
        return redirect(url_for("folders.listing"), 303)
    try:
        with transaction() as tx:
            do = request.form.get("do")
            if do in MOVES:
                count = MOVES[do](tx, ticked)
            else:
                do, count = "send", commands.send(tx, ticked, request.form.get("to", ""))
            said = t(f"folders.did_{do}", n=count)
    except (FolderElsewhere, FolderNotFor) as fault:
        flash(sentence(fault, language()), "soon")
    else:
        flash(said, "ok")
    return redirect(url_for("folders.listing"), 303)
