"""Somebody is away: another acts in their place ("thay mặt"), for a time."""

from __future__ import annotations

from datetime import datetime

from engine.authority import require
from engine.errors import (
    BadInstant,
    CannotStandIn,
    ReasonMissing,
    UnknownAbsence,
    UnknownPerson,
)
from engine.store import absences as store
from engine.store.database import Transaction
from engine.store.organisation import DELEGABLE, Actor, actor_by_id


def arrange_absence(
    tx: Transaction,
    person: int,
    substitute: int,
    valid_from: datetime,
    valid_until: datetime,
    basis: str,
) -> int:
    """Let the substitute do what the person's posts allow, from an instant until another.

    ``basis`` is the paper that says so. The substitute belongs to the person's offices
    and stands in for somebody else (CannotStandIn); past days are not rewritten (BadInstant).
    """
    away = _known(tx, person)
    require(tx.actor, "absence", away)
    stands_in = _known(tx, substitute)
    if not basis.strip():
        raise ReasonMissing(act="absence")
    begins = max(valid_from, tx.now)
    if valid_until <= begins:
        raise BadInstant(at=valid_until, bound=begins)
    offices = {post.unit for post in away.own if post.role in DELEGABLE}
    if person == substitute or not offices:
        raise CannotStandIn(person=stands_in.login, cause="self" if offices else "nothing")
    if not offices <= {post.unit for post in stands_in.own}:
        raise CannotStandIn(person=stands_in.login, cause="foreign")
    if store.overlapping(tx.connection, person, substitute, (begins, valid_until)):
        raise CannotStandIn(person=stands_in.login, cause="twice")
    decided = (tx.actor.person, tx.now)
    period = (begins, valid_until)
    return store.insert_absence(tx.connection, person, substitute, period, basis, decided)


def end_absence(tx: Transaction, absence: int) -> None:
    """The person is back earlier: from now on nobody acts in their place by this."""
    row = store.absence(tx.connection, absence)
    if row is None:
        raise UnknownAbsence(absence=absence)
    require(tx.actor, "absence", _known(tx, row.person))
    store.end_absence(tx.connection, absence, max(tx.now, row.valid_from), tx.actor.person)


def _known(tx: Transaction, person: int) -> Actor:
    found = actor_by_id(tx.connection, person, tx.now)
    if found is None:
        raise UnknownPerson(person=person)
    return found
