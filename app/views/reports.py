"""The daily board."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.database import instant, reading
from app.identity import actor, requires
from engine.queries import reports

pages = Blueprint("reports", __name__)


@pages.get("/reports")
@requires("reception", "leader", "director", "controller", "auditor", "admin")
def board() -> ResponseReturnValue:
    """The counts of today, centre by centre, as far as the person may see them."""
    with reading() as connection:
        found = reports.board(connection, actor(), instant())
    return render_template("reports/board.html", board=found)
