"""What a citizen sees of a dossier with the code and the secret of the slip: no personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Literal

from sqlalchemy import Connection, select

from engine.bpmn.parse import Spec
from engine.bpmn.steps import Step
from engine.calendar import ZONE, Clock, History, LedgerLine, Limit
from engine.codes import read_secret
from engine.codes.statuses import ENDED, SETTLED
from engine.errors import BadCode, UnknownDossier
from engine.package import Package, Text
from engine.queries.catalogue import limit_of
from engine.queries.messages import MessageLine, ResultLine, marks_of, messages_of, results_of
from engine.queries.passage import Passage, passage_of
from engine.queries.path import course
from engine.queries.reckoning import reckoned
from engine.queries.specs import package_of, spec_of
from engine.queries.standing import Standing, Turn, standing
from engine.queries.wording import STATUS_NAMES
from engine.store.calendar import calendar
from engine.store.organisation import Unit, some_units
from engine.store.tables import dossiers, releases, slips

State = Literal["done", "current", "ahead"]
_MOVES = frozenset({"extended", "limit", "corrected"})  # why a date moved, beside pauses


@dataclass(frozen=True)
class Milestone:
    """One line of the way, with how long it usually takes or that the clock stands meanwhile.

    ``word`` says it instead of what was drawn: where the result does not go over the counter, where
    there is none, or where it was stopped by command.
    """

    element: str
    text: Text
    state: State
    at: datetime | None
    limit: Limit | None = None
    stands: bool = False
    word: str = ""


@dataclass(frozen=True)
class Asked:
    """The papers of the last slip 02, and the last day for them."""

    items: tuple[str, ...] = ()
    until: date | None = None
    over: bool = False


@dataclass(frozen=True)
class TrackingView:
    """The public face of a dossier."""

    code: str
    trial: bool
    procedure: Text
    procedure_name: str
    status: int
    status_words: Text
    standing: Standing
    milestones: tuple[Milestone, ...]
    received_at: datetime
    promised: datetime
    due: datetime | None
    paused: bool
    clock: Clock
    settled_at: datetime | None
    returned_at: datetime | None
    receiving: Unit
    deciding: Unit
    collect: Unit
    reasons: Mapping[str, Text]  # why the clock stands or a limit applies, in both languages
    asked: Asked | None  # while papers are waited for
    messages: tuple[MessageLine, ...]
    results: tuple[ResultLine, ...]
    marks: int | None

    @property
    def turn(self) -> Turn:
        return self.standing.turn

    @property
    def moves(self) -> tuple[LedgerLine, ...]:
        """The lines that say why the date is another one than was promised; each reason once."""
        found = {
            (line.note, line.kind in _MOVES): line
            for line in self.clock.ledger
            if line.kind in _MOVES or (line.kind in ("paused", "brief") and line.note)
        }
        return tuple(found.values())

    @property
    def over(self) -> bool:
        """Whether the dossier has come to its end, for the citizen."""
        return self.status in (3, 8, 9, 10)

    @property
    def may_withdraw(self) -> bool:
        """Whether it can still be asked back, and has not been."""
        asked = any(line.owed and line.kind == "withdrawal" for line in self.messages)
        return not (self.over or asked)


def by_code(connection: Connection, code: str, secret: str, now: datetime) -> TrackingView:
    """The dossier of that code; a wrong secret and an unknown code are the same UnknownDossier."""
    row = connection.execute(
        select(dossiers, releases.c.title_vi, releases.c.title_en)
        .join(releases, releases.c.digest == dossiers.c.release)
        .where(dossiers.c.code == code)
    ).first()
    given = _digest(secret)
    if not compare_digest(given, row.secret if row else "0" * 64) or row is None:
        raise UnknownDossier(code=code)
    passage = passage_of(connection, row.id)
    days = calendar(connection, "province", row.receiving, revision=row.ledger_revision)
    stands = standing(connection, row)
    history = History.from_json(row.history)
    collect = row.return_at or row.receiving
    places = some_units(connection, {row.receiving, row.deciding, collect})
    return TrackingView(
        code=row.code,
        trial=row.trial,
        procedure=Text(row.title_vi, row.title_en),
        procedure_name=row.procedure,
        status=row.status,
        status_words=STATUS_NAMES.get(row.status, Text("", "")),
        standing=stands,
        milestones=milestones_of(connection, row.release, passage, row.status, stands),
        received_at=row.received_at,
        promised=row.promised_at,
        due=row.due_at,
        paused=row.paused,
        clock=reckoned(connection, row.release, history, days, row.settled_at or now),
        settled_at=row.settled_at,
        returned_at=row.returned_at,
        receiving=places[row.receiving],
        deciding=places[row.deciding],
        collect=places[collect],
        reasons=reasons_of(spec_of(connection, row.release), package_of(connection, row.release)),
        asked=_asked(connection, row.id, now) if row.status == 5 else None,
        messages=messages_of(connection, row.id, outside=True),
        results=results_of(connection, row.id) if row.status in SETTLED else (),
        marks=marks_of(connection, row.id),
    )


def _asked(connection: Connection, dossier: int, now: datetime) -> Asked:
    data = connection.scalar(
        select(slips.c.data)
        .where(slips.c.dossier == dossier, slips.c.kind == "supplement")
        .order_by(slips.c.id.desc())
        .limit(1)
    )
    told = data or {}
    until = date.fromisoformat(told["deadline_at"]) if told.get("deadline_at") else None
    over = until is not None and until < now.astimezone(ZONE).date()
    return Asked(tuple(str(item) for item in told.get("items", ())), until, over)


def _digest(secret: str) -> str:
    try:
        return sha256(read_secret(secret).encode()).hexdigest()
    except BadCode:
        return ""


def reasons_of(spec: Spec, package: Package) -> Mapping[str, Text]:
    """Why the clock may stand and what limits are called, by the words the ledger keeps."""
    told = {
        reason: Text(reason, step.properties.get("clockReasonEn", ""))
        for step in spec.steps.values()
        if (reason := step.properties.get("clockReason"))
    }
    return told | {one.title.vi: one.title for one in package.manifest.named_limits.values()}


def milestones_of(
    connection: Connection,
    digest: str,
    passage: Passage,
    status: int,
    stands: Standing,
) -> tuple[Milestone, ...]:
    """What was done, what is going on, and what plainly lies ahead."""
    spec = spec_of(connection, digest)
    way = course(package_of(connection, digest))
    told: dict[str, State] = {}
    if status not in ENDED:
        told = dict.fromkeys(passage.current, "ahead")
        for name in passage.current:
            told |= {later: "ahead" for later in way.ahead(name) if later not in told}
        told |= dict.fromkeys(passage.current, "current")
    done = [name for name in passage.done if name not in told]
    lines = [_line(spec, name, "done", passage.at.get(name), stands) for name in done]
    lines += [_line(spec, name, state, None, stands) for name, state in told.items()]
    if status == 8 and stands.since is not None:  # by command: no diagram draws it
        lines.append(Milestone("", Text("", ""), "done", stands.since, word=stands.word))
    if stands.back is not None:
        lines.append(Milestone("", Text("", ""), "done", stands.back, word="papers_back"))
    return tuple(line for line in lines if line is not None)


def _line(
    spec: Spec, name: str, state: State, at: datetime | None, stands: Standing
) -> Milestone | None:
    step = spec.steps.get(name)
    if step is None or "milestone" not in step.properties:
        return None
    text, word = milestone_text(step), _other_way(step, stands)
    if word == "refused":  # refused before anybody comes to fetch the slip
        at = stands.since
    if state == "done" or at is not None:
        return Milestone(name, text, state, at, word=word)
    waits = step.properties.get("clock") == "paused"
    return Milestone(name, text, state, at, None if waits else limit_of(step), waits, word)


def _other_way(step: Step, stands: Standing) -> str:
    """How the result is spoken of when nobody is to come for it, or there is none."""
    status = step.properties.get("status")
    if status == "10" and stands.refused:
        return "refused_handed"
    if status != "9":
        return ""
    if stands.refused:
        return "refused"
    return stands.way if stands.way != "counter" else ""


def milestone_text(step: Step) -> Text:
    """The sentence the citizen reads."""
    return Text(step.properties.get("milestone", ""), step.properties.get("milestoneEn", ""))
