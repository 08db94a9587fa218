"""What moving open dossiers to a release would do, dossier by dossier; and how a move stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.bpmn.migrate import Reason, Verdict, judge
from engine.bpmn.parse import Spec
from engine.errors import UnknownMove, UnknownRelease
from engine.queries.specs import spec_of
from engine.store import moving as store
from engine.store.releases import release
from engine.store.tables import dossiers, move_items, moves, persons, releases

MOST_TOLD = 200


@dataclass(frozen=True)
class DossierVerdict:
    """A dossier and why it stays; without reasons it moves."""

    code: str
    centre: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class DryRun:
    """What would happen: counts, the reasons by how many dossiers they keep, some of them."""

    total: int
    moves: int
    mapped: Mapping[tuple[str, str], int]
    lost: Mapping[str, int]
    gained: Mapping[str, int]
    reasons: tuple[tuple[Reason, int], ...]
    staying: tuple[DossierVerdict, ...]
    names: Mapping[str, str]

    @property
    def stays(self) -> int:
        """How many stay."""
        return self.total - self.moves


@dataclass(frozen=True)
class MoveView:
    """A move as its page shows it."""

    id: int
    procedure: str
    digest: str
    number: int
    centre: str | None
    recompute: bool
    mapping: Mapping[str, str]
    reason: str
    state: str
    by: str
    at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    results: tuple[tuple[str, str, Mapping[str, Any]], ...]  # (code, state, said)

    @property
    def total(self) -> int:
        """How many dossiers it is about."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many have their result."""
        left = "moved" if self.state in ("reverting", "held", "reverted") else "waiting"
        return self.total - self.counts.get(left, 0)


def dry_run(
    connection: Connection, digest: str, centre: str | None, mapping: Mapping[str, str]
) -> DryRun:
    """A verdict for every open dossier; nothing is changed."""
    row = release(connection, digest)
    if row is None:
        raise UnknownRelease(release=digest)
    new = spec_of(connection, digest)
    totals, mapped, reasons = Counter[bool](), Counter[tuple[str, str]](), Counter[Reason]()
    lost, gained = Counter[str](), Counter[str]()
    staying: list[DossierVerdict] = []
    names: dict[str, str] = {}
    for rows in _by_dossier(store.sample(connection, row.procedure, digest, centre)):
        old = spec_of(connection, rows[0].release)
        verdicts = [judge(old, new, one.snapshot, mapping) for one in rows]
        why = tuple(dict.fromkeys(reason for one in verdicts for reason in one.reasons))
        totals[not why] += 1
        names |= _names(old, new, verdicts)
        reasons.update(why)
        if why and len(staying) < MOST_TOLD:
            staying.append(DossierVerdict(rows[0].code, rows[0].receiving, why))
        if not why:
            for one in verdicts:
                mapped.update(one.mapped.items())
                lost.update(one.lost)
                gained.update(one.gained)
    return DryRun(
        sum(totals.values()), totals[True], mapped, lost, gained,
        tuple(reasons.most_common()), tuple(staying), names,
    )  # fmt: skip


def waiting_steps(connection: Connection, digest: str, seen: DryRun) -> dict[str, tuple[str, str]]:
    """Steps that a dry run missed in the release → (name, what may stand for it)."""
    new = spec_of(connection, digest)
    by_name = {new.steps[id].name: id for id in new.people}
    return {
        reason.element: (seen.names[reason.element], by_name.get(seen.names[reason.element], ""))
        for reason, _ in seen.reasons
        if reason.rule == "gone"
    }


def people_of(connection: Connection, digest: str) -> tuple[tuple[str, str], ...]:
    """The steps of people of a release: (id, name)."""
    spec = spec_of(connection, digest)
    return tuple((id, spec.steps[id].name or id) for id in spec.people)


def view(connection: Connection, id: int) -> MoveView:
    """A move with the results of its dossiers; raises UnknownMove."""
    row = connection.execute(
        select(moves, releases.c.number, persons.c.login)
        .join(releases, releases.c.digest == moves.c.digest)
        .outerjoin(persons, persons.c.id == moves.c.decided_by)
        .where(moves.c.id == id)
    ).first()
    if row is None:
        raise UnknownMove(move=id)
    told = connection.execute(
        select(dossiers.c.code, move_items.c.state, move_items.c.said)
        .join(dossiers, dossiers.c.id == move_items.c.dossier)
        .where(move_items.c.move == id, move_items.c.state != "waiting")
        .order_by(move_items.c.state.desc(), move_items.c.dossier)
        .limit(MOST_TOLD)
    )
    return MoveView(
        id=row.id, procedure=row.procedure, digest=row.digest, number=row.number,
        centre=row.centre, recompute=row.recompute, mapping=row.mapping, reason=row.reason,
        state=row.state, by=row.login or "", at=row.decided_at, finished_at=row.finished_at,
        counts=store.MOVES.counts(connection, id),
        results=tuple((one.code, one.state, one.said) for one in told),
    )  # fmt: skip


def of_release(connection: Connection, digest: str) -> list[tuple[int, str, datetime]]:
    """The moves to a release: (number, state, when)."""
    question = select(moves).where(moves.c.digest == digest).order_by(moves.c.id.desc())
    return [(row.id, row.state, row.decided_at) for row in connection.execute(question)]


def _by_dossier(rows: Iterable[Any]) -> Iterable[list[Any]]:
    held: list[Any] = []
    for row in rows:
        if held and held[0].id != row.id:
            yield held
            held = []
        held.append(row)
    if held:
        yield held


def _names(old: Spec, new: Spec, verdicts: Iterable[Verdict]) -> dict[str, str]:
    found = {}
    for verdict in verdicts:
        wanted = [reason.element for reason in verdict.reasons]
        for id in (
            *wanted,
            *verdict.mapped,
            *verdict.mapped.values(),
            *verdict.lost,
            *verdict.gained,
        ):
            step = old.step(id) or new.step(id)
            found[id] = (step.name if step else "") or id
    return found
