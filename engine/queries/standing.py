"""Whose turn it is with a dossier, as the citizen's page says it: a word for each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from engine.codes.statuses import GIVEN_BACK, GIVEN_UP, SETTLED
from engine.sides import SIDES
from engine.store.messages import owed
from engine.store.papers import RESULT, refusal_in_force
from engine.store.tables import documents, journal, slips, tasks

Turn = Literal["citizen", "office", "nobody"]
Way = Literal["counter", "post", "electronic"]

# Where the citizen is waited for; a step of anybody else is work of the office at any status.
_DESKS = frozenset({"reception", "cashier"})
_WAYS: Mapping[str, Way] = {"posted": "post", "electronic": "electronic"}
# What is said once the result has left the house, by how it did; else it was handed over.
_RETURNED = {"posted": "posted", "electronic": "fetched", "representative": "represented"}

# How the slip of a refusal left: with the papers, without them, or nothing is known of them.
_REFUSED = {True: "refused_over", False: "refused_handed", None: "refused_slip"}


@dataclass(frozen=True)
class Standing:
    """``word`` is the case; ``role`` whose work it is, while an office works on it.

    ``slip`` is the number of the slip that says why it was stopped or refused, ``why`` what that
    slip says of a stop, ``since`` when that was decided, or when papers came from outside at which
    nobody has looked; ``back`` when the papers of what was given up went back.
    """

    turn: Turn
    word: str
    way: Way
    role: str = ""
    slip: str = ""
    refused: bool = False
    why: str = ""
    since: datetime | None = None
    back: datetime | None = None


def standing(connection: Connection, row: Row[*tuple[Any, ...]]) -> Standing:
    """Where the dossier stands, for the citizen."""
    way = _WAYS.get(row.handover, "counter") if row.status == 10 else row.return_by
    if row.status in GIVEN_UP:
        return _given_up(connection, row, way)
    slip = refusal_in_force(connection, row.id) if row.status in SETTLED else ""
    refused = bool(slip)
    since = row.settled_at if refused else None
    if row.status == 10:
        word = _RETURNED.get(row.handover, "returned")
        if refused:
            word = _REFUSED[_originals_too(connection, row.id)]
        return Standing("nobody", word, way, "", slip, refused, since=since)
    if row.suspended_at is not None:
        return Standing("office", "suspended", way, "", slip)
    role, opened = _waits(connection, row.id)
    if role and role not in _DESKS:
        return Standing("office", "office", way, role, slip)
    # What was sent before this step began to wait has been looked at, as by whoever waits on.
    sent = [one for one in owed(connection, row.id, "reply") if opened and one.at > opened]
    sent = sent if row.status == 5 else []
    since = sent[-1].at if sent else since
    turn, word = _called(connection, row, refused, bool(sent))
    return Standing(turn, word, way, role, slip, refused, since=since)


def _given_up(connection: Connection, row: Row[*tuple[Any, ...]], way: Way) -> Standing:
    """How a dossier stands that was not received, or was stopped, on whose wish and why."""
    slip = connection.execute(
        select(slips.c.kind, slips.c.number, slips.c.data)
        .where(slips.c.dossier == row.id, slips.c.kind.in_(("refusal", "stop")))
        .order_by(slips.c.id.desc())
        .limit(1)
    ).first()
    number = slip.number if slip else ""
    line = _last(connection, row.id, "papers_back") if row.handover == GIVEN_BACK else None
    back: datetime | None = line.at if line else None
    why = str(slip.data.get("reason") or "") if slip and slip.kind == "stop" else ""
    if row.status == 3:
        return Standing("nobody", "not_received", way, "", number, back=back)
    stop = _last(connection, row.id, "cancelled")
    word = "withdrawn" if stop and stop.fact.get("withdrawn") else "stopped"
    since = _legally(stop) if stop else None
    return Standing("nobody", word, way, "", number, why=why, since=since, back=back)


def _originals_too(connection: Connection, dossier: int) -> bool | None:
    """Whether whoever handed the slip over said that the papers went with it; None: not asked."""
    handing = _last(connection, dossier, "handed")
    said: bool | None = handing.fact.get("originals") if handing else None
    return said


def _called(
    connection: Connection, row: Row[*tuple[Any, ...]], refused: bool, sent: bool
) -> tuple[Turn, str]:
    """What the citizen is waited for with, where nobody but a desk has the dossier."""
    if row.status == 5:
        return ("office", "papers_sent") if sent else ("citizen", "papers")
    if row.status == 6:
        return "citizen", "payment"
    if row.status != 9:
        return "office", "office"
    if refused:
        return "office" if row.return_by == "post" else "citizen", "refused"
    if row.return_by == "post":
        return "office", "posting"
    if row.return_by == "electronic":
        return ("citizen", "fetch") if _there(connection, row.id) else ("office", "scanning")
    return "citizen", "collect"


def _there(connection: Connection, dossier: int) -> bool:
    """Whether the result can be fetched."""
    c = documents.c
    found = select(c.id).where(c.dossier == dossier, c.paper == RESULT).limit(1)
    return connection.scalar(found) is not None


def _waits(connection: Connection, dossier: int) -> tuple[str, datetime | None]:
    """Who is waited for longest, and since when."""
    found = connection.execute(
        select(tasks.c.role, tasks.c.opened_at)
        .where(tasks.c.dossier == dossier, tasks.c.state == "open", tasks.c.step.not_in(SIDES))
        .order_by(tasks.c.opened_at, tasks.c.id)
        .limit(1)
    ).first()
    return (found.role, found.opened_at) if found else ("", None)


def _last(connection: Connection, dossier: int, kind: str) -> Row[*tuple[Any, ...]] | None:
    """The newest line of that kind in the journal."""
    c = journal.c
    here = select(c.at, c.fact).where(c.dossier == dossier, c.kind == kind)
    return connection.execute(here.order_by(c.seq.desc()).limit(1)).first()


def _legally(line: Row[*tuple[Any, ...]]) -> datetime:
    """When it was done, which may be before it was entered."""
    entered: datetime = line.at
    return datetime.fromisoformat(line.fact["at"]) if line.fact.get("at") else entered
