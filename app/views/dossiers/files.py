"""The bytes that hang on a dossier: issued slips and handed-in papers."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.database import transaction
from app.downloads import file_answer
from app.identity import requires
from app.views.dossiers.pages import pages
from engine.commands import documents, printing


@pages.get("/dossiers/<code>/slips/<int:id>.pdf")
@requires("login")
def slip(code: str, id: int) -> ResponseReturnValue:
    """The slip as it was issued."""
    with transaction() as tx:
        row, data = documents.read_slip(tx, code, id)
    return _file(data, "application/pdf", f"{code}-{row.kind}-{row.round}.pdf")


@pages.get("/dossiers/<code>/slips/<int:id>/copy.pdf")
@requires("login")
def reprint(code: str, id: int) -> ResponseReturnValue:
    """The same with the mark of a copy; printing it is written into the journal."""
    with transaction() as tx:
        row, data = documents.reprint(tx, code, id)
    return _file(data, "application/pdf", f"{code}-{row.kind}-{row.round}-copy.pdf")


@pages.get("/dossiers/<code>/control.pdf")
@requires("login")
def control(code: str) -> ResponseReturnValue:
    """Slip 06 as the hand-overs stand now."""
    with transaction() as tx:
        sheet = printing.control_slip(tx, code)
    return _file(sheet.pdf(), "application/pdf", f"{code}-control.pdf")


@pages.get("/dossiers/<code>/documents/<int:id>")
@requires("login")
def document(code: str, id: int) -> ResponseReturnValue:
    """A paper's scan; looking at it is written into the journal."""
    with transaction() as tx:
        row, data = documents.read(tx, code, id)
    return _file(data, row.media, row.name)


def _file(data: bytes, media: str, name: str) -> Response:
    return file_answer(data, media, name, saved="download" in request.args)
