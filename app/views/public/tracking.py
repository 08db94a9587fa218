"""The citizen's page: whose turn it is, what to bring, when to come; nothing personal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import accounts, uploads
from app.database import instant, reading, transaction
from app.downloads import file_answer
from app.i18n import t, tongue
from app.identity import CITIZEN, NOBODY, requires
from app.numbers import count
from app.views.public.pages import pages
from engine.calendar import USUAL_SESSIONS
from engine.commands import citizens
from engine.commands.brought import Brought, look_at_all
from engine.errors import (
    BadDocument,
    NothingSaid,
    NotNow,
    StillUnanswered,
    Throttled,
    UnknownDossier,
)
from engine.queries import tracking as questions
from engine.queries.tracking import TrackingView
from engine.queries.wording import ROLE_NAMES
from engine.words import sentence

if TYPE_CHECKING:
    from engine.store.database import Transaction

Files = Sequence[Brought]
# A dash that does not break a line: "7:30–\u206011:30".
_HOURS = ", ".join(
    f"{one.opens.hour}:{one.opens:%M}–\u2060{one.closes:%H:%M}" for one in USUAL_SESSIONS
)
_TRIES = 30  # wrong codes from one address in a window


@pages.get("/track")
@requires("public")
def track() -> ResponseReturnValue:
    """The two codes of the slip, typed; on to the page they open."""
    code, secret = request.args.get("code", "").strip().upper(), request.args.get("s", "").strip()
    if code and secret:
        return redirect(url_for("public.tracking", code=code, s=secret), 303)
    return _form(code)


@pages.get("/track/<code>")
@requires("public")
def tracking(code: str) -> ResponseReturnValue:
    """Where the dossier is; wrong codes are counted per address, right ones never."""
    return _opened(code, request.args.get("s", ""), _page)


@pages.post("/track/<code>")
@requires("public")
def act(code: str) -> ResponseReturnValue:
    """Send papers, ask for the dossier back, rate, or say something."""
    secret = request.form.get("s", "")

    def do(view: TrackingView) -> ResponseReturnValue:
        doing = request.form.get("do", "")
        if doing not in ACTS:
            return _page(view)
        try:
            files = _files() if doing == "papers" else ()
            with transaction(CITIZEN) as tx:
                ACTS[doing](tx, code, secret, request.form.get("key", "")[:40], files)
        except BadDocument as fault:
            return _page(view, {doing: uploads.refusal(fault)})
        except (NothingSaid, NotNow, StillUnanswered) as fault:
            return _page(view, {doing: sentence(fault, tongue())})
        flash(t(f"track.did_{doing}"), "ok")
        return redirect(url_for("public.tracking", code=code, s=secret), 303)

    return _opened(code, secret, do)


@pages.get("/track/<code>/results/<int:id>")
@requires("public")
def result(code: str, id: int) -> ResponseReturnValue:
    """The electronic result, as it was scanned; fetching it is written into the journal."""
    secret = request.args.get("s", "")

    def do(view: TrackingView) -> ResponseReturnValue:
        with transaction(CITIZEN) as tx:
            row, data = citizens.fetch_result(tx, code, secret, id)
        return _private(file_answer(data, row.media, row.name, saved=True))

    return _opened(code, secret, do)


def _files() -> tuple[Brought, ...]:
    return look_at_all(uploads.several("file", citizens.MOST_FILES), citizens.MOST_FILES)


def _send(tx: Transaction, code: str, secret: str, key: str, files: Files) -> None:
    citizens.send_papers(tx, code, secret, request.form.get("text", ""), files, key)


def _rate(tx: Transaction, code: str, secret: str, key: str, files: Files) -> None:
    citizens.rate(tx, code, secret, request.form.get("marks", 0, type=count))


def _withdraw(tx: Transaction, code: str, secret: str, key: str, files: Files) -> None:
    citizens.ask_withdrawal(tx, code, secret, request.form.get("text", ""), key)


def _complain(tx: Transaction, code: str, secret: str, key: str, files: Files) -> None:
    citizens.give_feedback(tx, code, secret, request.form.get("text", ""), key)


ACTS: dict[str, Callable[[Transaction, str, str, str, Files], None]] = {
    "papers": _send,
    "withdrawal": _withdraw,
    "feedback": _complain,
    "rate": _rate,
}


def _opened(
    code: str, secret: str, show: Callable[[TrackingView], ResponseReturnValue]
) -> ResponseReturnValue:
    """What the two codes open; wrong ones are counted per address, right ones never refused.

    Many telephones share one address of their network: whoever has the secret gets in however many
    others guessed. Without a secret, as our messages lead here, nobody has guessed anything.
    """
    if not secret.strip():
        return _form(code)
    now = instant()
    try:
        with reading() as connection:
            view = questions.by_code(connection, code, secret, now)
        return show(view)
    except UnknownDossier:
        return _wrong(code, f"track:{request.remote_addr}", now)


def _wrong(code: str, key: str, now: datetime) -> ResponseReturnValue:
    try:
        with reading() as connection:
            accounts.require_calm(connection, key, _TRIES, now)
    except Throttled as fault:
        return _form(code, t("track.throttled", n=-(-int(str(fault.seconds)) // 60)), 403)
    with transaction(NOBODY) as tx:
        accounts.count(tx.connection, key, now)
    return _form(code, t("track.wrong"), 404)


def _page(view: TrackingView, wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    secret = request.values.get("s", "")
    shown = render_template(
        "public/tracking.html",
        dossier=view,
        late=view.due is not None and view.due < instant() and not view.settled_at,
        now=instant(),
        secret=secret,
        key=secrets.token_urlsafe(16),
        typed=request.form,
        wrong=wrong or {},
        roles=ROLE_NAMES,
        hours=_HOURS,
        # The address of a form that was sent has no secret: another language would lose the page.
        this_page=url_for("public.tracking", code=view.code, s=secret),
    )
    return _private(make_response(shown, 422 if wrong else 200))


def _form(code: str, fault: str = "", status: int = 200) -> ResponseReturnValue:
    shown = render_template("public/track.html", code=code, fault=fault)
    return _private(make_response(shown, status))


def _private(answer: Response) -> Response:
    """The address holds the secret: no cache keeps the page, no log gets it as a referrer.

    The origin is still told: over TLS the forms of a page without a referrer are refused.
    """
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
