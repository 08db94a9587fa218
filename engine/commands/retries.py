"""Do again what got stuck, once its cause is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.bpmn.runtime import Complete, Fire, Start, Throw
from engine.commands import documents
from engine.commands.case import Case, Signer, open_case
from engine.commands.desks import staffed
from engine.commands.opening import facts_of
from engine.commands.returning import hand
from engine.commands.stepping import step
from engine.commands.tasks import returns_result
from engine.errors import (
    IncidentClosed,
    RunFailed,
    TaskClosed,
    UnknownDocument,
    UnknownIncident,
    UnknownTask,
)
from engine.store import dossiers as rows
from engine.store import incidents as store
from engine.store import letters
from engine.store.database import Transaction
from engine.store.organisation import Post, Stand, actor_by_id


def retry(tx: Transaction, incident: int) -> bool:
    """Do again what failed; whether it went well this time."""
    found = store.incident(tx.connection, incident)
    if found is None:
        raise UnknownIncident(incident=incident)
    case = open_case(found.dossier, tx)
    case.act_by(require(tx.actor, "retry", case.concern))
    return again(case, incident)


def again(case: Case, incident: int) -> bool:
    """The same under the dossier's lock, for whoever may."""
    tx = case.tx
    found = store.incident(tx.connection, incident)
    if found is None or found.closed_at is not None:
        raise IncidentClosed(incident=incident)
    told = {"incident": incident, "step": found.element, "name": found.name}
    pressed = case.signer
    try:
        with tx.savepoint():
            _do(case, found.run, found.input)
            case.signer = pressed
            case.note("retried", told)
            case.save()
    except (TaskClosed, UnknownTask):  # the step was done anew meanwhile: nothing is left to retry
        _note(case, pressed, "retried", told)
    except RunFailed as failure:
        cause = str(failure.particulars.get("cause") or "")
        more = {"attempts": found.attempts + 1, "cause": cause}
        store.change_incident(tx.connection, incident, more)
        _note(case, pressed, "retry_failed", told)
        return False
    closed = {"closed_at": tx.now, "closed_by": tx.actor.person}
    store.change_incident(tx.connection, incident, closed)
    return True


def _note(case: Case, pressed: Signer, kind: str, told: Mapping[str, Any]) -> None:
    """A line on the dossier as it is in the database: ``case`` has half of what failed in it."""
    fresh = open_case(case.id, case.tx)
    fresh.signer = pressed
    fresh.note(kind, told)
    fresh.save()


def _do(case: Case, run_id: str, input: Mapping[str, Any]) -> None:
    if input["do"] == "staff":
        _look_for_somebody(case, input["task"])
        return
    if input["do"] == "send":
        letters.change_letter(case.tx.connection, input["letter"], {"state": "pending"})
        return
    run = rows.run(case.tx.connection, run_id)
    if run["finished_at"] is not None:  # stopped meanwhile: nothing comes back to life
        raise UnknownTask(task=input.get("task", ""))
    if input["do"] == "begin":
        data = {"dossier": facts_of(case), **input["data"]}
        step(case, run, Start(data, event=input["event"], correlation=input["correlation"]))
    elif input["do"] == "complete":
        _complete(case, run, input)
    elif input["do"] == "throw":
        thrown = Throw(
            input["name"],
            input.get("payload", {}),
            input.get("kind", ""),
            input.get("correlation", {}),
        )
        step(case, run, thrown)
    else:
        step(case, run, Fire())


def _look_for_somebody(case: Case, task: str) -> None:
    row = rows.task(case.tx.connection, task)
    if row is None or row["state"] != "open":
        raise UnknownTask(task=task)
    staffed(case, row["step"], row["name"], row["role"], row["unit"])


def _complete(case: Case, run: dict[str, Any], input: Mapping[str, Any]) -> None:
    """What a person did then, at the legal instant it had then unless the dossier moved on.

    Slips and books name whoever did it, and in whose place, not who presses for it again.
    """
    connection, task = case.tx.connection, input["task"]
    row = rows.task(connection, task)
    if row is None or row["state"] != "open":
        raise UnknownTask(task=task)
    case.at = max(datetime.fromisoformat(input["at"]), case.latest)
    case.read_again()
    case.signer = _signer(case, row, input)
    case.ended, case.entered_late = row, str(input.get("reason") or "")
    closed = {"closed_at": case.tx.now, "closed_by": input["actor"], "state": "done", "draft": None}
    rows.change_task(connection, task, closed)
    fact = {"step": row["step"], "name": row["name"], "by": case.signer.login}
    fact |= {"at": case.at.isoformat(), "reason": input.get("reason") or ""}
    case.note("completed", fact, {"answers": input["answers"]})
    try:
        for pointer, tokens in input.get("files", {}).items():
            documents.bind(case, f"field:{pointer}", tokens, task, drafted=tokens)
    except UnknownDocument as lost:
        raise RunFailed(
            element=row["step"], name=row["name"], cause="document", line=None
        ) from lost
    returns = returns_result(case, row)
    step(case, run, Complete(task, input["answers"]))
    if returns:
        hand(case, input["answers"])


def _signer(case: Case, row: Mapping[str, Any], input: Mapping[str, Any]) -> Signer:
    """Who did it then; an incident from before it was kept at which post says the task's."""
    doer = actor_by_id(case.tx.connection, input["actor"], case.tx.now)
    role, desk = input.get("role", row["role"]), input.get("desk", row["unit"])
    away = input.get("instead_of")
    stand = Stand(Post(role, desk), away["person"], away["login"], away["name"]) if away else None
    login, name = (doer.login, doer.name) if doer else ("", "")
    return Signer(input["actor"], login, name, role, desk, stand)
