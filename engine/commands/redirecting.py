"""A dossier that another office has to decide, and a limit that another rule replaces."""

from __future__ import annotations

from engine.authority import require
from engine.bpmn.runtime import Refresh
from engine.commands.case import Case, awake, in_progress, open_case
from engine.commands.desks import handed
from engine.commands.readdressing import readdress, tell_overseers, tell_runs
from engine.commands.stepping import step
from engine.commands.telling import tell
from engine.errors import (
    BadLimit,
    CannotExtend,
    DossierFinished,
    LimitOver,
    NotCompetent,
    ReasonMissing,
)
from engine.letters import require_printable
from engine.store import dossiers as rows
from engine.store.database import Transaction
from engine.store.moving import open_runs
from engine.store.organisation import unit


def redirect(tx: Transaction, dossier: int, to: str, reason: str) -> None:
    """Give it to the competent office of the same kind; the legal clock goes on.

    Raises NotCompetent for an office that cannot decide it, UnknownUnit for none at all.
    """
    case = _case(tx, dossier, "suspend", reason)
    office, now = unit(tx.connection, to), unit(tx.connection, case.row["deciding"])
    kinds = {case.manifest.deciding.get(case.row["model"]), now.kind}
    if office.code == now.code or office.kind not in kinds or not office.valid(tx.now):
        raise NotCompetent(unit=office.name_vi)
    case.row["deciding"] = office.code
    rows.concern(tx.connection, case.id, [office.code])
    case.note("redirected", {"from": now.code, "to": office.code, "reason": reason})
    tell(case, "redirected", f"{office.code}:{tx.now.isoformat()}")
    if not readdress(case, reason, (now.code, office.code)):
        handed(case, "", "", "", office.code, now.code, reason)
    tell_runs(case)
    case.save()
    tell_overseers(case)


def change_limit(tx: Transaction, dossier: int, name: str, reason: str) -> None:
    """Let one of the procedure's named limits apply from now on, counted from receipt.

    A line of the ledger, not an extension; raises BadLimit for a name the manifest does not know
    and for the one in force, LimitOver for one that would have ended already, CannotExtend for a
    late dossier: what is late stays late.
    """
    case = _case(tx, dossier, "extend", reason)
    if owed := case.passed:
        raise CannotExtend(cause="late", due=owed)
    named = case.manifest.named_limits.get(name)
    if named is None or any(change.name == name for change in case.history.changes):
        raise BadLimit(text=name)
    case.history = case.history.change_limit(case.at, name, named.limit, named.title.vi)
    case.read_again()
    if owed := case.passed:
        raise LimitOver(due=owed)
    due = case.clock.due
    told = {"limit": name, "reason": reason, "due": due.isoformat() if due else ""}
    case.note("limit", told)
    for run in open_runs(tx.connection, case.id):
        step(case, run, Refresh())
    case.save()


def _case(tx: Transaction, dossier: int, act: str, reason: str) -> Case:
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, act, case.concern))
    in_progress(case)
    awake(case)
    if not reason.strip():
        raise ReasonMissing(act=act)
    require_printable(reason)
    if case.row["settled_at"] is not None:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])
    return case
