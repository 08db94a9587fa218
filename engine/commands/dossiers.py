"""What happens at the counter when a dossier is received."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.bpmn.runtime import Complete
from engine.codes import tracking_secret
from engine.commands import documents, links
from engine.commands.case import Case, legal_instant
from engine.commands.issuing import issue_slip
from engine.commands.opening import begin_run, new_code, open_dossier
from engine.commands.payments import CASH, charge_all, settle_at_desk
from engine.commands.returning import wish
from engine.commands.stepping import step
from engine.errors import BadDocument, BadPapers, BeginsItself, FormUsed, NotOpenHere, RunFailed
from engine.forms import load
from engine.package import Package
from engine.queries.specs import counter_step, package_of, spec_of
from engine.store import dossiers as rows
from engine.store import papers as folder
from engine.store.database import Transaction
from engine.store.organisation import unit
from engine.store.releases import in_force, model_in_force

Papers = Mapping[str, tuple[str, int, Sequence[str]]]


@dataclass(frozen=True)
class Received:
    """``secret`` is told once, to whoever posted first."""

    dossier: int
    code: str
    secret: str | None
    due: datetime | None


def receive(
    tx: Transaction,
    *,
    procedure: str,
    centre: str,
    key: str,
    applicant: Mapping[str, Any],
    answers: Mapping[str, Any],
    papers: Papers,
    channel: str = "counter",
    received_at: datetime | None = None,
    reason: str | None = None,
    trial: bool = False,
    model: str | None = None,
    help: str | None = None,
    return_by: str = "counter",
    return_at: str | None = None,
) -> Received:
    """Open a dossier: code, clock, counter step and slip 01 in one transaction.

    Posting the same key again gives the dossier it made, without the secret; raises FormUsed
    where something else is posted under it, as from a page that somebody went back to.
    """
    require(tx.actor, "receive", centre)
    asked = (procedure, centre, dict(applicant))
    earlier = _made(tx, key, asked)
    if earlier is not None:
        return earlier
    received = legal_instant(tx.now, received_at, reason)
    office = unit(tx.connection, centre)
    helped = office if help is None or help == centre else unit(tx.connection, help)
    wanted = wish(tx.connection, tx.now, return_by, return_at, office.code)
    model, digest = release_here(procedure, centre, model, received, trial, tx)
    package = package_of(tx.connection, digest)
    known = {"represented": bool(applicant.get("represented"))}
    clean = _checked(tx, package, digest, answers, known)
    _all_there(package, papers, {**clean, **known})
    code = new_code(office, trial, tx)
    earlier = _made(tx, key, asked)  # whoever posted it meanwhile held the number's row
    if earlier is not None:
        return earlier
    links.finish(tx, key)
    secret = tracking_secret(secrets.token_bytes(10))
    told = {
        "code": code,
        "key": key,
        "secret": hashlib.sha256(secret.encode()).hexdigest(),
        "procedure": procedure,
        "release": digest,
        "model": model,
        "trial": trial,
        "channel": channel,
        "help": helped.code,
        **wanted,
        "territory": str(clean.get(package.manifest.territory_field or "") or ""),
    }
    case = open_dossier(office, told, package, applicant, received, tx)
    case.act_on("reception", office.code)
    fact = {"channel": channel, "received_at": received.isoformat(), "reason": reason or ""}
    case.note("received", fact, {"applicant": dict(applicant)})
    for paper, (kind, quantity, tokens) in papers.items():
        values = {"dossier": case.id, "paper": paper, "kind": kind, "quantity": quantity}
        folder.insert_checked(tx.connection, values)
        names = documents.bind(case, paper, tokens)
        if len(names) > 1:  # whoever takes them has joined them before, or asked
            raise BadDocument(name=names[0], cause="alone")
    charge_all(case, "receipt", {**clean, **known})
    if clean.get("fee_receipt"):
        how = clean.get("fee_paid_how") or CASH  # older forms do not ask
        settle_at_desk(case, {"paid_how": how, "receipt_number": clean["fee_receipt"]})
    _first_steps(case, clean, known)
    url = f"{tx.base_url}/track/{code}?s={secret}"
    issue_slip(case, "receipt", {}, url)
    case.save()
    return Received(case.id, code, secret, case.row["due_at"])


def _made(tx: Transaction, key: str, asked: tuple[str, str, dict[str, Any]]) -> Received | None:
    """What an earlier posting of the form made; raises FormUsed where it asked for another."""
    row = rows.by_key(tx.connection, key)
    if row is None:
        return None
    if (row.procedure, row.receiving, row.applicant) != asked:
        raise FormUsed(code=row.code)
    return Received(row.id, row.code, None, row.due_at)


def release_here(
    procedure: str, centre: str, model: str | None, at: datetime, trial: bool, tx: Transaction
) -> tuple[str, str]:
    """The model (unless said: the one in force there) and the release; raises NotOpenHere."""
    model = model or model_in_force(tx.connection, procedure, centre, at, trial)
    digest = model and in_force(tx.connection, procedure, centre, model, at, trial)
    if not model or not digest:
        raise NotOpenHere(procedure=procedure, centre=centre, at=at)
    return model, digest


def _checked(
    tx: Transaction,
    package: Package,
    digest: str,
    answers: Mapping[str, Any],
    known: Mapping[str, Any],
) -> dict[str, Any]:
    """The counter form's answers, checked; raises BadAnswers."""
    spec = spec_of(tx.connection, digest)
    if not spec.plain:
        raise BeginsItself(procedure=package.manifest.title.vi)
    drawn = counter_step(package, spec)
    paths = package.form_of(drawn.id, drawn.properties) if drawn else None
    if paths is None:
        return dict(answers)
    form = load(package.files[paths[0]], package.files[paths[1]])
    return dict(form.check(answers, known, tx.now.date()))


def _all_there(package: Package, papers: Papers, answers: Mapping[str, Any]) -> None:
    """Every paper the manifest asks for is handed in, and nothing it does not know."""
    listed = {paper.key: paper for paper in package.manifest.papers}
    unknown = [key for key in papers if key not in listed]
    if unknown:
        raise BadPapers(papers=", ".join(unknown), cause="unknown")
    handed = {key for key, (_, quantity, _) in papers.items() if quantity > 0}
    missing = [
        paper.title.vi
        for paper in listed.values()
        if paper.key not in handed and paper.needed(answers)
    ]
    if missing:
        raise BadPapers(papers="; ".join(missing))


def _first_steps(case: Case, answers: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Start the main run and complete its counter step, where it has one."""
    tx = case.tx
    step_here = counter_step(case.package, case.spec)
    if step_here is None:
        begin_run(case, {**known, **answers})
        return
    run, outcome = begin_run(case, known)
    counter = next((task for task in outcome.tasks if task.step == step_here.id), None)
    if counter is None:
        raise RunFailed(element=step_here.id, name="", cause="counter", line=None)
    done = {"state": "done", "closed_at": tx.now, "closed_by": tx.actor.person}
    rows.change_task(tx.connection, counter.id, done)
    fact = {"step": counter.step, "name": counter.name}
    case.note("completed", fact, {"answers": dict(answers)})
    step(case, run, Complete(counter.id, answers))
