"""Where scripts put a file before its form; without scripts files ride on the form itself."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app import uploads
from app.identity import requires

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
