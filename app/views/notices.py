"""What was told to people; what could not be is sent again. And where one's own digest goes."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import reading, transaction
from app.i18n import t
from app.identity import actor, requires
from app.numbers import row_number
from engine.codes import is_email
from engine.commands import notices as commands
from engine.errors import NoticeOver
from engine.queries import notices as questions

pages = Blueprint("notices", __name__)
WHO = ("director", "controller", "admin")


@pages.get("/notices")
@requires(*WHO)
def listing() -> ResponseReturnValue:
    """The messages of one state, those given up first."""
    state = request.args.get("state", "dead")
    with reading() as connection:
        page = questions.page(connection, actor(), state)
    state = state if state in questions.STATES else questions.STATES[0]
    return make_response(
        render_template(
            "notices.html", page=page, state=state, states=questions.STATES, cause=_cause
        )
    )


def _cause(error: str) -> str:
    """What went wrong, in words; ``error`` is what a sender noted."""
    if error.startswith(("SMTP ", "HTTP ")):
        return t("notices.cause_answer", code=error)
    known = error in ("silent", "away", "certificate")
    return t(f"notices.cause_{error}" if known else "notices.cause_other")


@pages.post("/notices")
@requires(*WHO)
def resend() -> ResponseReturnValue:
    """Send again the one chosen, or all that were given up."""
    state = request.form.get("state", "dead")
    with reading() as connection:
        found = {line.id for line in questions.page(connection, actor(), state).lines}
    chosen = request.form.get("notice", type=row_number)
    again = 0
    for id in sorted(found if chosen is None else {chosen}):
        try:
            with transaction() as tx:
                commands.resend(tx, id)
        except NoticeOver:
            continue  # somebody else was quicker
        again += 1
    flash(t("notices.again", n=again), "ok" if again else "soon")
    return redirect(url_for("notices.listing", state=state), 303)


@pages.get("/account")
@requires("login")
def account() -> ResponseReturnValue:
    """Where the digest of this account goes."""
    with reading() as connection:
        email, language = questions.own_address(connection, actor())
    return render_template("account.html", email=email, language=language, wrong={})


@pages.post("/account")
@requires("login")
def set_account() -> ResponseReturnValue:
    """Another address, or none."""
    email, language = request.form.get("email", "").strip(), request.form.get("language", "vi")
    if email and not is_email(email):
        wrong = {"email": t("needs.email_form")}
        shown = render_template("account.html", email=email, language=language, wrong=wrong)
        return make_response(shown, 422)
    with transaction() as tx:
        commands.set_address(tx, email, language)
    flash(t("account.kept"), "ok")
    return redirect(url_for("notices.account"), 303)
