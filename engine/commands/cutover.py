"""The day one government model ends: its open dossiers are handed over to the other's offices.

The legal clock, drafts, history and, where its holder works there too, a claim stay as they are;
what changes is who receives, who decides, and so at whose desk each open step lies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.bpmn.snapshot import retell
from engine.commands.batches import carry
from engine.commands.case import ENDED, Case, free_case
from engine.commands.desks import handed, office_of, staffed
from engine.commands.escalating import escalate
from engine.commands.incidents import record
from engine.commands.opening import facts_of
from engine.commands.retries import again
from engine.errors import (
    CutoverPlanned,
    NobodyHolds,
    RunFailed,
    SameModel,
    UnknownCutover,
    UnknownUnit,
)
from engine.package import Post
from engine.sides import SIDES
from engine.store import cutovers as store
from engine.store import dossiers as rows
from engine.store import moving as runs
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, actor_by_id, deciding_unit, successor, unit

OPEN = ("planned", "running")


def plan(tx: Transaction, *, from_model: str, to_model: str, at: datetime, reason: str) -> int:
    """Write down that every dossier still open under a model changes offices then; its number."""
    require(tx.actor, "rollout")
    if from_model == to_model:
        raise SameModel(model=from_model)
    for other in store.CUTOVERS.in_state(tx.connection, OPEN):
        if other.from_model == from_model:
            raise CutoverPlanned(at=other.at)
    values = {"from_model": from_model, "to_model": to_model, "at": at, "reason": reason}
    values |= {"state": "planned", "decided_by": tx.actor.person, "decided_at": tx.now}
    return store.CUTOVERS.insert(tx.connection, values)


def cancel(tx: Transaction, cutover: int) -> None:
    """Take back a plan whose instant has not come."""
    require(tx.actor, "rollout")
    row = store.CUTOVERS.lock(tx.connection, cutover)
    if row is None:
        raise UnknownCutover(cutover=cutover)
    if row.state != "planned":
        raise CutoverPlanned(at=row.at)
    store.CUTOVERS.change(tx.connection, cutover, {"state": "cancelled", "finished_at": tx.now})


# -- what the worker does --------------------------------------------------------------------------


def carry_on(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Begin what is due, take a batch of what is under way; how many dossiers got a result."""
    with database.reading() as connection:
        plans = [row for row in store.CUTOVERS.in_state(connection, OPEN) if row.at <= now]
    for row in plans:
        if row.state == "planned":
            with database.transaction(CLOCK, now) as tx:
                begin(tx, row.id)
    todo = [(row, "waiting") for row in plans]
    return carry(database, now, store.CUTOVERS, todo, hand_over, close, stopped)


def begin(tx: Transaction, cutover: int) -> None:
    """The instant has come: list what is still open."""
    require(tx.actor, "clock")
    row = store.CUTOVERS.lock(tx.connection, cutover)
    if row is not None and row.state == "planned" and row.at <= tx.now:
        store.CUTOVERS.list_items(tx.connection, cutover, store.open_dossiers(row.from_model))
        store.CUTOVERS.change(tx.connection, cutover, {"state": "running"})


def close(tx: Transaction, cutover: int) -> None:
    """Every dossier has its result."""
    require(tx.actor, "clock")
    row = store.CUTOVERS.lock(tx.connection, cutover)
    if row is not None and row.state == "running":
        store.CUTOVERS.change(tx.connection, cutover, {"state": "done", "finished_at": tx.now})


def hand_over(tx: Transaction, cutover: int, dossier: int) -> bool:
    """Give one dossier to its new offices; False where somebody else has it in hand."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    row = store.CUTOVERS.get(tx.connection, cutover)
    item = store.CUTOVERS.item(tx.connection, cutover, dossier)
    if case is None or row is None or item is None or item.state != "waiting":
        return False
    try:
        with tx.savepoint():
            values = _handed(case, row)
    except (RunFailed, UnknownUnit) as failure:
        said = {"why": "unit", "unit": str(failure.particulars.get("code") or failure.cause)}
        values = {"state": "stays", "said": said}
    store.CUTOVERS.change_item(tx.connection, cutover, dossier, values)
    return True


def _handed(case: Case, row: Any) -> dict[str, Any]:
    if case.row["status"] in ENDED or case.row["model"] != row.from_model:
        return {"state": "stays", "said": {"why": "over"}}
    kind = case.manifest.deciding.get(row.to_model)
    if kind is None:
        return {"state": "stays", "said": {"why": "model"}}
    connection, now = case.tx.connection, case.tx.now
    office = unit(connection, case.row["receiving"])
    receiving = successor(connection, office, case.row["territory"], now)
    deciding = deciding_unit(connection, kind, case.row["territory"], now)
    told = {
        "receiving": [case.row["receiving"], receiving],
        "deciding": [case.row["deciding"], deciding],
    }
    case.row |= {"model": row.to_model, "receiving": receiving, "deciding": deciding}
    rows.concern(connection, case.id, [receiving, deciding])
    case.note("handed_over", {**told, "cutover": row.id, "reason": row.reason})
    _desks(case, row.reason, told)
    _facts(case)
    case.save()
    store.carry_to(connection, case.id, receiving)
    _overseers(case)
    for incident in store.waiting_for_staff(connection, case.id):
        again(case, incident)
    return {"state": "handed", "said": told}


def _desks(case: Case, reason: str, told: dict[str, list[str]]) -> None:
    """Each open step lies at the office its lane means now; every change is a hand-over."""
    connection, now = case.tx.connection, case.tx.now
    waiting = rows.open_tasks(connection, case.id)
    for task in waiting:
        post, office = _desk(case, task, told)
        if (post.role, office) == (task["role"], task["unit"]):
            continue
        rows.concern(connection, case.id, [office])
        values: dict[str, Any] = {"role": post.role, "unit": office}
        held = {"step": task["step"], "name": task["name"], "role": post.role, "unit": office}
        holder = task["holder"] and actor_by_id(connection, task["holder"], now)
        if holder and not holder.holds(post.role, office):
            values |= {"holder": None, "claimed_at": None}
            held["released"] = holder.login
        rows.change_task(connection, task["id"], values)
        case.note("desk", held)
        handed(case, task["step"], task["name"], post.role, office, task["unit"], reason)
        try:
            staffed(case, task["step"], task["name"], post.role, office)
        except NobodyHolds as failure:
            record(case, task["run"], failure, {"do": "staff", "task": task["id"]})
    if (
        not waiting
    ):  # it waits for time or for somebody outside: the folder changes hands all the same
        was, to = told["deciding"]
        handed(case, "", "", "", to, was, reason)


def _desk(case: Case, task: dict[str, Any], told: dict[str, list[str]]) -> tuple[Post, str]:
    """The post and office of a waiting step now; beside the diagram only the deciding one moves."""
    if task["step"] not in SIDES:
        return office_of(case, case.spec.steps[task["step"]])
    was, to = told["deciding"]
    office = to if task["unit"] == was else task["unit"]
    return Post(task["role"], office), office


def _facts(case: Case) -> None:
    """What the runs know of their dossier's offices."""
    for run in runs.open_runs(case.tx.connection, case.id):
        told = retell(run["snapshot"], "dossier", facts_of(case))
        rows.change_run(case.tx.connection, run["id"], {"snapshot": told})


def _overseers(case: Case) -> None:
    """Whoever had been told that it is late or nearly so answers for it no more."""
    duty, owed = case.row["escalated"], case.row["escalated_due"]
    if duty is not None:
        case.row["escalated"] = case.row["escalated_due"] = None
        escalate(case, duty, owed)
        case.save()
