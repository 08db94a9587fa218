"""Who there is and where: units, persons and their posts, read for one instant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from engine.errors import UnknownUnit
from engine.package import Text
from engine.store.beneath import below
from engine.store.tables import absences, persons, posts
from engine.store.tables import units as unit_rows

ROLES = (
    "reception", "officer", "leader", "clerk", "cashier", "liaison",
    "director", "controller", "designer", "approver", "admin", "auditor",
)  # fmt: skip
KINDS = (
    "province", "centre", "commune", "district", "district-branch", "reception-desk",
    "land-registry", "tax",
)  # fmt: skip
# Roles that look downwards: what lies beneath their unit concerns them too.
OVERSEERS = frozenset({"director", "controller", "admin"})
# What somebody else may do in a person's place; who writes procedures and opens them may not be
# stood in for: those are posts that are given.
DELEGABLE = ROLES[: ROLES.index("controller")]
HEADS = ("leader", "director", "controller")  # who answers for an office, in this order

_RULE = re.compile(
    r"(?P<word>partner|fixed):(?P<name>.+)|(?P<plain>receiving|deciding|province|parent\(deciding\))"
)


@dataclass(frozen=True)
class Post:
    """A role held at a unit; only for exactly this pair may its holder act."""

    role: str
    unit: str


@dataclass(frozen=True)
class Stand:
    """A post acted on in the place of somebody who is away."""

    post: Post
    person: int
    login: str
    name: str


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the posts valid at one instant, or the platform's own hand.

    ``posts`` are their own and, behind those, the ones ``lent`` to them. ``stands``: for whom they
    act, on which post; also on one that is their own, for what the absent person holds there.
    """

    person: int | None
    login: str
    name: str
    posts: tuple[Post, ...]
    oversees: frozenset[str] = frozenset()
    stands: tuple[Stand, ...] = ()
    lent: frozenset[Post] = frozenset()
    reaches: tuple[tuple[Post, frozenset[str]], ...] = ()  # what each overseer's post looks down on

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    @property
    def units(self) -> frozenset[str]:
        return frozenset(post.unit for post in self.posts)

    def holds(self, role: str, unit: str) -> bool:
        """Whether the actor holds exactly this post."""
        return Post(role, unit) in self.posts

    @property
    def own(self) -> tuple[Post, ...]:
        """The posts that are theirs and nobody else's."""
        return tuple(post for post in self.posts if post not in self.lent)

    def reach(self, post: Post) -> frozenset[str]:
        """The offices beneath one of their posts, if it is an overseer's."""
        if post.role not in OVERSEERS:
            return frozenset()
        return dict(self.reaches).get(post, self.oversees)

    def stand(self, role: str, unit: str, holder: int | None = None) -> Stand | None:
        """In whose place they act on that post, on a task of that ``holder``.

        None where the post is not theirs, and where it is their own and nobody absent holds it.
        """
        there = [stand for stand in self.stands if stand.post == Post(role, unit)]
        for stand in there:
            if stand.person == holder:
                return stand
        return None if Post(role, unit) in self.own else next(iter(there), None)


CLOCK = Actor(None, "clock", "", ())
CITIZEN = Actor(None, "citizen", "", ())  # whoever knows a dossier's code and secret
# The hand that fills an empty database, before there is anybody who could be asked.
SETUP = Actor(
    None, "setup", "", tuple(Post(role, "") for role in ("admin", "designer", "approver"))
)


@dataclass(frozen=True)
class Unit:
    """One office, from an instant until (not including) another; ``territory``: communes served."""

    code: str
    kind: str
    name_vi: str
    name_en: str
    parent: str | None
    territory: str | None
    series: str | None
    trial_series: str | None
    address_vi: str
    phone: str
    valid_from: datetime
    valid_until: datetime | None

    @property
    def name(self) -> Text:
        return Text(self.name_vi, self.name_en)

    @property
    def territories(self) -> frozenset[str]:
        """The commune codes it serves; the column lists them with spaces between."""
        return frozenset((self.territory or "").split())

    def valid(self, now: datetime) -> bool:
        """Whether the office exists at that instant."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


def valid_at(table: object, now: datetime) -> ColumnElement[bool]:
    """The condition that a row with ``valid_from`` and ``valid_until`` holds at ``now``."""
    columns = table.c  # type: ignore[attr-defined]
    condition: ColumnElement[bool] = and_(
        columns.valid_from <= now, or_(columns.valid_until.is_(None), columns.valid_until > now)
    )
    return condition


def actor_of(connection: Connection, login: str, now: datetime) -> Actor | None:
    """The person with that login and what they hold now; None where there is no such login."""
    return _actor(connection, persons.c.login == login, now)


def actor_by_id(connection: Connection, person: int, now: datetime) -> Actor | None:
    """The same, by the number a session remembers."""
    return _actor(connection, persons.c.id == person, now)


def _actor(connection: Connection, who: ColumnElement[bool], now: datetime) -> Actor | None:
    held = and_(posts.c.person == persons.c.id, valid_at(posts, now))
    rows = connection.execute(
        select(persons.c.id, persons.c.login, persons.c.name, posts.c.role, posts.c.unit)
        .select_from(persons.outerjoin(posts, held))
        .where(who)
        .order_by(posts.c.id)
    ).all()
    if not rows:
        return None
    seats = tuple(dict.fromkeys(Post(row.role, row.unit) for row in rows if row.role is not None))
    stands = _stands(connection, rows[0].id, seats, now)
    lent = dict.fromkeys(stand.post for stand in stands if stand.post not in seats)
    seats += tuple(lent)
    tops = tuple(post for post in seats if post.role in OVERSEERS)
    reaches: tuple[tuple[Post, frozenset[str]], ...] = ()
    if tops:
        tree = connection.execute(select(unit_rows.c.code, unit_rows.c.parent))
        parents = {row.code: row.parent for row in tree}
        reaches = tuple((post, below({post.unit}, parents)) for post in tops)
    beneath = frozenset[str]().union(*(units for _, units in reaches))
    told = (rows[0].id, rows[0].login, rows[0].name)
    return Actor(*told, seats, beneath, stands, frozenset(lent), reaches)


def _stands(
    connection: Connection, person: int, seats: tuple[Post, ...], now: datetime
) -> tuple[Stand, ...]:
    """The posts of others that the person acts on now: at the offices lent to them.

    Only while they have a post of their own there: whoever has left the office signs nothing in it.
    """
    at_home = {seat.unit for seat in seats}
    rows = connection.execute(
        select(posts.c.role, posts.c.unit, persons.c.id, persons.c.login, persons.c.name)
        .select_from(
            absences.join(posts, posts.c.person == absences.c.person).join(
                persons, persons.c.id == absences.c.person
            )
        )
        .where(
            absences.c.substitute == person,
            absences.c.unit == posts.c.unit,
            posts.c.role.in_(DELEGABLE),
            valid_at(absences, now),
            valid_at(posts, now),
        )
        .order_by(absences.c.id, posts.c.id)
    )
    return tuple(
        Stand(Post(r.role, r.unit), r.id, r.login, r.name) for r in rows if r.unit in at_home
    )


def unit(connection: Connection, code: str) -> Unit:
    """The office with that code, valid or not; raises UnknownUnit."""
    row = connection.execute(select(unit_rows).where(unit_rows.c.code == code)).first()
    if row is None:
        raise UnknownUnit(code=code)
    return _unit(row)


def units(connection: Connection, now: datetime | None = None) -> dict[str, Unit]:
    """The offices that exist at ``now`` by code; without an instant, all there ever were."""
    question = select(unit_rows).order_by(unit_rows.c.code)
    if now is not None:
        question = question.where(valid_at(unit_rows, now))
    return {row.code: _unit(row) for row in connection.execute(question)}


def some_units(connection: Connection, codes: Iterable[str]) -> dict[str, Unit]:
    """Those offices by code, valid or not, in one statement."""
    question = select(unit_rows).where(unit_rows.c.code.in_(sorted(set(codes))))
    return {row.code: _unit(row) for row in connection.execute(question)}


def holders(connection: Connection, role: str, unit: str, now: datetime) -> list[int]:
    """The persons who hold that post now."""
    question: Select[tuple[int]] = (
        select(posts.c.person)
        .where(posts.c.role == role, posts.c.unit == unit, valid_at(posts, now))
        .distinct()
        .order_by(posts.c.person)
    )
    return list(connection.scalars(question))


def head_of(connection: Connection, office: str, now: datetime) -> Post | None:
    """Who answers for the office: its leader or director, else who does for the one above."""
    code: str | None = office
    seen: set[str] = set()
    while code is not None and code not in seen:
        seen.add(code)
        for role in HEADS:
            if holders(connection, role, code, now):
                return Post(role, code)
        code = unit(connection, code).parent
    return None


def deciding_unit(connection: Connection, kind: str, territory: str, now: datetime) -> str:
    """The office of that kind serving the commune at that instant; raises UnknownUnit.

    The province serves every commune without listing them.
    """
    question = (
        select(unit_rows)
        .where(unit_rows.c.kind == kind, valid_at(unit_rows, now))
        .order_by(unit_rows.c.valid_from.desc(), unit_rows.c.code)
    )
    for row in connection.execute(question).all():
        if kind == "province" or territory in _unit(row).territories:
            return str(row.code)
    raise UnknownUnit(code=f"{kind} {territory}".strip())


def successor(connection: Connection, office: Unit, territory: str, now: datetime) -> str:
    """Who receives in an office's place: itself while it exists, else its commune's centre."""
    if office.valid(now):
        return office.code
    served = office.territories
    place = territory if territory in served else min(served, default=territory)
    return deciding_unit(connection, "centre", place, now)


def resolve(
    connection: Connection, rule: str, *, receiving: str, deciding: str, now: datetime
) -> str:
    """The office a lane's unit rule means for a dossier at that instant; raises UnknownUnit."""
    match = _RULE.fullmatch(rule)
    if match is None:
        raise UnknownUnit(code=rule)
    if match["word"] == "fixed":
        return unit(connection, match["name"]).code
    if match["word"] == "partner":
        served = unit(connection, deciding).territories or unit(connection, receiving).territories
        return deciding_unit(connection, match["name"], min(served, default=""), now)
    if match["plain"] == "receiving":
        return receiving
    if match["plain"] == "deciding":
        return deciding
    if match["plain"] == "province":
        return deciding_unit(connection, "province", "", now)
    parent = unit(connection, deciding).parent
    if parent is None:
        raise UnknownUnit(code=rule)
    return parent


def _unit(row: Row[tuple[object, ...]]) -> Unit:
    return Unit(**row._mapping)
