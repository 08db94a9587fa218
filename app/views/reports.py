"""The daily board, and the ledger of a period."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.downloads import file_answer
from app.i18n import language, t
from app.identity import actor, requires
from engine.commands import printing
from engine.errors import BadPeriod, TooManyRows
from engine.queries import readings, reports, sheets
from engine.words import sentence

WHO = ("reception", "leader", "director", "controller", "auditor", "admin")
pages = Blueprint("reports", __name__)


@pages.get("/reports")
@requires(*WHO)
def board() -> ResponseReturnValue:
    """The counts of today, centre by centre, as far as the person may see them."""
    return _board()


@pages.get("/reports/ledger.pdf")
@requires(*WHO)
def ledger() -> ResponseReturnValue:
    """The ledger 07 of a centre for a period, as a PDF."""
    asked = request.args
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    if since is None or until is None:
        return make_response(_board(t("reports.bad_day")), 422)
    try:
        with transaction() as tx:
            sheet = printing.ledger(tx, asked.get("centre", ""), since, until)
    except (BadPeriod, TooManyRows) as fault:
        return make_response(_board(sentence(fault, language())), 422)
    name = f"so-theo-doi-{since}-{until}.pdf"
    return file_answer(sheet.pdf(), "application/pdf", name)


def _board(wrong: str = "") -> str:
    with reading() as connection:
        found = reports.board(connection, actor(), instant())
        centres = sheets.centres_of(connection, actor(), instant())
        printed = readings.printed(connection, [one.code for one in centres])
    today = instant().date()
    return render_template(
        "reports/board.html",
        board=found,
        centres=centres,
        names={one.code: one.name for one in centres},
        printed=printed,
        wrong=wrong,
        since=request.args.get("since") or today.replace(day=1).isoformat(),
        until=request.args.get("until") or today.isoformat(),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in range(2000, 2200) else None
