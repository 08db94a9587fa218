"""Care for one dossier: suspend, resume, cancel with a ground; put it at another step, in pairs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.i18n import dates, language, t
from app.identity import actor, requires
from app.numbers import count
from app.views.dossiers.pages import pages
from engine.authority import may, require
from engine.codes.statuses import ENDED
from engine.commands import extending, jumping, redirecting, suspending
from engine.commands.case import BOUND
from engine.commands.jumping import Ahead
from engine.errors import (
    AlreadyExtended,
    BadExtension,
    BadInstant,
    BadLimit,
    CannotExtend,
    CannotJump,
    DossierFinished,
    DossierSuspended,
    LimitOver,
    NotCompetent,
    NotSuspended,
    ReasonMissing,
    UnknownUnit,
    Unprintable,
)
from engine.letters import missing
from engine.queries import care as questions
from engine.queries import dossiers
from engine.queries.dossiers import DossierView
from engine.words import sentence

if TYPE_CHECKING:
    from engine.store.database import Transaction

OVERSEERS = ("director", "controller", "admin")
WHO = ("leader", *OVERSEERS)
ACTS: dict[str, Callable[..., None]] = {
    "suspend": suspending.suspend,
    "resume": suspending.resume,
    "cancel": suspending.cancel,
    "withdraw": partial(suspending.cancel, withdrawn=True),
}
REFUSED = (
    AlreadyExtended,
    BadExtension,
    BadLimit,
    LimitOver,
    CannotExtend,
    DossierFinished,
    DossierSuspended,
    NotCompetent,
    NotSuspended,
    ReasonMissing,
    UnknownUnit,
    Unprintable,
)
DECISIONS = {"confirm": jumping.confirm, "refuse": jumping.refuse}


@pages.get("/dossiers/<code>/care")
@requires(*WHO)
def care(code: str) -> ResponseReturnValue:
    """What can be done for the dossier, by whoever may."""
    return _page(_dossier(code))


@pages.post("/dossiers/<code>/care")
@requires(*WHO)
def do_care(code: str) -> ResponseReturnValue:
    """Suspend, resume or cancel."""
    dossier, act = _dossier(code), request.form.get("do", "")
    if act not in ACTS:
        return _page(dossier)
    ground = _typed("ground")
    late = _late("")
    if late is None:
        return _page(dossier, wrong={"legal_at": t("needs.moment")})
    return _decide(dossier, lambda tx: ACTS[act](tx, dossier.id, ground, **late), act, "ground")


@pages.post("/dossiers/<code>/extension")
@requires("leader")
def extend(code: str) -> ResponseReturnValue:
    """Move the due date once, with slip 04."""
    dossier, why = _dossier(code), _typed("sorry")
    amount = request.form.get("amount", 0, type=count)
    late = _late("extend_")
    if late is None:
        return _page(dossier, wrong={"extend_legal_at": t("needs.moment")})

    def do(tx: Transaction) -> None:
        extending.extend(tx, dossier.id, amount, why, **late)

    return _decide(dossier, do, "extend", "amount", "sorry")


@pages.post("/dossiers/<code>/redirection")
@requires(*WHO)
def redirect_to(code: str) -> ResponseReturnValue:
    """Give the dossier to the office that is competent for it."""
    dossier, to, why = _dossier(code), request.form.get("competent", ""), _typed("redirect_reason")

    def do(tx: Transaction) -> None:
        redirecting.redirect(tx, dossier.id, to, why)

    return _decide(dossier, do, "redirect", "competent", "redirect_reason")


@pages.post("/dossiers/<code>/limit")
@requires("leader")
def change_limit(code: str) -> ResponseReturnValue:
    """Let one of the procedure's named limits apply."""
    dossier, name, why = _dossier(code), request.form.get("limit", ""), _typed("limit_reason")

    def do(tx: Transaction) -> None:
        redirecting.change_limit(tx, dossier.id, name, why)

    return _decide(dossier, do, "limit", "limit_reason")


def _decide(
    dossier: DossierView,
    do: Callable[[Transaction], None],
    done: str,
    at: str,
    reason_at: str = "",
) -> ResponseReturnValue:
    """Do it and go back to the dossier; what is refused is said at its field."""
    late = "extend_legal_" if done == "extend" else "legal_"
    try:
        with transaction() as tx:
            do(tx)
    except BadInstant as fault:
        return _page(dossier, wrong={f"{late}at": sentence(fault, language())})
    except REFUSED as fault:
        name = at
        if isinstance(fault, Unprintable) and missing(_typed(f"{late}reason")):
            name = f"{late}reason"
        elif reason_at and isinstance(fault, (ReasonMissing, Unprintable)):
            name = reason_at
        return _page(dossier, wrong={name: sentence(fault, language())})
    flash(t(f"care.did_{done}"), "ok")
    return redirect(url_for("dossiers.page", code=dossier.code), 303)


def _late(form: str) -> dict[str, Any] | None:
    """The earlier legal instant of a form, with its reason; None where no instant was typed."""
    typed = _typed(f"{form}legal_at")
    if not typed:
        return {}
    at = dates.read_moment(typed)
    if at is None:
        return None
    return {"at": at, "late": _typed(f"{form}legal_reason")}


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:300]


@pages.post("/dossiers/<code>/jumps")
@requires(*OVERSEERS)
def jump(code: str) -> ResponseReturnValue:
    """Show what putting it at another step would do, or propose it."""
    dossier = _dossier(code)
    run, _, step = request.form.get("place", "").partition("/")
    to, reason = request.form.get("to", ""), request.form.get("reason", "").strip()[:300]
    try:
        with transaction() as tx:
            if request.form.get("do") == "propose":
                jumping.propose(tx, dossier.id, run, step, to, reason)
                ahead = None
            else:
                ahead = jumping.look(tx, dossier.id, run, step, to)
    except (CannotJump, ReasonMissing) as fault:
        return _page(dossier, wrong={"to": sentence(fault, language())})
    if ahead is not None:
        return _page(dossier, ahead)
    flash(t("care.proposed"), "ok")
    return redirect(url_for("dossiers.care", code=code), 303)


@pages.post("/dossiers/<code>/jumps/<int:id>")
@requires(*OVERSEERS)
def decide_jump(code: str, id: int) -> ResponseReturnValue:
    """A second person confirms a proposal, or puts it away."""
    act = request.form.get("do", "")
    _dossier(code)
    if act in DECISIONS:
        with transaction() as tx:
            DECISIONS[act](tx, id)
        flash(t(f"care.did_{act}"), "ok")
    return redirect(url_for("dossiers.page", code=code), 303)


def _dossier(code: str) -> DossierView:
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, instant())
    if not may(actor(), "retry", dossier.concern):
        require(actor(), "suspend", dossier.concern)
    return dossier


def can_extend(dossier: DossierView, now: datetime) -> bool:
    """Whether a due date is still ahead that has not been moved before."""
    if dossier.extended or dossier.paused or dossier.settled_at or dossier.due_at is None:
        return False
    return dossier.due_at >= now


def _page(
    dossier: DossierView, ahead: Ahead | None = None, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    may_jump = bool(may(actor(), "retry", dossier.concern)) and dossier.status not in ENDED
    with reading() as connection:
        places = questions.places(connection, dossier.id, dossier.release) if may_jump else ()
        proposed = questions.proposed(connection, dossier.id, actor().person)
        unit = questions.limit_unit(connection, dossier.release)
        limits = questions.limits(connection, dossier.id, dossier.release)
        offices = questions.competent(connection, dossier.deciding, instant())
    shown = render_template(
        "dossiers/care.html",
        dossier=dossier,
        may_suspend=bool(may(actor(), "suspend", dossier.concern)),
        may_jump=may_jump,
        # What was decided in time may be entered later: the form stays for as long as that.
        may_extend=bool(may(actor(), "extend", dossier.concern))
        and can_extend(dossier, instant() - BOUND),
        overdue=not can_extend(dossier, instant()),
        unit=unit,
        limits=limits if may(actor(), "extend", dossier.concern) else (),
        offices=offices,
        places=places,
        targets=dict.fromkeys(target for place in places for target in place.targets),
        proposed=proposed,
        ahead=ahead,
        typed=request.form,
        wrong=wrong or {},
    )
    return make_response(shown, 422 if wrong else 200)
