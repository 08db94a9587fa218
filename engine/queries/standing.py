"""Whose turn it is with a dossier, as the citizen's page says it: a word for each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from engine.codes.statuses import GIVEN_UP, SETTLED
from engine.sides import SIDES
from engine.store.papers import RESULT, refusal_in_force
from engine.store.tables import documents, journal, slips, tasks

Turn = Literal["citizen", "office", "nobody"]
Way = Literal["counter", "post", "electronic"]

# Where the citizen is waited for; a step of anybody else is work of the office at any status.
_DESKS = frozenset({"reception", "cashier"})
_WAYS: Mapping[str, Way] = {"posted": "post", "electronic": "electronic"}
# What is said once the result has left the house, by how it did; else it was handed over.
_RETURNED = {"posted": "posted", "electronic": "fetched", "representative": "represented"}
_ENDED = {3: "not_received", 8: "stopped"}


@dataclass(frozen=True)
class Standing:
    """``word`` is the case; ``role`` whose work it is, while an office works on it.

    ``slip`` is the number of the slip that says why it was stopped or refused.
    """

    turn: Turn
    word: str
    way: Way
    role: str = ""
    slip: str = ""
    refused: bool = False


def standing(connection: Connection, row: Row[*tuple[Any, ...]]) -> Standing:
    """Where the dossier stands, for the citizen."""
    way = _WAYS.get(row.handover, "counter") if row.status == 10 else row.return_by
    kind, slip = _verdict(connection, row)
    refused = kind == "refusal" and row.status in SETTLED
    if row.status in _ENDED:
        gone = row.status == 8 and _asked_back(connection, row.id)
        return Standing("nobody", "withdrawn" if gone else _ENDED[row.status], way, "", slip)
    if row.status == 10:
        word = "refused_over" if refused else _RETURNED.get(row.handover, "returned")
        return Standing("nobody", word, way, "", slip, refused)
    if row.suspended_at is not None:
        return Standing("office", "suspended", way, "", slip)
    role = _role(connection, row.id)
    if role and role not in _DESKS:
        return Standing("office", "office", way, role, slip)
    turn, word = _called(connection, row, refused)
    return Standing(turn, word, way, role, slip, refused)


def _called(connection: Connection, row: Row[*tuple[Any, ...]], refused: bool) -> tuple[Turn, str]:
    """What the citizen is waited for with, where nobody but a desk has the dossier."""
    if row.status == 5:
        return "citizen", "papers"
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


def _role(connection: Connection, dossier: int) -> str:
    role = connection.scalar(
        select(tasks.c.role)
        .where(tasks.c.dossier == dossier, tasks.c.state == "open", tasks.c.step.not_in(SIDES))
        .order_by(tasks.c.opened_at, tasks.c.id)
        .limit(1)
    )
    return role or ""


def _verdict(connection: Connection, row: Row[*tuple[Any, ...]]) -> tuple[str, str]:
    """(kind, number) of the slip that ended a dossier; empty where there is none."""
    if row.status in SETTLED:
        number = refusal_in_force(connection, row.id)
        return ("refusal", number) if number else ("", "")
    if row.status not in GIVEN_UP:
        return "", ""
    found = connection.execute(
        select(slips.c.kind, slips.c.number)
        .where(slips.c.dossier == row.id, slips.c.kind.in_(("refusal", "stop")))
        .order_by(slips.c.id.desc())
        .limit(1)
    ).first()
    return (found.kind, found.number) if found else ("", "")


def _asked_back(connection: Connection, dossier: int) -> bool:
    """Whether it was stopped because the applicant asked for it."""
    fact = connection.scalar(
        select(journal.c.fact)
        .where(journal.c.dossier == dossier, journal.c.kind == "cancelled")
        .order_by(journal.c.seq.desc())
        .limit(1)
    )
    return bool((fact or {}).get("withdrawn"))
