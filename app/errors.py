"""Families of faults → status and page, or problem+json: one table, four rows."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.i18n import say, t, tongue
from engine.errors import Conflict, Fault, Invalid, MayNot, NotFound, Refused
from engine.reasons import REASONS
from engine.words import sentence

FAMILIES: tuple[tuple[type[Fault], int, str], ...] = (
    (NotFound, 404, "not_found"),
    (Conflict, 409, "conflict"),
    (Refused, 403, "refused"),
    (Invalid, 422, "invalid"),
)
# Hidden fields, buttons, and what nobody should read from a screen.
_NOT_TYPED = re.compile(r"_|csrf_token$|password|upload:|(key|do|s|replaces|model|trial)$")
_OWN_PAGES = {404: "not_found", 403: "refused", 405: "method", 413: "too_big", 500: "broken"}


def prepare(app: Flask) -> None:
    """Turn what goes wrong into a page that says what to do next."""
    app.register_error_handler(Fault, fault_page)
    app.register_error_handler(CSRFError, _stale_page)
    app.register_error_handler(HTTPException, _http_page)


def status_of(fault: Fault) -> int:
    """The status of a fault's family."""
    return next(status for family, status, _ in FAMILIES if isinstance(fault, family))


def fault_page(fault: Fault, kept: tuple[tuple[str, str], ...] = ()) -> Response:
    """The page of a fault; ``kept`` is what had been typed, label and text, shown to be copied."""
    status, name = next(
        (status, name) for family, status, name in FAMILIES if isinstance(fault, family)
    )
    return _page(status, name, _detail(fault), kept)


def _detail(fault: Fault) -> str:
    """What the title does not say yet: why the judge said no, or the sentence of the fault."""
    if type(fault) is MayNot:
        why = str(fault.particulars.get("reason", ""))
        return "" if why == "role" else say(REASONS.get(why))  # the title says that already
    return sentence(fault, tongue())


def _stale_page(error: CSRFError) -> Response:
    """The page was opened under another login: what was typed in it is shown to be copied."""
    typed = [
        (name, text[:2_000])
        for name, text in request.form.items(multi=True)
        if text.strip() and not _NOT_TYPED.match(name)
    ]
    return _page(400, "stale", "", tuple(typed[:200]))


def _http_page(error: HTTPException) -> Response:
    if error.response is not None and error.code is not None and error.code < 400:
        return make_response(error.response)
    status = error.code or 500
    return _page(status, _OWN_PAGES.get(status, "odd"), "", ())


def _page(status: int, name: str, detail: str, kept: tuple[tuple[str, str], ...]) -> Response:
    title, advice = t(f"errors.{name}.title"), t(f"errors.{name}.advice")
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        problem = jsonify(type="about:blank", title=title, status=status, detail=detail or advice)
        problem.status_code = status
        problem.mimetype = "application/problem+json"
        return problem
    page = render_template(
        "error.html",
        title=title,
        detail=detail,
        advice=advice,
        kept=kept,
        status=status,
        again=request.path if status == 409 and _can_be_read(request.path) else "",
        phrase=HTTPStatus(status).phrase,
    )
    return make_response(page, status)


def _can_be_read(path: str) -> bool:
    """Whether the address of a form that was sent is a page, too."""
    addresses = current_app.create_url_adapter(request)
    return addresses is not None and addresses.test(path, method="GET")
