"""What a posting of the counter's form does: fill from a card, receive, guide, or refuse."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app import applicant, fields, papers, uploads
from app.database import instant, transaction
from app.errors import fault_page
from app.i18n import dates, language, t
from app.identity import requires
from app.views.counter.form import Desk, Filled, desk_for, page
from app.views.counter.pages import pages
from engine.commands import dossiers, visits
from engine.errors import (
    BadAnswers,
    BadDocument,
    BadInstant,
    BadPapers,
    BadReturn,
    Fault,
    FilesArrived,
    FormUsed,
    NotOpenHere,
    ReasonMissing,
    RunFailed,
    UnknownDocument,
    UnknownProcedure,
    UnknownUnit,
    Unprintable,
)
from engine.forms import FieldFault
from engine.words import sentence

# Where on the form it is told that nothing was made.
PLACES: dict[type[Fault], str] = {
    BadPapers: "papers",
    BadDocument: "papers",
    FilesArrived: "papers",
    Unprintable: "reason",
    RunFailed: "papers",
    UnknownUnit: "papers",
    BadReturn: "return_by",
    BadInstant: "received_at",
    NotOpenHere: "received_at",  # opened after the instant of a late entry, or ended meanwhile
}
REFUSED: tuple[type[Fault], ...] = (BadAnswers, FormUsed, UnknownDocument, *PLACES)
_COPIED = ("name", "citizen_id", "birth", "address", "phone", "email")
_TYPED = (
    "missing", "reason", "received_at", "received_reason", "channel", "redirect_to",
    "return_by", "return_at", "reuse_reason", "_odd",
)  # fmt: skip


@pages.post("/counter/<procedure>")
@requires("reception")
def receive(procedure: str) -> ResponseReturnValue:
    """One of the buttons was pressed; Enter in a field only fills from the card."""
    try:
        desk = desk_for(procedure)
    except (NotOpenHere, UnknownProcedure) as fault:  # it closed while the page was filled in
        return fault_page(fault, kept=_typed())
    filled = _read(desk)
    do = request.form.get("do", "scan")
    if do == "receive":
        return _receive(desk, filled)
    if do in ("guide", "refuse", "redirect"):
        return _visit(desk, filled, do)
    return _look_again(desk, filled)


def _read(desk: Desk) -> Filled:
    posted = request.form
    taken, faults = uploads.take(posted.get("key", "")[:40]), {}
    keys = [paper.key for paper in desk.manifest.papers]
    reused = {key: posted.get(f"reuse.{key}", "") for key in keys}
    try:
        taken, reused = uploads.with_earlier(taken, reused), {}
    except ReasonMissing:
        faults["reuse_reason"] = t("needs.reason")
    except UnknownDocument as fault:
        faults["reuse_reason"] = sentence(fault, language())
    who = applicant.read(posted, instant().date())
    answers = desk.form.read(fields.posted(posted)) if desk.form else {}
    known = {**answers, "represented": bool(who.typed["applicant.represented"])}
    return Filled(
        who=who,
        papers=papers.read(desk.manifest.papers, posted, taken.files, taken.faults, known),
        key=posted.get("key", "")[:40] or secrets.token_hex(16),
        answers=answers,
        typed={name: posted.get(name, "") for name in _TYPED},
        faults=faults,
        reused=reused,
        came=taken.came,
    )


def _typed() -> tuple[tuple[str, str], ...]:
    """What was typed for a procedure that is not there any more, to be copied elsewhere."""
    who = applicant.read(request.form, instant().date()).typed
    known = {f"applicant.{name}": t(f"counter.{name}") for name in _COPIED}
    return tuple((known[name], text) for name, text in who.items() if text and name in known)


def _redrawn(desk: Desk, filled: Filled, fault: Fault) -> ResponseReturnValue:
    """Nothing was made, and nothing typed is lost: the form with what is wrong beside its place."""
    if isinstance(fault, FormUsed):  # under another key the next press makes another, knowingly
        again = replace(filled, key=secrets.token_hex(16))
        said = {"applicant.name": sentence(fault, language())}
        return page(desk, again.told(**said), 409)
    if isinstance(fault, BadAnswers):
        return page(desk, replace(filled, form_faults=_faults_of(fault)), 422)
    if isinstance(fault, UnknownDocument):
        return page(desk, filled.without(str(fault.particulars["document"])), 422)
    if isinstance(fault, FilesArrived):  # also from a page that does not know it asked a telephone
        filled = replace(filled, linked=True)
    return page(desk, filled.told(**{PLACES[type(fault)]: sentence(fault, language())}), 422)


def _look_again(desk: Desk, filled: Filled) -> ResponseReturnValue:
    """The same form, filled from the card's text, or with a group of fields more or less."""
    calm = tuple(replace(line, fault="") for line in filled.papers)
    filled = replace(filled, papers=calm, who=replace(filled.who, faults={}))
    filled = filled.dropped(request.form.get("_remove_file", ""))
    if desk.form:
        filled = replace(filled, answers=fields.reshaped(desk.form, filled.answers, request.form))
    if request.form.get("scan", "").strip():
        who, read = applicant.scanned(request.form)
        filled = replace(filled, who=who, scan="done" if read else "bad")
    return page(desk, filled, 422 if filled.scan == "bad" else 200)


def _receive(desk: Desk, filled: Filled) -> ResponseReturnValue:
    late = filled.typed["received_at"].strip()
    received_at = dates.read_moment(late) if late else None
    if late and received_at is None:
        filled = filled.told(received_at=t("needs.moment"))
    filled, joined = _one_file_each(filled)
    if filled.who.faults or filled.faults or any(line.fault for line in filled.papers):
        return page(desk, replace(filled, form_faults=_form_faults(desk, filled)), 422)
    if filled.who.odd != filled.typed["_odd"] and filled.who.odd:
        return page(desk, filled, 422)  # once: the second press receives
    try:
        with transaction() as tx:
            put = {key: (one.put(tx),) for key, one in joined.items()}
            lines = [replace(line, kept=put.get(line.key, line.kept)) for line in filled.papers]
            received = dossiers.receive(
                tx,
                **_told(desk, replace(filled, papers=tuple(lines))),
                return_by=filled.typed["return_by"] or "counter",
                return_at=filled.typed["return_at"] or None,
                received_at=received_at,
                reason=filled.typed["received_reason"].strip() or None,
            )
    except Unprintable as fault:
        return page(desk, filled.told(received_reason=sentence(fault, language())), 422)
    except REFUSED as fault:
        return _redrawn(desk, filled, fault)
    if received.secret:
        session["secret"] = [received.code, received.secret]
    return redirect(url_for("counter.receipt", code=received.code), 303)


def _one_file_each(filled: Filled) -> tuple[Filled, dict[str, uploads.Joined]]:
    """What the pictures of each paper were joined into; what cannot be is a fault of its line."""
    lines, joined = [], {}
    for line in filled.papers:
        told = line
        try:
            if not line.fault and (one := uploads.joined(line.kept)):
                joined[line.key] = one
        except BadDocument as fault:
            told = replace(line, fault=sentence(fault, language()))
        lines.append(told)
    return replace(filled, papers=tuple(lines)), joined


def _visit(desk: Desk, filled: Filled, do: str) -> ResponseReturnValue:
    """Slip 02 or 03 and no dossier; only the name is asked for, the reason, and where to go."""
    faults: dict[str, str] = {}
    missing = [line.strip() for line in filled.typed["missing"].splitlines() if line.strip()]
    reason = filled.typed["reason"].strip()
    if do == "guide" and not missing:
        faults["missing"] = t("needs.missing")
    there = filled.typed["redirect_to"].strip()[:200]
    if do == "redirect" and not there:
        faults["redirect_to"] = t("needs.redirect_to")
    if not reason:
        faults["reason"] = t("needs.reason")
    name = filled.who.faults.get("applicant.name")
    filled = replace(
        filled,
        who=replace(filled.who, faults={"applicant.name": name} if name else {}),
        papers=tuple(replace(line, fault="") for line in filled.papers),
        faults=faults,
    )
    if faults or name:
        return page(desk, filled, 422)
    told = _told(desk, filled)
    try:
        with transaction() as tx:
            if do == "guide":
                visit = visits.guide(
                    tx, **told, missing=[{"text": line} for line in missing], reason=reason
                )
            elif do == "redirect":
                visit = visits.redirect(tx, **told, to=there, reason=reason)
            else:
                visit = visits.refuse(tx, **told, reason=reason, legal_basis=[])
    except REFUSED as fault:
        return _redrawn(desk, filled, fault)
    return redirect(url_for("counter.visit", id=visit.id), 303)


def _told(desk: Desk, filled: Filled) -> dict[str, Any]:
    """What all three commands are told."""
    channel = filled.typed["channel"]
    facts: Mapping[str, Any] = {
        "procedure": desk.offer.name,
        "centre": desk.centre.code,
        "key": filled.key,
        "applicant": filled.who.facts(),
        "answers": dict(filled.answers),
        "papers": papers.facts(filled.papers),
        "channel": channel if channel in desk.manifest.channels else "counter",
        "trial": desk.offer.trial,
        "model": desk.offer.model,
    }
    return dict(facts)


def _form_faults(desk: Desk, filled: Filled) -> tuple[FieldFault, ...]:
    """What is wrong with the procedure's own fields, so that one look shows every fault."""
    if desk.form is None:
        return ()
    try:
        desk.form.check(filled.answers, {}, instant().date())
    except BadAnswers as fault:
        return _faults_of(fault)
    return ()


def _faults_of(fault: BadAnswers) -> tuple[FieldFault, ...]:
    return tuple(fault.particulars["faults"])  # type: ignore[arg-type]
