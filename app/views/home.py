"""The front door: on to the work, or to the catalogue; and the health page."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import navigation
from app.database import ping
from app.identity import requires

pages = Blueprint("home", __name__)


@pages.get("/")
@requires("public")
def start() -> ResponseReturnValue:
    """Where the day begins: the first entry of one's menu; the catalogue for everybody else."""
    if not current_user.is_authenticated:
        return redirect(url_for("public.catalogue"), 303)
    return redirect(url_for(navigation.entries()[0].endpoint), 303)


@pages.get("/health")
@requires("public")
def health() -> ResponseReturnValue:
    """200 when the database answers."""
    ping()
    return {"status": "ok"}
