"""What reception does for an applicant who comes back: the receipt anew, another way of return."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import applicant
from app.database import instant, reading, transaction
from app.i18n import dates, language, t
from app.identity import actor, requires
from app.views.dossiers.page import again
from app.views.dossiers.pages import pages
from engine.authority import require
from engine.codes.statuses import ENDED
from engine.commands import folders, payments, reissuing, returning
from engine.errors import (
    BadInstant,
    BadReturn,
    DossierFinished,
    DossierSuspended,
    FolderElsewhere,
    NothingSaid,
    PaymentOver,
    ReasonMissing,
    ReceiptMissing,
    ReceiptReplaced,
    Unprintable,
)
from engine.queries import dossiers, organisation
from engine.queries.dossiers import DossierView
from engine.words import sentence

WHO = ("reception",)
MONEY = ("reception", "cashier", "director", "controller", "admin")


@pages.get("/dossiers/<code>/desk")
@requires(*WHO)
def desk(code: str) -> ResponseReturnValue:
    """The forms; none of them is for a dossier that has ended."""
    dossier = _dossier(code)
    if dossier.status in ENDED:
        return redirect(url_for("dossiers.page", code=code), 303)
    return _page(dossier)


@pages.post("/dossiers/<code>/receipts")
@requires(*WHO)
def replace_receipt(code: str) -> ResponseReturnValue:
    """A new slip 01 in the place of one that was lost, or had a mistake in it."""
    dossier, lost = _dossier(code), request.form.get("do") == "lost"
    posted = {name: request.form.get(name, "") for name in reissuing.PRINTED}
    corrected, wrong = applicant.printed(posted)
    if wrong and not lost:
        return _page(dossier, wrong)
    reason = request.form.get("lost_reason" if lost else "reason", "").strip()[:300]
    replaces = request.form.get("replaces")
    try:
        with transaction() as tx:
            _, secret = reissuing.replace_receipt(
                tx, dossier.id, reason, None if lost else corrected, replaces
            )
    except (ReasonMissing, Unprintable) as fault:
        return _page(dossier, {"lost_reason" if lost else "reason": sentence(fault, language())})
    except ReceiptReplaced as fault:
        flash(sentence(fault, language()), "soon")
        return redirect(url_for("counter.receipt", code=code), 303)
    except NothingSaid:
        return _page(dossier, {"name": t("desk.nothing_changed")})
    except DossierFinished as fault:
        return _page(dossier, {"reason": sentence(fault, language())})
    session["secret"] = [code, secret]
    return redirect(url_for("counter.receipt", code=code), 303)


@pages.post("/dossiers/<code>/receipt-time")
@requires(*WHO)
def correct_receipt(code: str) -> ResponseReturnValue:
    """Another instant of receipt than was entered, with the slip 01 that says so."""
    dossier, reason = _dossier(code), request.form.get("received_reason", "").strip()[:300]
    at = dates.read_moment(request.form.get("received_at", "").strip())
    if at is None:
        return _page(dossier, {"received_at": t("needs.moment")})
    try:
        with transaction() as tx:
            replaces = request.form.get("replaces")
            _, secret = reissuing.correct_receipt(tx, dossier.id, at, reason, replaces)
    except (ReasonMissing, Unprintable) as fault:
        return _page(dossier, {"received_reason": sentence(fault, language())})
    except ReceiptReplaced as fault:
        flash(sentence(fault, language()), "soon")
        return redirect(url_for("counter.receipt", code=code), 303)
    except NothingSaid:
        return _page(dossier, {"received_at": t("desk.same_instant")})
    except (BadInstant, DossierFinished, DossierSuspended) as fault:
        return _page(dossier, {"received_at": sentence(fault, language())})
    session["secret"] = [code, secret]
    return redirect(url_for("counter.receipt", code=code), 303)


@pages.post("/dossiers/<code>/return")
@requires(*WHO)
def choose_return(code: str) -> ResponseReturnValue:
    """Another way, or another centre, for the result."""
    dossier = _dossier(code)
    by, at = request.form.get("return_by", ""), request.form.get("return_at", "")
    try:
        with transaction() as tx:
            returning.choose(tx, dossier.id, by, at)
    except (BadReturn, DossierFinished) as fault:
        return _page(dossier, {"return_by": sentence(fault, language())})
    flash(t("desk.did_return"), "ok")
    return redirect(url_for("dossiers.page", code=code), 303)


@pages.post("/dossiers/<code>/papers-back")
@requires(*WHO)
def give_back(code: str) -> ResponseReturnValue:
    """The applicant has the papers of a dossier that was refused or stopped."""
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, instant())
    try:
        with transaction() as tx:
            now = folders.give_back(tx, dossier.id)
    except FolderElsewhere as fault:
        flash(sentence(fault, language()), "soon")
    else:
        flash(t("folders.did_give_back" if now else "folders.back_before"), "ok")
    return redirect(url_for("dossiers.page", code=code), 303)


@pages.post("/dossiers/<code>/payments/<int:id>")
@requires(*MONEY)
def pay(code: str, id: int) -> ResponseReturnValue:
    """Take a fee, waive it, or give it back."""
    with reading() as connection:
        dossiers.view(connection, actor(), code, instant())
    form, do = request.form, request.form.get("do", "")
    reason, receipt = form.get("why", "").strip()[:300], form.get("receipt", "").strip()[:60]
    try:
        with transaction() as tx:
            if do == "waive":
                payments.waive(tx, id, reason)
            elif do == "refund":
                payments.refund(tx, id, reason)
            else:
                payments.collect(tx, id, form.get("how", ""), receipt, reason)
    except (ReasonMissing, ReceiptMissing) as fault:
        at = f"receipt{id}" if isinstance(fault, ReceiptMissing) else f"why{id}"
        return again(code, {at: sentence(fault, language())})
    except PaymentOver as fault:
        flash(sentence(fault, language()), "soon")
    else:
        flash(t(f"payments.did_{do if do in ('waive', 'refund') else 'collect'}"), "ok")
    return redirect(url_for("dossiers.page", code=code, _anchor="payments"), 303)


def _dossier(code: str) -> DossierView:
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, instant())
    require(actor(), "correct", dossier.concern)
    return dossier


def _page(dossier: DossierView, wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    with reading() as connection:
        centres = organisation.centres(connection, instant())
    shown = render_template(
        "dossiers/desk.html",
        dossier=dossier,
        centres=centres,
        ways=returning.WAYS,
        typed=request.form,
        wrong=wrong or {},
        replaces=next((s.number for s in reversed(dossier.slips) if s.kind == "receipt"), ""),
    )
    return make_response(shown, 422 if wrong else 200)
