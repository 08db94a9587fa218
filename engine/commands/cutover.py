"""The day one government model ends: its open dossiers are handed over to the other's offices.

The legal clock, drafts, history and, where its holder works there too, a claim stay as they are;
what changes is who receives, who decides, and so at whose desk each open step lies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.commands.batches import carry
from engine.commands.case import ENDED, Case, free_case
from engine.commands.desks import handed
from engine.commands.readdressing import readdress, tell_overseers, tell_runs
from engine.commands.retries import again
from engine.errors import CutoverPlanned, RunFailed, SameModel, UnknownCutover, UnknownUnit
from engine.store import cutovers as store
from engine.store import dossiers as rows
from engine.store import folders
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, deciding_unit, successor, unit

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


def _lead_on(case: Case, instead: Callable[[str], str]) -> None:
    """A folder under way comes from, and goes to, the offices that go on."""
    connection = case.tx.connection
    going = folders.on_its_way(connection, case.id)
    if going is None:
        return
    sides = {"from_unit": instead(going.from_unit), "to_unit": instead(going.to_unit)}
    if len(set(sides.values())) > 1:
        folders.change_folder(connection, going.id, sides)
        return
    # Giver and taker have become one office: there is nobody to give it to.
    folders.delete_folder(connection, going.id)
    case.row["folder_at"] = sides["to_unit"]
    case.note("folder_back", {"from": going.from_unit, "to": going.to_unit})


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
    after = dict(told.values())

    def instead(code: str) -> str:
        """The office that goes on in the place of that one."""
        office = unit(connection, code)
        if office.valid(now):
            return code
        return after.get(code) or successor(connection, office, case.row["territory"], now)

    places = {
        name: instead(case.row[name])
        for name in ("return_at", "folder_at")  # where the result is wanted, where the folder lies
        if case.row[name]
    }
    _lead_on(case, instead)
    case.row |= {"model": row.to_model, "receiving": receiving, "deciding": deciding, **places}
    rows.concern(connection, case.id, sorted({receiving, deciding, *places.values()}))
    case.note("handed_over", {**told, "cutover": row.id, "reason": row.reason})
    was, now_deciding = told["deciding"]
    if not readdress(case, row.reason, (was, now_deciding)):
        # It waits for time or for somebody outside: the folder changes hands all the same.
        handed(case, "", "", "", now_deciding, was, row.reason)
    tell_runs(case)
    case.save()
    store.carry_to(connection, case.id, receiving)
    tell_overseers(case)
    for incident in store.waiting_for_staff(connection, case.id):
        again(case, incident)
    return {"state": "handed", "said": told}
