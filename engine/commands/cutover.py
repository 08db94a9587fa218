"""The day one government model ends: its open dossiers are handed over to the other's offices.

The legal clock, drafts, history and, where its holder works there too, a claim stay as they are;
what changes is who receives, who decides, and so at whose desk each open step lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.codes.statuses import ENDED, GIVEN_UP
from engine.commands.batches import carry
from engine.commands.case import Case, free_case
from engine.commands.desks import handed
from engine.commands.folders import place
from engine.commands.readdressing import readdress, tell_overseers, tell_runs
from engine.commands.retries import again
from engine.errors import (
    BadInstant,
    CutoverPlanned,
    RunFailed,
    SameModel,
    UnknownCutover,
    UnknownUnit,
)
from engine.store import cutovers as store
from engine.store import dossiers as rows
from engine.store import folders
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, deciding_unit, successor, unit

OPEN = ("planned", "running")


def possible(from_model: str, to_model: str, at: datetime, now: datetime) -> None:
    """Raise unless it is another model (SameModel), at an instant still to come (BadInstant).

    Only what is ahead can still be taken back.
    """
    if from_model == to_model:
        raise SameModel(model=from_model)
    if at <= now:
        raise BadInstant(at=at, bound=now, cause="past")


def plan(tx: Transaction, *, from_model: str, to_model: str, at: datetime, reason: str) -> int:
    """Write down that every dossier still open under a model changes offices then; its number."""
    require(tx.actor, "rollout")
    possible(from_model, to_model, at, tx.now)
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
        store.CUTOVERS.list_items(tx.connection, cutover, store.concerned(row.from_model, tx.now))
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
        rows.concern(connection, case.id, sides.values())
        return
    # Giver and taker have become one office: there is nobody to give it to.
    folders.delete_folder(connection, going.id)
    case.row["folder_at"] = sides["to_unit"]
    case.note("folder_back", {"from": going.from_unit, "to": going.to_unit})


def _handed(case: Case, row: Any) -> dict[str, Any]:
    if case.row["model"] != row.from_model:
        return {"state": "stays", "said": {"why": "over"}}
    if case.row["status"] in ENDED:
        return _led_home(case, row)
    kind = case.manifest.deciding.get(row.to_model)
    if kind is None:
        return {"state": "stays", "said": {"why": "model"}}
    connection = case.tx.connection
    told = _after(case, kind)
    (_, receiving), (_, deciding) = told.values()
    _follow(case, told)
    case.row |= {"model": row.to_model, "receiving": receiving, "deciding": deciding}
    rows.concern(connection, case.id, sorted({receiving, deciding}))
    case.note("handed_over", {**told, "cutover": row.id, "reason": row.reason})
    was, now_deciding = told["deciding"]
    if not readdress(case, row.reason, (was, now_deciding)) and was != now_deciding:
        # It waits for time or for somebody outside: the folder changes hands all the same.
        handed(case, "", "", "", now_deciding, was, row.reason)
    tell_runs(case)
    case.save()
    store.carry_to(connection, case.id, receiving)
    tell_overseers(case)
    for incident in store.waiting_for_staff(connection, case.id):
        again(case, incident)
    return {"state": "handed", "said": told}


def _led_home(case: Case, row: Any) -> dict[str, Any]:
    """A dossier that has ended stays whose it was; only its papers are still to be brought home."""
    was, given_up = _papers(case), case.row["status"] in GIVEN_UP
    kind = case.manifest.deciding.get(row.to_model)
    case.row["folder_at"] = was["folder_at"]
    if given_up:
        case.row["return_at"] = was["return_at"]
    names = ("return_at", "folder_at") if given_up else ("folder_at",)
    _follow(case, _after(case, kind) if kind else {}, names)
    now = _papers(case)
    # A hand-over that is gone has ended where the folder lies.
    told = {name: [code, now.get(name, now["folder_at"])] for name, code in was.items()}
    told = {name: sides for name, sides in told.items() if len(set(sides)) > 1}
    if not told:
        return {"state": "stays", "said": {"why": "over"}}
    case.note("folder_follows", {**told, "cutover": row.id, "reason": row.reason})
    case.save()
    return {"state": "folder", "said": told}


def _papers(case: Case) -> dict[str, str]:
    """Where the folder lies, from where to where it is given, where the applicant fetches it."""
    going = folders.on_its_way(case.tx.connection, case.id)
    way = {"from_unit": going.from_unit, "to_unit": going.to_unit} if going else {}
    home = case.row["return_at"] or case.row["receiving"]
    return {"folder_at": place(case), "return_at": str(home), **way}


def _after(case: Case, kind: str) -> dict[str, list[str]]:
    """Who receives and who decides: the office before and the one that goes on in its place."""
    connection, now, row = case.tx.connection, case.tx.now, case.row
    receiving = successor(connection, unit(connection, row["receiving"]), row["territory"], now)
    deciding = deciding_unit(connection, kind, row["territory"], now)
    return {"receiving": [row["receiving"], receiving], "deciding": [row["deciding"], deciding]}


def _follow(
    case: Case, told: Mapping[str, list[str]], names: Sequence[str] = ("return_at", "folder_at")
) -> None:
    """Where the result is wanted, where the folder lies or goes: at offices that go on."""
    connection, now = case.tx.connection, case.tx.now
    known = dict(told.values())

    def instead(code: str) -> str:
        office = unit(connection, code)
        if office.valid(now):
            return code
        return known.get(code) or successor(connection, office, case.row["territory"], now)

    for name in names:
        if case.row[name]:
            case.row[name] = instead(case.row[name])
            rows.concern(connection, case.id, [case.row[name]])
    _lead_on(case, instead)
