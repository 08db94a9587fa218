"""What happens at the counter: receive, ask to complete, refuse."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.authority import require
from engine.bpmn.runtime import Complete
from engine.codes import tracking_secret
from engine.commands import documents
from engine.commands.case import Case
from engine.commands.issuing import applicant_of, head, issue_slip, slip_number
from engine.commands.opening import begin_run, new_code, open_dossier
from engine.commands.stepping import step
from engine.errors import BadInstant, BadPapers, BeginsItself, NotOpenHere, RunFailed
from engine.forms import load
from engine.package import Package
from engine.queries.specs import counter_step, package_of, spec_of
from engine.slips import issue
from engine.store import dossiers as rows
from engine.store import papers as folder
from engine.store.database import Transaction
from engine.store.organisation import unit
from engine.store.releases import in_force, model_in_force

BOUND = timedelta(days=7)  # how far back a legal instant may be entered
Papers = Mapping[str, tuple[str, int, Sequence[str]]]


@dataclass(frozen=True)
class Received:
    """``secret`` is told once, to whoever posted first."""

    dossier: int
    code: str
    secret: str | None
    due: datetime | None


@dataclass(frozen=True)
class Visit:
    """An outcome at the counter without a dossier."""

    id: int
    number: str


def legal_instant(now: datetime, at: datetime | None, reason: str | None) -> datetime:
    """Now, or an earlier instant with a reason; never later, never too far back."""
    if at is None or at == now:
        return now
    if at > now or at < now - BOUND or not (reason or "").strip():
        raise BadInstant(at=at, bound=now - BOUND)
    return at


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
) -> Received:
    """Open a dossier: code, clock, counter step and slip 01 in one transaction.

    Posting the same key again gives the dossier it made, without the secret.
    """
    require(tx.actor, "receive", centre)
    earlier = _made(tx, key)
    if earlier is not None:
        return earlier
    received = legal_instant(tx.now, received_at, reason)
    office = unit(tx.connection, centre)
    helped = office if help is None or help == centre else unit(tx.connection, help)
    model, digest = _release(tx, procedure, centre, model, received, trial)
    package = package_of(tx.connection, digest)
    known = {"represented": bool(applicant.get("represented"))}
    clean = _checked(tx, package, digest, answers, known)
    _all_there(package, papers, {**clean, **known})
    code = new_code(office, trial, tx)
    earlier = _made(tx, key)  # whoever posted it meanwhile held the number's row
    if earlier is not None:
        return earlier
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
        "territory": str(clean.get(package.manifest.territory_field or "") or ""),
    }
    case = open_dossier(office, told, package, applicant, received, tx)
    case.act_on("reception", office.code)
    fact = {"channel": channel, "received_at": received.isoformat(), "reason": reason or ""}
    case.note("received", fact, {"applicant": dict(applicant)})
    for paper, (kind, quantity, tokens) in papers.items():
        values = {"dossier": case.id, "paper": paper, "kind": kind, "quantity": quantity}
        folder.insert_checked(tx.connection, values)
        documents.bind(case, paper, tokens)
    _first_steps(case, clean, known)
    url = f"{tx.base_url}/track/{code}?s={secret}"
    issue_slip(case, "receipt", {}, url)
    case.save()
    return Received(case.id, code, secret, case.row["due_at"])


def _made(tx: Transaction, key: str) -> Received | None:
    row = rows.by_key(tx.connection, key)
    return None if row is None else Received(row.id, row.code, None, row.due_at)


def _release(
    tx: Transaction, procedure: str, centre: str, model: str | None, at: datetime, trial: bool
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


# -- visits ----------------------------------------------------------------------------------------


def guide(
    tx: Transaction, *, missing: Sequence[Mapping[str, str]], reason: str, **told: Any
) -> Visit:
    """Ask once, completely and in writing for what is missing (slip 02); no dossier."""
    require(tx.actor, "receive", told["centre"])
    items = [str(one.get("text") or one.get("paper") or "") for one in missing]
    said = {"items": items, "reason": reason, "stage": "khi tiếp nhận"}
    return _visit(tx, "supplement", told, said)


def refuse(tx: Transaction, *, reason: str, legal_basis: Sequence[str] = (), **told: Any) -> Visit:
    """Refuse at the counter with the legal reason (slip 03); no dossier."""
    require(tx.actor, "receive", told["centre"])
    return _visit(tx, "refusal", told, {"reason": reason, "legal_basis": list(legal_basis)})


def _visit(tx: Transaction, kind: str, told: Mapping[str, Any], said: Mapping[str, Any]) -> Visit:
    earlier = _visited(tx, told["key"])
    if earlier is not None:
        return earlier
    office, trial = unit(tx.connection, told["centre"]), bool(told.get("trial"))
    asked = told.get("model")
    _, digest = _release(tx, told["procedure"], office.code, asked, tx.now, trial)
    package = package_of(tx.connection, digest)
    number = slip_number(tx.connection, tx.now, office.code, trial)
    earlier = _visited(tx, told["key"])  # whoever posted it meanwhile held the number's row
    if earlier is not None:
        return earlier
    data = {
        "number": number,
        "code": "",
        "trial": trial,
        "procedure": {"code": package.manifest.code, "title": package.manifest.title.vi},
        "applicant": applicant_of(told["applicant"]),
        **said,
    }
    top = head(office, tx, tx.actor.stand("reception", office.code))
    id = folder.insert_visit(
        tx.connection, key=told["key"], procedure=told["procedure"], centre=office.code,
        kind=kind, number=number, applicant=dict(told["applicant"]), data=data, at=tx.now,
        by=tx.actor.person, sha256=tx.files.put(issue(package, kind, {**top, **data})),
    )  # fmt: skip
    return Visit(id, number)


def _visited(tx: Transaction, key: str) -> Visit | None:
    """The visit that this form has made already."""
    found = folder.visit_by_key(tx.connection, key)
    return None if found is None else Visit(found.id, found.number)
