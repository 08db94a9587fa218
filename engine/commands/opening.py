"""A dossier's beginning: its code, its row, its main run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bpmn.runtime import Outcome, Start
from engine.calendar import ZONE, History, read_clock
from engine.codes import fold, make_dossier_code
from engine.commands.case import Case, case_of
from engine.commands.stepping import step
from engine.package import Package
from engine.store import dossiers as rows
from engine.store.calendar import calendar
from engine.store.database import Transaction
from engine.store.journal import START
from engine.store.organisation import Unit, deciding_unit

#: What a run knows of its dossier from the beginning.
KNOWN = ("code", "channel", "trial", "model", "receiving", "deciding", "help")


def new_code(office: Unit, trial: bool, tx: Transaction) -> str:
    """The next code of the office's series; its row stays locked until the commit."""
    series = (office.trial_series if trial else office.series) or office.code
    day = tx.now.date()
    return make_dossier_code(series, day, rows.next_number(tx.connection, series, f"{day:%y%m%d}"))


def ledger_number(book: str, received: datetime, trial: bool, tx: Transaction) -> int:
    """The next number in that office's ledger of the year of receipt; trials count apart."""
    series = f"{'trial:' if trial else ''}{book}:ledger"
    return rows.next_number(tx.connection, series, f"{received.astimezone(ZONE):%Y}")


def open_dossier(
    office: Unit,
    told: Mapping[str, Any],
    package: Package,
    applicant: Mapping[str, Any],
    received: datetime,
    tx: Transaction,
) -> Case:
    """Write the dossier's row; its clock runs, nothing else has happened yet.

    An empty territory is that of the receiving office; raises UnknownUnit where nobody decides.
    """
    manifest = package.manifest
    territory = told["territory"] or min(office.territories, default="")
    decides = deciding_unit(tx.connection, manifest.deciding[told["model"]], territory, received)
    history = History(received, manifest.limit, restart_on_resume=manifest.restart_on_resume)
    days = calendar(tx.connection, "province", office.code)
    clock = read_clock(history, days, received)
    name, citizen = str(applicant.get("name", "")), str(applicant.get("citizen_id", ""))
    words = (told["code"], name, str(applicant.get("phone", "")), citizen)
    row: dict[str, Any] = {
        "ledger_no": ledger_number(office.code, received, told["trial"], tx),
        "return_by": "counter",
        "return_at": None,
        **told,
        "receiving": office.code,
        "book": office.code,
        "territory": territory,
        "deciding": decides,
        "applicant": dict(applicant),
        "applicant_name": name[:200],
        "applicant_id": citizen,
        "search": f" {fold(' '.join(words))} ",
        "status": 2,
        "received_at": received,
        "promised_at": clock.due,
        "due_at": clock.due,
        "told_due": clock.due,
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
        "handover": "none",
        "folder_at": None,
        "received_by": tx.actor.person,
        "suspended_at": None,
        "suspended_why": None,
        "seq": 0,
        "head": START,
    }
    row["id"] = rows.insert_dossier(tx.connection, row)
    places = {office.code, decides, told["help"], told.get("return_at") or office.code}
    rows.concern(tx.connection, row["id"], sorted(places))
    return case_of(row, tx, received)


def begin_run(
    case: Case, data: Mapping[str, Any], event: str | None = None
) -> tuple[dict[str, Any], Outcome]:
    """Start the main run with the dossier's facts and this data; raises RunFailed."""
    run = new_run(case)
    return run, step(case, run, Start({"dossier": facts_of(case), **data}, event=event))


def new_run(case: Case) -> dict[str, Any]:
    """The row of a main run that has not begun."""
    run = {
        "id": case.tx.fresh_id(),
        "dossier": case.id,
        "centre": case.row["receiving"],
        "kind": "main",
        "process": case.spec.main,
        "snapshot": b"",
        "revision": 0,
        "started_at": case.tx.now,
    }
    rows.insert_run(case.tx.connection, run)
    return run


def facts_of(case: Case) -> dict[str, Any]:
    """What a run knows of its dossier."""
    return {name: case.row[name] for name in KNOWN}
