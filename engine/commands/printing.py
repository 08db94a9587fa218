"""Sheets printed from the books as they stand: the control slip 06 and the ledger 07."""

from __future__ import annotations

from datetime import date, timedelta

from engine.authority import Concern, may, require
from engine.codes.statuses import GIVEN_UP
from engine.commands.case import open_case
from engine.commands.issuing import applicant_of, decider, head, newest
from engine.errors import BadPeriod, TooManyRows, UnknownDossier, UnknownUnit
from engine.queries import sheets
from engine.queries.specs import package_of
from engine.slips import Booklet, Sheet
from engine.store import dossiers as rows
from engine.store.database import Transaction
from engine.store.organisation import unit
from engine.store.readings import LEDGER, insert_reading

LONGEST = timedelta(days=366)


def control_slip(tx: Transaction, code: str) -> Sheet:
    """Slip 06 of a dossier: every hand-over so far; journalled, for it names the applicant."""
    id = rows.by_code(tx.connection, code)
    if id is None:
        raise UnknownDossier(code=code)
    case = open_case(id, tx)
    if not may(tx.actor, "see", case.concern):
        raise UnknownDossier(code=code)
    row = case.row
    due, promised = row["due_at"], row["promised_at"]
    data = {
        **head(unit(tx.connection, row["receiving"]), tx, tx.actor.name),
        "code": row["code"],
        "trial": row["trial"],
        "procedure": {"code": case.manifest.code, "title": case.manifest.title.vi},
        "applicant": applicant_of(row["applicant"]),
        "decider": decider(case),
        "received_at": case.history.received.isoformat(),
        "due_at": due.isoformat() if due else None,
        "tracking_url": f"{tx.base_url}/track/{row['code']}",
        "promised_at": promised.isoformat() if promised else None,
        "coordinating": sheets.coordinating(tx.connection, id),
        "stopped": row["status"] in GIVEN_UP,
        "lines": sheets.control_lines(tx.connection, id),
    }
    case.note("read", {"slip": "control"})
    case.save()
    return Sheet(case.package, "control", data, newest(tx.connection))


def ledger(tx: Transaction, centre: str, since: date, until: date) -> Sheet:
    """The ledger 07 of a centre, both days included; raises BadPeriod, TooManyRows.

    It names many applicants: who read it is written once, beside the journals.
    """
    require(tx.actor, "report")
    require(tx.actor, "see", Concern(centre, centre, frozenset()))
    if not timedelta(0) <= until - since <= LONGEST:
        raise BadPeriod(since=since, until=until, days=LONGEST.days)
    digest = sheets.newest_release(tx.connection)
    if digest is None:
        raise UnknownUnit(code=centre)
    listed = sheets.ledger_rows(tx.connection, centre, since, until)
    if len(listed) > sheets.MOST_ROWS:
        raise TooManyRows(most=sheets.MOST_ROWS)
    data = {
        **head(unit(tx.connection, centre), tx, tx.actor.name),
        "from": since.isoformat(),
        "until": until.isoformat(),
        "rows": listed,
    }
    fact = {"from": data["from"], "until": data["until"], "rows": len(listed)}
    insert_reading(tx.connection, tx.now, tx.actor.login, LEDGER, centre, fact)
    return Booklet(package_of(tx.connection, digest), "ledger", data)
