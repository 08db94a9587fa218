"""Log in, log out, and the language switch."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from app import accounts
from app.database import instant, reading, transaction
from app.i18n import offered, t
from app.i18n.catalogue import COOKIE
from app.identity import NOBODY, Session, requires, someone
from engine.errors import Throttled

pages = Blueprint("accounts", __name__)

TRIES_PER_LOGIN = 8
TRIES_PER_ADDRESS = 60
_YEAR = 31_536_000


@pages.get("/login")
@requires("public")
def login() -> ResponseReturnValue:
    """The form; somebody already logged in goes on."""
    back = _local(request.args.get("next"))
    return redirect(back, 303) if current_user.is_authenticated else _form(back)


@pages.post("/login")
@requires("public")
def enter() -> ResponseReturnValue:
    """Check the password; wrong ones are counted per login and per address."""
    name, password = request.form.get("login", "").strip().lower(), request.form.get("password", "")
    back, now = _local(request.form.get("next")), instant()
    keys = {
        f"login:{name[:80]}": TRIES_PER_LOGIN,
        f"address:{request.remote_addr}": TRIES_PER_ADDRESS,
    }
    try:
        with reading() as connection:
            for key, bound in keys.items():
                accounts.require_calm(connection, key, bound, now)
            hashed = accounts.password_hash(connection, name)
            epoch = accounts.epoch_of(connection, name)
            person = someone(connection, name, now)
    except Throttled as fault:
        return _form(back, name, t("login.throttled", n=-(-int(str(fault.seconds)) // 60)), 403)
    if not accounts.matches(hashed, password) or hashed is None or epoch is None or person is None:
        with transaction(NOBODY) as tx:
            for key in keys:
                accounts.count(tx.connection, key, now)
        return _form(back, name, t("login.wrong"), 422)
    if accounts.ageing(hashed):
        with transaction(NOBODY) as tx:
            accounts.refresh_hash(tx.connection, name, password)
    session.clear()
    login_user(Session(person, epoch))
    if not person.posts:
        flash(t("login.no_post"), "soon")
    return redirect(back, 303)


@pages.post("/logout")
@requires("public")
def logout() -> ResponseReturnValue:
    """End the session; harmless when there is none."""
    logout_user()
    session.clear()
    return redirect("/login", 303)


@pages.get("/lang/<code>")
@requires("public")
def switch_language(code: str) -> ResponseReturnValue:
    """Remember the language and go back to the page."""
    if code not in offered():
        abort(404)
    answer = make_response(redirect(_local(request.args.get("next")), 303))
    answer.set_cookie(
        COOKIE,
        code,
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


def _form(back: str, typed: str = "", fault: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/login.html", back=back, typed=typed, fault=fault), status


def _local(address: str | None) -> str:
    """An address of ours to go on to: a path, never another site."""
    if (
        not address
        or not address.startswith("/")
        or address.startswith(("//", "/\\"))
        or "\n" in address
    ):
        return "/"
    return address
