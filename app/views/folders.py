"""Paper folders between offices: what to give, what to confirm, what is on its way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import reading, transaction
from app.errors import status_of
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
    return _page()


@pages.post("/folders")
@requires(*WHO)
def move() -> ResponseReturnValue:
    """Give the ticked folders to one office, confirm that they are there, or take them back."""
    ticked = [int(one) for one in request.form.getlist("folder") if _NUMBER.fullmatch(one)]
    if not ticked:
        flash(t("folders.none_ticked"), "soon")
        return redirect(url_for("folders.listing"), 303)
    asked = request.form.get("do", "")
    do = asked if asked in MOVES else "send"
    try:
        with transaction() as tx:
            if do in MOVES:
                count = MOVES[do](tx, ticked)
            else:
                count = commands.send(tx, ticked, request.form.get("to", ""))
            said = t(f"folders.did_{do}", n=count)
    except (FolderElsewhere, FolderNotFor) as fault:
        # All of them or none: the ticks stay, so that one press is enough without that one.
        why = sentence(fault, language())
        flash(f"{why} {t('folders.none_moved')}" if len(ticked) > 1 else why, "soon")
        return make_response(_page(do, ticked), status_of(fault))
    flash(said, "ok")
    return redirect(url_for("folders.listing"), 303)


def _page(do: str = "", ticked: Sequence[int] = ()) -> str:
    """The lists; ``ticked``: those of ``do`` that stay ticked."""
    with reading() as connection:
        return render_template(
            "folders.html",
            to_send=questions.to_send(connection, actor()),
            to_take=questions.to_take(connection, actor()),
            under_way=questions.under_way(connection, actor()),
            ticked={do: frozenset(ticked)},
        )
