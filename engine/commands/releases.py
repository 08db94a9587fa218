"""A procedure's way to the offices: publish, approve by a second person, roll out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.authority import require
from engine.check import check_package
from engine.errors import (
    BadInstant,
    CheckFailed,
    InForce,
    NotApproved,
    NotChecked,
    NothingBefore,
    ProcedureClosed,
    ReasonMissing,
    ReleaseFrozen,
    RolledOutAlready,
    RolloutOver,
    SelfApproval,
    UnknownRelease,
)
from engine.package import Package
from engine.store import releases as store
from engine.store.database import Transaction
from engine.store.organisation import SETUP, unit, units
from engine.store.releases import in_force


def bring(tx: Transaction, package: Package) -> str:
    """Freeze a package under its content hash as a draft, whatever is wrong with it; its digest.

    The worker judges it (commands.checking). A draft brought again is judged again.
    """
    require(tx.actor, "publish")
    row = store.release(tx.connection, package.digest)
    if row is None:
        _insert(tx, package, "draft")
    elif row.state == "draft":
        store.change_release(tx.connection, package.digest, {"report": None})
    return package.digest


def publish(tx: Transaction, package: Package) -> str:
    """The same with the findings looked at here and now; raises CheckFailed, then nothing is kept.

    Doing so again changes nothing. Whoever calls this answers for the walks.
    """
    require(tx.actor, "publish")
    if store.release(tx.connection, package.digest) is None:
        wrong = tuple(found for found in check_package(package) if found.severity == "error")
        if wrong:
            raise CheckFailed(findings=wrong, count=len(wrong))
        _insert(tx, package, "checked")
    return package.digest


def _insert(tx: Transaction, package: Package, state: str) -> None:
    manifest = package.manifest
    row = {
        "digest": package.digest,
        "procedure": package.name,
        "code": manifest.code,
        "number": store.next_release(tx.connection, package.name),
        "title_vi": manifest.title.vi,
        "title_en": manifest.title.en,
        "state": state,
        "author": tx.actor.person,
        "created_at": tx.now,
    }
    store.insert_release(tx.connection, row, package.files)


def discard(tx: Transaction, digest: str) -> None:
    """Throw a draft away; anything further on is kept for good."""
    require(tx.actor, "publish")
    row = release_of(tx, digest)
    if row.state != "draft":
        raise ReleaseFrozen(release=digest)
    store.remove_release(tx.connection, digest)


def release_of(tx: Transaction, digest: str) -> Any:
    """The release's row; raises UnknownRelease."""
    row = store.release(tx.connection, digest)
    if row is None:
        raise UnknownRelease(release=digest)
    return row


def approve(
    tx: Transaction,
    digest: str,
    decision: str,
    *,
    effective_from: datetime | None = None,
    notes: str = "",
) -> None:
    """A second person answers for the release with the number of a decision.

    Saying the same again changes nothing; another decision raises ReleaseFrozen.
    """
    require(tx.actor, "approve")
    row = release_of(tx, digest)
    if row.state == "draft":
        raise NotChecked(release=digest)
    if row.author == tx.actor.person and tx.actor != SETUP:
        raise SelfApproval(release=digest)
    values = {"state": "approved", "approver": tx.actor.person, "decision": decision}
    if row.state == "checked":
        told = {"approved_at": tx.now, "effective_from": effective_from, "notes": notes}
        store.change_release(tx.connection, digest, {**values, **told})
    elif (row.state, row.approver, row.decision) != tuple(values.values()):
        raise ReleaseFrozen(release=digest)


def roll_out(
    tx: Transaction,
    digest: str,
    *,
    model: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    centre: str | None = None,
    trial: bool = False,
    stop_share: int | None = None,
) -> int:
    """Let a centre (or all) use an approved release from an instant on; the rollout's number.

    A later beginning goes before an earlier one, so a new version needs no end of the old. Saying
    the same again changes nothing; another release from the same instant raises RolledOutAlready.
    stop_share: per cent of its dossiers that may get stuck before the platform ends it.
    """
    require(tx.actor, "rollout")
    row = release_of(tx, digest)
    if row.state != "approved":
        raise NotApproved(release=digest)
    _check_span(tx, row, valid_from, valid_until)
    if centre is not None:
        unit(tx.connection, centre)
    same = store.rollouts_from(tx.connection, row.procedure, centre, model, trial, valid_from)
    for other in same:
        if other.digest == digest and other.valid_until == valid_until:
            return int(other.id)
        raise RolledOutAlready(release=other.digest, centre=centre or "*", at=valid_from)
    values = {
        "procedure": row.procedure,
        "digest": digest,
        "centre": centre,
        "model": model,
        "trial": trial,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "decided_by": tx.actor.person,
        "decided_at": tx.now,
        "stop_share": stop_share,
    }
    return store.insert_rollout(tx.connection, values)


def _check_span(
    tx: Transaction, row: Any, valid_from: datetime, valid_until: datetime | None
) -> None:
    if valid_until is not None and valid_until <= valid_from:
        raise BadInstant(at=valid_until, bound=valid_from)
    if row.effective_from is not None and valid_from < row.effective_from:
        raise BadInstant(at=valid_from, bound=row.effective_from)
    closed = store.closure(tx.connection, row.procedure)
    if closed is not None and (valid_until is None or valid_until > closed.at):
        raise ProcedureClosed(procedure=row.title_vi, at=closed.at)


def withdraw(tx: Transaction, digest: str, reason: str) -> None:
    """Take a release out of use: refused while a rollout still opens it."""
    require(tx.actor, "approve")
    if not reason.strip():
        raise ReasonMissing(act="withdraw")
    if release_of(tx, digest).state == "withdrawn":
        raise ReleaseFrozen(release=digest)
    if store.rolled_out(tx.connection, digest, tx.now):
        raise InForce(release=digest)
    told = {"withdrawn_at": tx.now, "withdrawn_by": tx.actor.person, "withdrawn_why": reason}
    store.change_release(tx.connection, digest, {"state": "withdrawn", **told})


def step_back(tx: Transaction, rollout: int, reason: str) -> str:
    """End a rollout now, so that the one before opens again; the release that is back.

    Dossiers received under it stay with it. Raises NothingBefore where a centre would have none.
    """
    require(tx.actor, "rollout")
    row = store.rollout(tx.connection, rollout)
    if row is None:
        raise UnknownRelease(release=str(rollout))
    if row.valid_until is not None and row.valid_until <= tx.now:
        raise RolloutOver(at=row.valid_until)
    return end(row, reason, tx)


def end(row: Any, reason: str, tx: Transaction) -> str:
    """Give a rollout its end now, for whoever may; the release that is back. NothingBefore."""
    until = max(tx.now, row.valid_from)
    told = {"ended_by": tx.actor.person, "ended_at": tx.now, "ended_why": reason}
    store.change_rollout(tx.connection, row.id, {"valid_until": until, **told})
    offices = units(tx.connection, tx.now).values()
    receiving = [office.code for office in offices if office.kind == "centre" and office.series]
    back = ""
    for centre in [row.centre] if row.centre else receiving:
        found = in_force(tx.connection, row.procedure, centre, row.model, tx.now, row.trial)
        if found is None:
            raise NothingBefore(centre=centre)
        back = found
    return back
