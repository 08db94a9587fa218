"""The dossiers one may see, found by code, name, phone or citizen id, accents aside."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.database import instant, reading
from app.i18n import language
from app.i18n.left import Left, left
from app.identity import actor, requires
from app.numbers import count
from app.views.dossiers.pages import pages
from engine.queries import dossiers
from engine.queries.dossiers import DossierRow
from engine.queries.wording import STATUS_NAMES


@pages.get("/dossiers")
@requires("login")
def listing() -> ResponseReturnValue:
    """One page of what the search finds, the newest first."""
    asked = {name: request.args.get(name, "") for name in ("q", "status", "unpaid")}
    status = request.args.get("status", type=count)
    with reading() as connection:
        page = dossiers.search(
            connection,
            actor(),
            instant(),
            asked["q"],
            status=() if status is None else (status,),
            unpaid=bool(asked["unpaid"]),
            page=request.args.get("page", 1, type=count),
        )
    rows = [(row, _owed(row)) for row in page.rows]
    return render_template(
        "dossiers/listing.html", page=page, rows=rows, asked=asked, statuses=STATUS_NAMES
    )


def _owed(row: DossierRow) -> Left | None:
    if row.settled_at is not None or row.stopped:
        return None
    return left(row.due, row.time_left, instant(), language(), paused=row.paused)
