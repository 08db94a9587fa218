"""Dossiers that nobody hands in: a message, a signal or an instant opens them.

The releases in force say what they begin with (their start events).  A message opens one dossier,
where nobody already under way waits for it; a signal opens one of every procedure that listens; a
timer opens one at every centre where the release is in force at that instant.  Each has a key, so
that two workers, or one that was interrupted, open it once.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.authority import require
from engine.bpmn import iso
from engine.bpmn.beginnings import Beginning, occurrences
from engine.bpmn.runtime import Start
from engine.calendar import Calendar
from engine.commands.case import open_case
from engine.commands.incidents import record
from engine.commands.opening import facts_of, new_code, new_run, open_dossier
from engine.commands.stepping import step
from engine.errors import BadExpression, RunFailed, UnknownUnit
from engine.queries.specs import beginnings_of, package_of
from engine.store import dossiers as rows
from engine.store import letters as store
from engine.store.calendar import calendar
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, unit, units
from engine.store.releases import all_in_force, in_force

BATCH = 200
NO_DAYS = Calendar()  # wall time is the same everywhere: nobody's calendar has to be read
#: A rollout may be committed a little after the instant it was decided at.
OVERLAP = timedelta(minutes=5)
log = logging.getLogger("motcua.beginnings")


@dataclass(frozen=True)
class Opening:
    """What is opened where and why; ``data`` is what the run begins with."""

    procedure: str
    digest: str
    centre: str
    model: str
    trial: bool
    beginning: Beginning
    key: str
    applicant: Mapping[str, Any]
    territory: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    fact: Mapping[str, Any] = field(default_factory=dict)
    correlation: Mapping[str, Any] = field(default_factory=dict)


def open_by(tx: Transaction, new: Opening) -> int | None:
    """Open the dossier unless that was done before; its number. Raises UnknownUnit.

    What fails in its first steps is an incident of the new dossier, to be tried again there.
    """
    require(tx.actor, "clock")
    if rows.by_key(tx.connection, new.key) is not None:
        return None
    office, kind = unit(tx.connection, new.centre), new.beginning.kind
    code = new_code(office, new.trial, tx)
    if rows.by_key(tx.connection, new.key) is not None:  # another worker held the number's row
        return None
    told = {
        "code": code,
        "key": new.key,
        "secret": hashlib.sha256(secrets.token_bytes(20)).hexdigest(),  # nobody was told one
        "procedure": new.procedure,
        "release": new.digest,
        "model": new.model,
        "trial": new.trial,
        "channel": kind,
        "help": office.code,
        "territory": new.territory,
    }
    package = package_of(tx.connection, new.digest)
    case = open_dossier(office, told, package, new.applicant, tx.now, tx)
    case.note("begun", {"by": kind, **new.fact}, {"applicant": dict(new.applicant)})
    run = new_run(case)
    case.save()
    try:
        with tx.savepoint():
            data = {"dossier": facts_of(case), **new.data}
            event, correlation = new.beginning.element, new.correlation
            step(case, run, Start(data, event=event, correlation=correlation))
            case.save()
    except RunFailed as failure:
        fresh = open_case(case.id, tx)
        doing = {
            "do": "begin",
            "data": dict(new.data),
            "event": new.beginning.element,
            "correlation": dict(new.correlation),
        }
        record(fresh, run["id"], failure, doing)
        fresh.save()
    return case.id


# -- messages and signals --------------------------------------------------------------------------


def by_messages(database: Database, now: datetime, stopped: Callable[[], bool]) -> int:
    """Open a dossier for each message that a procedure begins with and nobody waits for."""
    with database.reading() as connection:
        names = {one.name for _, one in _begun_by(connection, "message", now)}
        waiting = store.unclaimed(connection, names, BATCH) if names else []
    done = 0
    for letter in waiting:
        if stopped():
            break
        with database.transaction(CLOCK, now) as tx:
            if store.hold(tx.connection, letter.id):
                done += by_letter(tx, letter, most=1)
    return done


def by_letter(tx: Transaction, letter: Any, most: int | None = None) -> int:
    """Open what begins with this message or signal at the sender's centre; how many."""
    require(tx.actor, "clock")
    sender = rows.row(tx.connection, letter.dossier)
    done = 0
    for new in _openings(tx, letter, sender):
        if most is not None and done >= most:
            break
        try:
            with tx.savepoint():
                opened = open_by(tx, new)
        except UnknownUnit as unknown:
            _tell_sender(tx, letter, str(unknown.particulars.get("code")))
            return done
        done += 1
        if letter.kind == "message":
            values = {"state": "delivered", "delivered_at": tx.now, "delivered_to": opened}
            store.change_letter(tx.connection, letter.id, values)
    return done


def _openings(tx: Transaction, letter: Any, sender: Mapping[str, Any]) -> Iterator[Opening]:
    known = _begun_by(tx.connection, letter.kind, tx.now)
    procedures = sorted({procedure for procedure, one in known if one.name == letter.name})
    for procedure in procedures:
        model, trial, centre = sender["model"], sender["trial"], sender["receiving"]
        digest = in_force(tx.connection, procedure, centre, model, tx.now, trial)
        if digest is None:
            continue
        for one in beginnings_of(tx.connection, digest):
            if (one.kind, one.name) == (letter.kind, letter.name):
                payload = dict(letter.payload)
                yield Opening(
                    procedure, digest, centre, model, trial, one,
                    key=_key("letter", letter.id, procedure, one.element),
                    applicant=sender["applicant"], territory=sender["territory"],
                    data={one.variable: payload} if one.variable else payload,
                    fact={"name": letter.name, "code": sender["code"]},
                    correlation=letter.correlation,
                )  # fmt: skip
                break


def _tell_sender(tx: Transaction, letter: Any, office: str) -> None:
    """Nobody decides there: whoever sent it has an incident, and the message waits for its end."""
    case = open_case(letter.dossier, tx)
    run = rows.main_run(tx.connection, letter.dossier)
    failure = RunFailed(element=None, name=letter.name, cause=f"unit:{office}", line=None)
    record(case, run or "", failure, {"do": "send", "letter": letter.id})
    case.save()
    store.change_letter(tx.connection, letter.id, {"state": "failed"})


def _begun_by(connection: Any, kind: str, now: datetime) -> list[tuple[str, Beginning]]:
    """(procedure, what begins it) for the releases in force."""
    digests = {(row.procedure, row.digest) for row in all_in_force(connection, now)}
    return [
        (procedure, one)
        for procedure, digest in sorted(digests)
        for one in beginnings_of(connection, digest)
        if one.kind == kind
    ]


# -- instants --------------------------------------------------------------------------------------


def by_instants(
    database: Database,
    now: datetime,
    since: datetime | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Open what timers begin later than ``since`` (None: ever) and not later than now.

    Nothing is opened for an instant before its rollout was decided or begun.
    """
    done = 0
    with database.reading() as connection:
        waiting = list(_due(connection, now, since))
    for new in waiting:
        if stopped():
            break
        try:
            with database.transaction(CLOCK, now) as tx:
                done += open_by(tx, new) is not None
        except UnknownUnit:
            log.exception("%s opens nothing at %s", new.procedure, new.centre)
    return done


def _due(connection: Any, now: datetime, since: datetime | None) -> Iterator[Opening]:
    offices = None
    for row in all_in_force(connection, now):
        timers = [one for one in beginnings_of(connection, row.digest) if one.kind == "timer"]
        if not timers:
            continue
        offices = offices or units(connection, now)
        centres = [row.centre] if row.centre else [
            office.code for office in offices.values() if office.kind == "centre" and office.series
        ]  # fmt: skip
        after = max(row.valid_from, row.decided_at, since - OVERLAP if since else row.valid_from)
        for one in timers:
            counted = not iso.looks_like_iso(one.name)
            plain = () if counted else _instants(one, row, after, now, NO_DAYS)
            for centre in centres:
                days = calendar(connection, "province", centre) if counted else NO_DAYS
                for at in _instants(one, row, after, now, days) if counted else plain:
                    held = in_force(connection, row.procedure, centre, row.model, at, row.trial)
                    if held == row.digest and centre in offices:
                        new = _timed(row, offices[centre], one, at)
                        if rows.by_key(connection, new.key) is None:
                            yield new


def _instants(
    one: Beginning, row: Any, after: datetime, now: datetime, days: Any
) -> tuple[datetime, ...]:
    try:
        return tuple(occurrences(one, row.valid_from, after, now, days))
    except (BadExpression, ValueError, OverflowError):
        log.exception("the timer of %s %s cannot be read", row.procedure, one.element)
        return ()


def _timed(row: Any, office: Any, one: Beginning, at: datetime) -> Opening:
    applicant = {"name": office.name_vi, "phone": office.phone, "address": office.address_vi}
    told = (row.procedure, office.code, row.model, row.trial, one.element, at.isoformat())
    return Opening(
        row.procedure, row.digest, office.code, row.model, row.trial, one,
        key=_key("timer", *told), applicant=applicant, fact={"at": at.isoformat()},
    )  # fmt: skip


def _key(*told: object) -> str:
    return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()[:40]
