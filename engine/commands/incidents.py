"""A run that cannot go on: recorded with its cause, retried when the cause is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from engine.authority import require
from engine.bpmn.runtime import Complete, Fire, Throw
from engine.commands.case import Case, open_case
from engine.commands.stepping import step
from engine.errors import IncidentClosed, RunFailed, TaskClosed, UnknownIncident, UnknownTask
from engine.store import dossiers as rows
from engine.store.database import Transaction
from engine.store.tables import incidents as table


def record(case: Case, run: str, failure: RunFailed, input: Mapping[str, Any]) -> int:
    """Write the incident and its journal row; the run stays as it was."""
    said = failure.particulars
    drawn = case.spec.step(str(said["element"])) if said.get("element") else None
    name = str(said.get("name") or (drawn.name if drawn else said.get("element")) or "")
    incident = rows.insert_row(
        case.tx.connection, table, dossier=case.id, centre=case.row["receiving"], run=run,
        element=str(said.get("element") or ""), name=name, cause=str(said.get("cause") or ""),
        input=dict(input), opened_at=case.tx.now,
    )  # fmt: skip
    case.note("incident", {"step": said.get("element"), "name": name, "incident": incident})
    case.save()
    return incident


def retry(tx: Transaction, incident: int) -> bool:
    """Do again what failed; whether it went well this time."""
    question = select(table).where(table.c.id == incident)
    found = tx.connection.execute(question).first()
    if found is None:
        raise UnknownIncident(incident=incident)
    case = open_case(found.dossier, tx)
    assert case is not None  # noqa: S101  # it waited for the lock
    require(tx.actor, "retry", case.concern)
    found = tx.connection.execute(question).one()
    if found.closed_at is not None:
        raise IncidentClosed(incident=incident)
    try:
        with tx.savepoint():
            _again(case, found.run, found.input)
            case.note("retried", {"incident": incident, "name": found.name})
            case.save()
    except (TaskClosed, UnknownTask):
        pass  # the step was done anew meanwhile: there is nothing left to retry
    except RunFailed as failure:
        more = {"attempts": found.attempts + 1, "cause": str(failure.particulars.get("cause"))}
        tx.connection.execute(update(table).where(table.c.id == incident).values(more))
        return False
    closed = {"closed_at": tx.now, "closed_by": tx.actor.person}
    tx.connection.execute(update(table).where(table.c.id == incident).values(closed))
    return True


def _again(case: Case, run_id: str, input: Mapping[str, Any]) -> None:
    run = rows.run(case.tx.connection, run_id)
    if input["do"] == "complete":
        doer = {"closed_at": case.tx.now, "closed_by": input["actor"], "state": "done"}
        row = rows.task(case.tx.connection, input["task"])
        rows.change_task(case.tx.connection, input["task"], {**doer, "draft": None})
        fact = {"step": row and row["step"], "name": row and row["name"]}
        case.note("completed", fact, {"answers": input["answers"]})
        step(case, run, Complete(input["task"], input["answers"]))
    elif input["do"] == "throw":
        step(case, run, Throw(input["name"]))
    else:
        step(case, run, Fire())
