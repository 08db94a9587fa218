"""Change who there is: offices, persons, and the posts they hold."""

from __future__ import annotations

from datetime import datetime

from engine.authority import require
from engine.commands.case import open_case
from engine.commands.retries import again
from engine.errors import AlreadyUsed, BadInstant, UnknownPerson, UnknownRole, UnknownUnit
from engine.store import incidents, staffing
from engine.store import organisation as store
from engine.store.database import Transaction
from engine.store.organisation import KINDS, ROLES, Post, Unit


def add_unit(tx: Transaction, unit: Unit) -> None:
    """Add an office; its kind is one of KINDS and the office above it exists."""
    require(tx.actor, "organise")
    if unit.kind not in KINDS:
        raise UnknownUnit(code=unit.kind)
    _check_span(unit.valid_from, unit.valid_until)
    if store.some_units(tx.connection, [unit.code]):
        raise AlreadyUsed(key=unit.code)
    if unit.parent is not None:
        store.unit(tx.connection, unit.parent)
    staffing.insert_unit(tx.connection, unit)


def add_person(tx: Transaction, login: str, name: str) -> int:
    """Add a person under a login nobody has; their number."""
    require(tx.actor, "organise")
    if staffing.person_id(tx.connection, login) is not None:
        raise AlreadyUsed(key=login)
    return staffing.insert_person(tx.connection, login, name)


def add_post(
    tx: Transaction,
    person: int,
    role: str,
    unit: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
) -> int:
    """Give a person a post from an instant until (not including) another; the post's number.

    Incidents of steps that waited for somebody at that post are over.
    """
    require(tx.actor, "organise")
    if role not in ROLES:
        raise UnknownRole(role=role)
    _check_span(valid_from, valid_until)
    store.unit(tx.connection, unit)
    if store.actor_by_id(tx.connection, person, tx.now) is None:
        raise UnknownPerson(person=person)
    post = staffing.insert_post(tx.connection, person, Post(role, unit), valid_from, valid_until)
    for waiting in incidents.waiting_for(tx.connection, role, unit):
        if waiting.input["do"] == "staff":
            again(open_case(waiting.dossier, tx), waiting.id)
    return post


def end_post(tx: Transaction, post: int, at: datetime | None = None) -> None:
    """Let a post end, now or at the instant given; what it allowed stays in the journal."""
    require(tx.actor, "organise")
    if not staffing.shorten_post(tx.connection, post, at or tx.now):
        raise UnknownPerson(person=post)


def _check_span(valid_from: datetime, valid_until: datetime | None) -> None:
    if valid_until is not None and valid_until <= valid_from:
        raise BadInstant(at=valid_until, bound=valid_from)
