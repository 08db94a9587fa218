"""After receiving: the code in big letters, the slip, the tracking code, and the next citizen."""

from __future__ import annotations

import segno
from flask import current_app, render_template, session
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.downloads import file_answer
from app.identity import actor, requires
from app.views.counter.form import pauses
from app.views.counter.pages import pages
from engine.commands import documents
from engine.queries import catalogue, dossiers, visits


@pages.get("/counter/receipts/<code>")
@requires("reception")
def receipt(code: str) -> ResponseReturnValue:
    """The receipt of a dossier; the tracking secret is shown only right after receiving it."""
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, instant())
        release = catalogue.release_view(connection, dossier.procedure_name, dossier.release)
    kept_code, secret = session.get("secret") or ("", "")
    secret = secret if kept_code == code else ""
    slip = next((slip for slip in dossier.slips[::-1] if slip.kind == "receipt"), None)
    address = f"{current_app.config['MOTCUA_BASE_URL']}/track/{code}?s={secret}"
    return render_template(
        "counter/receipt.html",
        dossier=dossier,
        pauses=pauses(release),
        secret=secret,
        qr=segno.make(address, error="m").svg_data_uri(scale=4, border=2) if secret else "",
        slip=slip,
        replaced=next(
            (s.number for s in dossier.slips if slip and s.replaced_by == slip.number), ""
        ),
    )


@pages.get("/visits/<int:id>")
@requires("reception")
def visit(id: int) -> ResponseReturnValue:
    """Somebody was guided or refused: the slip to print."""
    with reading() as connection:
        found = visits.view(connection, actor(), id)
    return render_template("counter/visit.html", visit=found)


@pages.get("/visits/<int:id>/slip.pdf")
@requires("reception")
def visit_slip(id: int) -> ResponseReturnValue:
    """The bytes that were issued."""
    with transaction() as tx:
        data = documents.visit_slip(tx, id)
    return file_answer(data, "application/pdf", f"phieu-{id}.pdf")
