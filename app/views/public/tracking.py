"""The citizen's page: whose turn it is, what to bring, when to come; nothing personal."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import accounts
from app.database import instant, reading, transaction
from app.i18n import t
from app.identity import NOBODY, requires
from app.views.public.pages import pages
from engine.errors import Throttled, UnknownDossier
from engine.queries import tracking as questions

_TRIES = 30  # wrong codes from one address in a window


@pages.get("/track")
@requires("public")
def track() -> ResponseReturnValue:
    """The two codes of the slip, typed; on to the page they open."""
    code, secret = request.args.get("code", "").strip().upper(), request.args.get("s", "").strip()
    if code and secret:
        return redirect(url_for("public.tracking", code=code, s=secret), 303)
    return _form(code, "")


@pages.get("/track/<code>")
@requires("public")
def tracking(code: str) -> ResponseReturnValue:
    """Where the dossier is; wrong codes are counted per address, right ones never."""
    now, key = instant(), f"track:{request.remote_addr}"
    try:
        with reading() as connection:
            accounts.require_calm(connection, key, _TRIES, now)
            view = questions.by_code(connection, code, request.args.get("s", ""), now)
    except Throttled as fault:
        return _form(code, t("track.throttled", n=-(-int(str(fault.seconds)) // 60)), 403)
    except UnknownDossier:
        with transaction(NOBODY) as tx:
            accounts.count(tx.connection, key, now)
        return _form(code, t("track.wrong"), 404)
    return render_template(
        "public/tracking.html",
        dossier=view,
        late=view.due is not None and view.due < now and not view.settled_at,
    )


def _form(code: str, fault: str, status: int = 200) -> ResponseReturnValue:
    return make_response(render_template("public/track.html", code=code, fault=fault), status)
