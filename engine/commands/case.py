"""A dossier in the hand of one command: its row locked, its facts collected, written once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from engine.authority import Concern, Verdict
from engine.bpmn.parse import Spec
from engine.calendar import Calendar, Clock, History, on_time, read_clock
from engine.codes.statuses import ENDED, FINISHED, SETTLED, lawful
from engine.commands.telling import ANSWERED, OVER, fall_silent, report, tell_moved
from engine.errors import BadInstant, DossierFinished, DossierSuspended, RunFailed, UnknownDossier
from engine.letters import require_printable
from engine.package import Manifest, Package
from engine.queries.specs import package_of, spec_of
from engine.store import dossiers as rows
from engine.store import journal
from engine.store.calendar import calendar
from engine.store.concerned import only_asked
from engine.store.database import Transaction
from engine.store.organisation import Stand

BOUND = timedelta(days=7)  # how far back a legal instant may be entered
SUSPENSION = "suspension"  # the element that the legal clock remembers while nobody may work


@dataclass(frozen=True)
class Signer:
    """Who does what is written: by number or login in the books, by name on slips, at which post.

    ``desk``: the office of the post; empty for the platform's own hand. ``stand``: in whose place.
    """

    person: int | None
    login: str
    name: str
    role: str = ""
    desk: str = ""
    stand: Stand | None = None


@dataclass
class Case:
    """``row`` is the dossier as it will be written by ``save``; ``at`` the legal instant.

    ``signer``: the actor, or whoever did what is done again after it got stuck.
    """

    tx: Transaction
    signer: Signer
    row: dict[str, Any]
    spec: Spec
    package: Package
    calendar: Calendar
    history: History
    clock: Clock
    at: datetime
    owed: datetime | None = None  # what the books said was owed, while it ran, as it was opened
    entries: list[journal.Entry] = field(default_factory=list)
    ended: Mapping[str, Any] | None = None  # the task that is done with what happens now
    entered_late: str = ""  # why it is entered after it happened

    @property
    def stand(self) -> Stand | None:
        """In whose place it is done."""
        return self.signer.stand

    @property
    def desk(self) -> str:
        """The office at whose post it is done."""
        return self.signer.desk

    @desk.setter
    def desk(self, office: str) -> None:
        self.signer = replace(self.signer, desk=office)

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def manifest(self) -> Manifest:
        return self.package.manifest

    @property
    def concern(self) -> Concern:
        return Concern(
            self.row["receiving"],
            self.row["deciding"],
            rows.offices(self.tx.connection, self.id),
            self.row["trial"],
            self.row["return_at"] or self.row["receiving"],
        )

    @property
    def parties(self) -> Concern:
        """The same, and which of them were only asked for an opinion."""
        return replace(self.concern, asked=only_asked(self.tx.connection, self.id))

    def note(
        self, kind: str, fact: Mapping[str, Any], payload: Mapping[str, Any] | None = None
    ) -> None:
        """Remember a fact for the journal, and in whose place it was done."""
        told = {**fact, "instead_of": self.stand.login} if self.stand else dict(fact)
        self.entries.append(journal.Entry(self.tx.now, self.signer.login, kind, told, payload))

    def instant(self) -> dict[str, str]:
        """The legal instant and why it comes late, for the journal; nothing where it is now."""
        late = self.entered_late
        return {"at": self.at.isoformat(), "late": late} if late else {}

    def act_on(self, role: str, unit: str, holder: int | None = None) -> None:
        """Say which post the actor acts on: whoever stands in is named with whom they stand for.

        ``holder``: of the task they work on, who may be the one that is away.
        """
        actor = self.tx.actor
        stand = actor.stand(role, unit, holder)
        self.signer = Signer(actor.person, actor.login, actor.name, role, unit, stand)

    def act_by(self, verdict: Verdict, holder: int | None = None) -> None:
        """The same by the post for which the judge has said yes."""
        if verdict.post is not None:
            self.act_on(verdict.post.role, verdict.post.unit, holder)

    @property
    def latest(self) -> datetime:
        """The last legal instant the dossier knows; nothing may be entered before it."""
        settled = self.row["settled_at"]
        return max(self.history.latest, settled) if settled else self.history.latest

    @property
    def passed(self) -> datetime | None:
        """The due instant that has passed, if one has; while the clock stands: before it did."""
        owed, at = self.clock.due, self.at
        if owed is None:
            before = tuple(pause for pause in self.history.pauses if pause.ended is not None)
            owed = read_clock(replace(self.history, pauses=before), self.calendar, at).due
            at = self.clock.since or at
        return owed if owed is not None and owed < at else None

    def read_again(self) -> None:
        """The clock after the history changed."""
        self.clock = read_clock(self.history, self.calendar, self.at)

    def end_pauses(self) -> None:
        """The clock of what is over stands for nothing any more."""
        for pause in self.history.pauses:
            if pause.ended is None:
                self.history = self.history.resume(self.at, pause.element)
        self.read_again()

    def take_up_again(self) -> None:
        """What was settled is worked on once more: it will be judged when it is settled anew."""
        self.note("taken_up_again", {"outcome": self.row["outcome"]})
        fall_silent(self, "ready", "uncollected", "refusal")
        self.row |= {"settled_at": None, "outcome": None, "handover": "none"}

    def set_status(self, status: int, *, jumped: bool = False) -> None:
        """The national status; settling is judged against what is owed at this instant.

        Raises RunFailed for a move that is not lawful, unless two persons ``jumped`` it.
        """
        before = self.row["status"]
        if status == before:
            return
        if not jumped and not lawful(before, status):
            cause = f"status:{before} → {status}"
            raise RunFailed(element=None, name=self.manifest.title.vi, cause=cause, line=None)
        fall_silent(self, *ANSWERED.get(before, ()))
        self.row["status"] = status
        if status in ENDED and self.history.paused:
            self.end_pauses()
        self.note("status", {"status": status})
        fall_silent(self, *OVER.get(status, ()))
        if status in FINISHED:
            self._over(status)

    def _over(self, status: int) -> None:
        """Write how it ended: in time or not, and whether the result waits or has left."""
        if status in SETTLED and self.row["settled_at"] is None:
            self.row["settled_at"] = self.at
            owed = self.clock.due
            self.row["outcome"] = on_time(owed, self.at) if owed else "on time"
        # The clock has nothing more to say.
        self.row["due_at"], self.row["paused"] = self.clock.due or self.row["due_at"], False
        if status == 9:
            self.row["handover"] = "waiting"
        if status == 10:
            self.row["returned_at"] = self.at
            if self.row["handover"] in ("none", "waiting"):
                self.row["handover"] = "handed"

    def save(self) -> None:
        """Write the row and the journal; the last thing a command does."""
        connection = self.tx.connection
        # Only whoever moved the date says so: looking at a dossier tells the applicant nothing.
        if _runs(self.row) and self.clock.due != self.owed:
            tell_moved(self)
        statuses = [
            (number, entry.fact["status"])
            for number, entry in enumerate(self.entries, self.row["seq"] + 1)
            if entry.kind == "status"
        ]
        self.row["seq"], self.row["head"] = journal.append(
            connection, self.id, self.row["seq"], self.row["head"], self.entries
        )
        self.entries = []
        if self.tx.reports and not self.row["trial"]:
            for number, status in statuses:
                report(self, number, status)
        if _runs(self.row):
            self.row["due_at"], self.row["paused"] = self.clock.due, self.clock.paused
            self.owed = self.clock.due
        self.row["history"] = self.history.to_json()
        self.row["ledger"] = [line.to_json() for line in self.clock.ledger]
        self.row["ledger_revision"] = self.calendar.revision
        written = {key: value for key, value in self.row.items() if key != "id"}
        rows.change(connection, self.id, written)


def legal_instant(now: datetime, at: datetime | None, reason: str | None) -> datetime:
    """Now, or an earlier instant with a reason that can be printed; never later or too far back."""
    if at is None or at == now:
        return now
    if at > now or at < now - BOUND or not (reason or "").strip():
        raise BadInstant(at=at, bound=now - BOUND)
    require_printable(reason or "")  # slip 06 says it
    return at


def open_at(dossier: int, tx: Transaction, at: datetime | None, why: str | None) -> Case:
    """The same as ``open_case``, at an earlier legal instant with the reason why it comes late.

    Raises BadInstant for one out of bounds, or before what the dossier knows already.
    """
    case = open_case(dossier, tx, at=legal_instant(tx.now, at, why))
    if at is not None and case.at < case.latest:
        raise BadInstant(at=case.at, bound=case.latest, cause="order")
    case.entered_late = (why or "").strip() if case.at != tx.now else ""
    return case


def open_case(dossier: int, tx: Transaction, *, at: datetime | None = None) -> Case:
    """Lock the dossier and read what a command needs; raises UnknownDossier."""
    row = rows.lock(tx.connection, dossier)
    if row is None:
        raise UnknownDossier(dossier=dossier)
    return case_of(row, tx, at or tx.now)


def free_case(dossier: int, tx: Transaction) -> Case | None:
    """The same without waiting: None where somebody else has the dossier in hand."""
    row = rows.lock(tx.connection, dossier, wait=False)
    return None if row is None else case_of(row, tx, tx.now)


def case_of(row: dict[str, Any], tx: Transaction, at: datetime) -> Case:
    """The same for a row already at hand."""
    connection = tx.connection
    days = calendar(connection, "province", row["receiving"], revision=row["ledger_revision"])
    history = History.from_json(row["history"])
    return Case(
        tx=tx,
        signer=Signer(tx.actor.person, tx.actor.login, tx.actor.name),
        row=row,
        spec=spec_of(connection, row["release"]),
        package=package_of(connection, row["release"]),
        calendar=days,
        history=history,
        clock=read_clock(history, days, at),
        at=at,
        owed=row["due_at"] if _runs(row) else None,
    )


def _runs(row: Mapping[str, Any]) -> bool:
    """Whether the legal clock still has something to say."""
    return row["settled_at"] is None and row["status"] not in ENDED


def awake(case: Case) -> None:
    """Refuse what nobody may do to a suspended dossier."""
    since, why = case.row["suspended_at"], case.row["suspended_why"]
    if since is not None:
        raise DossierSuspended(code=case.row["code"], at=since, why=why)


def in_progress(case: Case) -> None:
    """Refuse what only an open dossier can take."""
    if case.row["status"] in ENDED:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])
