"""Somebody is away: another acts in their place ("thay mặt"), for a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.authority import may, require
from engine.errors import BadInstant, CannotStandIn, ReasonMissing, UnknownAbsence, UnknownPerson
from engine.store import absences as store
from engine.store.database import Transaction
from engine.store.organisation import DELEGABLE, Actor, Post, actor_by_id

if TYPE_CHECKING:
    from sqlalchemy import Row


@dataclass(frozen=True)
class Arranged:
    """What was lent: an absence for each office; and what whoever arranged it should know.

    ``uncovered``: posts in which nobody stands in. ``gone``: the substitute is reported away for
    some of that time. ``left``: logins whose place the absent person should take meanwhile.
    """

    absences: tuple[int, ...]
    uncovered: tuple[Post, ...]
    gone: bool
    left: tuple[str, ...]


def arrange_absence(
    tx: Transaction,
    person: int,
    substitute: int,
    valid_from: datetime,
    valid_until: datetime,
    basis: str,
) -> Arranged:
    """Let the substitute do what the person's posts allow, from an instant until another.

    ``basis`` is the paper that says so. Lent are the posts at the offices to which both belong, as
    far as the actor answers for them. Whoever stands in is somebody else and belongs to one of the
    person's offices (CannotStandIn); past days are not rewritten (BadInstant).
    """
    away = _known(tx, person)
    lent = {post.unit for post in away.own if post.role in DELEGABLE}
    offices = lent or {post.unit for post in away.own}
    if not any(may(tx.actor, "absence", office) for office in offices):
        require(tx.actor, "absence", min(offices, default=""))
    stands_in = _known(tx, substitute)
    if not basis.strip():
        raise ReasonMissing(act="absence")
    period = (max(valid_from, tx.now), valid_until)
    if period[1] <= period[0]:
        raise BadInstant(at=period[1], bound=period[0])
    if person == substitute or not lent:
        raise CannotStandIn(person=stands_in.login, cause="self" if lent else "nothing")
    known = store.overlapping(tx.connection, person, period)
    new = _to_lend(tx, lent & {post.unit for post in stands_in.own}, stands_in, known)
    decided = (tx.actor.person, tx.now)
    made = tuple(
        store.insert_absence(tx.connection, person, substitute, office, period, basis, decided)
        for office in new
    )
    covered = {*new, *(row.unit for row in known if row.person == person)}
    theirs = store.overlapping(tx.connection, substitute, period)
    return Arranged(
        absences=made,
        uncovered=tuple(
            post for post in away.own if post.role in DELEGABLE and post.unit not in covered
        ),
        gone=any(row.person == substitute for row in theirs),
        left=tuple(dict.fromkeys(row.away for row in known if row.substitute == person)),
    )


def _to_lend(
    tx: Transaction, shared: Collection[str], stands_in: Actor, known: list[Row[Any]]
) -> list[str]:
    """The offices of both at which the actor may arrange it, and where it is not arranged yet."""
    if not shared:
        raise CannotStandIn(person=stands_in.login, cause="foreign")
    headed = [office for office in sorted(shared) if may(tx.actor, "absence", office)]
    if not headed:
        require(tx.actor, "absence", min(shared))
    pairs = {row.unit for row in known if stands_in.person in (row.person, row.substitute)}
    new = [office for office in headed if office not in pairs]
    if not new:
        raise CannotStandIn(person=stands_in.login, cause="twice")
    return new


def end_absence(tx: Transaction, absence: int) -> None:
    """The person is back earlier: from now on nobody acts in their place by this."""
    row = store.absence(tx.connection, absence)
    if row is None:
        raise UnknownAbsence(absence=absence)
    require(tx.actor, "absence", row.unit)
    store.end_absence(tx.connection, absence, max(tx.now, row.valid_from), tx.actor.person)


def _known(tx: Transaction, person: int) -> Actor:
    found = actor_by_id(tx.connection, person, tx.now)
    if found is None:
        raise UnknownPerson(person=person)
    return found
