"""Where scripts put a file before its form, and the page that takes one from a telephone."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import uploads
from app.database import instant, reading, transaction
from app.identity import CITIZEN, requires
from engine.commands import links
from engine.commands.brought import look_at_all
from engine.errors import BadDocument

pages = Blueprint("uploads", __name__)


@pages.post("/uploads")
@requires("login")
def put() -> ResponseReturnValue:
    """Keep one file and answer with its token."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        abort(422)
    upload = uploads.put(sent)
    return {"token": upload.token, "name": upload.name}


@pages.get("/phone/<secret>")
@requires("public")
def phone(secret: str) -> ResponseReturnValue:
    """The page behind the QR code: take a picture, send it, once."""
    with reading() as connection:
        links.live_link(connection, secret, instant())
    return _page(secret)


@pages.post("/phone/<secret>")
@requires("public")
def send(secret: str) -> ResponseReturnValue:
    """Take the pictures; what is wrong with one is said, and the page can be used again."""
    with reading() as connection:
        links.live_link(connection, secret, instant())  # before anything is looked into
    try:
        files = look_at_all(uploads.several("file", links.MOST_FILES), links.MOST_FILES)
        with transaction(CITIZEN) as tx:
            count = links.send_by_link(tx, secret, files)
    except BadDocument as fault:
        return _page(secret, wrong=uploads.refusal(fault), status=422)
    return _page(secret, count=count)


def _page(secret: str, count: int = 0, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    shown = render_template("public/phone.html", secret=secret, count=count, wrong=wrong)
    return make_response(shown, status)
