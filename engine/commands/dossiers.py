"""What happens at the counter: receive, ask to complete, refuse."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.authority import require
from engine.bpmn.runtime import Complete, Start
from engine.calendar import ZONE, History, read_clock
from engine.codes import fold, make_dossier_code, tracking_secret
from engine.commands import documents
from engine.commands.case import Case, case_of
from engine.commands.issuing import applicant_of, head, issue_slip, slip_number
from engine.commands.stepping import step
from engine.errors import BadInstant, BadPapers, NotOpenHere, RunFailed
from engine.forms import load
from engine.package import Package
from engine.queries.specs import package_of, spec_of
from engine.slips import issue
from engine.store import dossiers as rows
from engine.store import papers as folder
from engine.store.calendar import calendar
from engine.store.database import Transaction
from engine.store.journal import START
from engine.store.organisation import Unit, deciding_unit, unit
from engine.store.releases import in_force

CUT_OVER = datetime(2025, 7, 1, tzinfo=ZONE)
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
    model = model or ("two-level" if received >= CUT_OVER else "three-level")
    office = unit(tx.connection, centre)
    helped = office if help is None or help == centre else unit(tx.connection, help)
    digest = _release(tx, procedure, centre, model, received, trial)
    package = package_of(tx.connection, digest)
    known = {"represented": bool(applicant.get("represented"))}
    clean = _checked(tx, package, digest, answers, known)
    _all_there(package, papers, {**clean, **known})
    code = _code(tx, office, trial)
    earlier = _made(tx, key)  # whoever posted it meanwhile held the number's row
    if earlier is not None:
        return earlier
    secret = tracking_secret(secrets.token_bytes(10))
    territory = str(
        clean.get(package.manifest.territory_field or "") or min(office.territories, default="")
    )
    decides = deciding_unit(tx.connection, package.manifest.deciding[model], territory, received)
    case = _open(
        tx,
        {
            "code": code,
            "key": key,
            "secret": hashlib.sha256(secret.encode()).hexdigest(),
            "procedure": procedure,
            "release": digest,
            "model": model,
            "trial": trial,
            "channel": channel,
            "help": helped.code,
            "receiving": centre,
            "deciding": decides,
            "territory": territory,
        },
        package,
        applicant,
        received,
    )
    rows.concern(tx.connection, case.id, [centre, decides, helped.code])
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
    tx: Transaction, procedure: str, centre: str, model: str, at: datetime, trial: bool
) -> str:
    digest = in_force(tx.connection, procedure, centre, model, at, trial)
    if digest is None:
        raise NotOpenHere(procedure=procedure, centre=centre, at=at)
    return digest


def _checked(
    tx: Transaction,
    package: Package,
    digest: str,
    answers: Mapping[str, Any],
    known: Mapping[str, Any],
) -> dict[str, Any]:
    """The counter form's answers, checked; raises BadAnswers."""
    spec = spec_of(tx.connection, digest)
    drawn = spec.step(spec.counter) if spec.counter else None
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


def _code(tx: Transaction, office: Unit, trial: bool) -> str:
    series = (office.trial_series if trial else office.series) or office.code
    day = tx.now.date()
    return make_dossier_code(series, day, rows.next_number(tx.connection, series, f"{day:%y%m%d}"))


def _open(
    tx: Transaction,
    told: Mapping[str, Any],
    package: Package,
    applicant: Mapping[str, Any],
    received: datetime,
) -> Case:
    manifest = package.manifest
    history = History(received, manifest.limit, restart_on_resume=manifest.restart_on_resume)
    days = calendar(tx.connection, "province", told["receiving"])
    clock = read_clock(history, days, received)
    name, citizen = str(applicant.get("name", "")), str(applicant.get("citizen_id", ""))
    words = (told["code"], name, str(applicant.get("phone", "")), citizen)
    row: dict[str, Any] = {
        **told,
        "applicant": dict(applicant),
        "applicant_name": name,
        "applicant_id": citizen,
        "search": f" {fold(' '.join(words))} ",
        "status": 2,
        "received_at": received,
        "promised_at": clock.due,
        "due_at": clock.due,
        "paused": False,
        "history": history.to_json(),
        "ledger": [],
        "ledger_revision": days.revision,
        "milestone_vi": "",
        "milestone_en": "",
        "settled_at": None,
        "escalated": None,
        "escalated_due": None,
        "outcome": None,
        "returned_at": None,
        "received_by": tx.actor.person,
        "seq": 0,
        "head": START,
    }
    row["id"] = rows.insert_dossier(tx.connection, row)
    return case_of(row, tx, received)


def _first_steps(case: Case, answers: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Start the main run and complete its counter step."""
    tx, row = case.tx, case.row
    run = {
        "id": tx.fresh_id(),
        "dossier": case.id,
        "centre": row["receiving"],
        "kind": "main",
        "process": case.spec.main,
        "snapshot": b"",
        "revision": 0,
        "started_at": tx.now,
    }
    rows.insert_run(tx.connection, run)
    names = ("code", "channel", "trial", "model", "receiving", "deciding", "help")
    data = {"dossier": {name: row[name] for name in names}, **known}
    outcome = step(case, run, Start(data))
    counter = next((task for task in outcome.tasks if task.step == case.spec.counter), None)
    if counter is None:
        raise RunFailed(element=case.spec.counter, name="", cause="counter", line=None)
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
    model = told.get("model") or ("two-level" if tx.now >= CUT_OVER else "three-level")
    digest = _release(tx, told["procedure"], office.code, model, tx.now, trial)
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
    id = folder.insert_visit(
        tx.connection, key=told["key"], procedure=told["procedure"], centre=office.code,
        kind=kind, number=number, applicant=dict(told["applicant"]), data=data, at=tx.now,
        by=tx.actor.person, sha256=tx.files.put(issue(package, kind, {**head(office, tx), **data})),
    )  # fmt: skip
    return Visit(id, number)


def _visited(tx: Transaction, key: str) -> Visit | None:
    """The visit that this form has made already."""
    found = folder.visit_by_key(tx.connection, key)
    return None if found is None else Visit(found.id, found.number)
