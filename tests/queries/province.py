"""Rows of a small province: two centres, their communes, people, one release, dossiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, event, insert, update

from engine.bpmn.parse import compile
from engine.bpmn.runtime import Complete, Facts, Start, advance
from engine.calendar import ZONE, Calendar, History, Limit, Pause, read_clock
from engine.codes import fold, tracking_secret
from engine.store import tables
from engine.store.organisation import Actor, Post, Unit, actor_of
from engine.store.staffing import insert_person, insert_post, insert_unit
from tests.queries.procedure import package

START = datetime(2024, 1, 1, tzinfo=ZONE)
NOW = datetime(2025, 7, 8, 9, tzinfo=ZONE)
SECRET = tracking_secret(b"0123456789")
OFFICES = (
    ("QN", "province", None, None),
    ("H49.99.01", "centre", "QN", "06838"),
    ("H49.99.02", "centre", "QN", "06856"),
    ("C1", "commune", "QN", "06838"),
    ("C2", "commune", "QN", "06856"),
)
PEOPLE = (
    ("reception.1", "reception", "H49.99.01"),
    ("reception.2", "reception", "H49.99.02"),
    ("officer.1", "officer", "C1"),
    ("officer.2", "officer", "C2"),
    ("second.1", "officer", "C1"),
    ("leader.1", "leader", "C1"),
    ("director.1", "director", "H49.99.01"),
    ("controller", "controller", "QN"),
    ("auditor", "auditor", "QN"),
    ("admin", "admin", "QN"),
)
STEPS = {"Counter": "reception", "Check": "officer", "Wait": "reception", "Sign": "leader"}


@dataclass
class Sample:
    """A dossier that was written: its number, its code, and its open task."""

    id: int
    code: str
    task: str


class Province:
    """Fills an empty database and answers as anybody in it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.package = package()
        self.spec = compile(self.package.files, self.package.digest, "sample")
        self.people: dict[str, int] = {}
        self._number = 0
        for code, kind, parent, territory in OFFICES:
            series = code if kind == "centre" else None
            names = (f"Cơ quan {code}", f"Office {code}")
            office = Unit(code, kind, *names, parent, territory, series, None, "", "", START, None)
            insert_unit(connection, office)
        for login, role, unit in PEOPLE:
            self.people[login] = insert_person(connection, login, login)
            insert_post(connection, self.people[login], Post(role, unit), START, None)
        self._release()

    def actor(self, login: str) -> Actor:
        found = actor_of(self.connection, login, NOW)
        assert found is not None
        return found

    def _release(self) -> None:
        manifest = self.package.manifest
        self._insert(
            tables.releases,
            digest=self.package.digest,
            procedure=manifest.name,
            code=manifest.code,
            number=1,
            title_vi=manifest.title.vi,
            title_en=manifest.title.en,
            state="approved",
            created_at=START,
        )
        for path, content in self.package.files.items():
            self._insert(
                tables.release_files, digest=self.package.digest, path=path, content=content
            )
        self.roll_out()

    def roll_out(self, **other: Any) -> None:
        row: dict[str, Any] = {
            "procedure": "sample",
            "digest": self.package.digest,
            "centre": None,
            "model": "two-level",
            "trial": False,
            "valid_from": datetime(2025, 7, 1, tzinfo=ZONE),
            "decided_at": START,
        }
        self._insert(tables.rollouts, **(row | other))

    def _insert(self, table: Any, **values: Any) -> int | None:
        key = self.connection.execute(insert(table).values(values)).inserted_primary_key
        return key[0] if key else None

    def dossier(
        self,
        step: str = "Check",
        *,
        centre: str = "H49.99.01",
        deciding: str = "C1",
        received: datetime = datetime(2025, 7, 2, 9, tzinfo=ZONE),
        name: str = "Hồ sơ mẫu",
        holder: str | None = None,
        trial: bool = False,
        limit: str = "10 working days",
        settled: datetime | None = None,
    ) -> Sample:
        """A dossier that waits at the step; at ``Wait`` its clock stands since 4 July."""
        self._number += 1
        number = self._number
        code = f"{centre}-{received:%y%m%d}-{number:04d}"
        paused = step == "Wait"
        history = History(received, Limit.parse(limit))
        if paused:
            since = datetime(2025, 7, 4, 9, tzinfo=ZONE)
            history = History(received, history.limit, (Pause(since, None, "bổ sung", "Wait"),))
        clock = read_clock(history, Calendar(), NOW)
        dossier = self._insert(
            tables.dossiers,
            code=code,
            key=f"key{number}",
            secret=sha256(SECRET.encode()).hexdigest(),
            procedure="sample",
            release=self.package.digest,
            model="two-level",
            trial=trial,
            channel="counter",
            help=centre,
            receiving=centre,
            deciding=deciding,
            book=centre,
            territory="06838",
            applicant={"name": name, "citizen_id": "022185001234", "phone": "0900000007"},
            applicant_name=name,
            applicant_id="022185001234",
            search=f" {fold(code)} {fold(name)} 0900000007 022185001234 ",
            status=9 if settled else 5 if paused else 4,
            received_at=received,
            promised_at=received + timedelta(days=14),
            due_at=clock.due,
            paused=paused,
            history=history.to_json(),
            ledger=[line.to_json() for line in clock.ledger],
            ledger_revision=0,
            milestone_vi="Cán bộ kiểm tra",
            milestone_en="",
            settled_at=settled,
            outcome="early" if settled else None,
            received_by=self.people["reception.1"],
            seq=0,
            head="",
        )
        assert dossier is not None
        for unit in {centre, deciding}:
            self._insert(tables.concerned, dossier=dossier, unit=unit)
        task = self._run(dossier, step, centre, deciding, received)
        if holder is not None:
            self.claim(task, holder)
        return Sample(dossier, code, task)

    def _run(self, dossier: int, step: str, centre: str, deciding: str, received: datetime) -> str:
        facts = Facts(now=received, calendar=Calendar())
        outcome = advance(self.spec, None, Start({"typed": "012345678901"}), facts, f"s{dossier}")
        answers = {"Check": {"missing": step == "Wait"}}
        while outcome.tasks[0].step != step:
            here = outcome.tasks[0]
            given = Complete(here.id, answers.get(here.step, {}))
            outcome = advance(self.spec, outcome.snapshot, given, facts, f"s{dossier}")
        run = f"run{dossier}"
        self._insert(
            tables.runs,
            id=run,
            dossier=dossier,
            centre=centre,
            kind="main",
            process="sample",
            snapshot=outcome.snapshot,
            revision=1,
            started_at=received,
        )
        waiting = outcome.tasks[0]
        role = STEPS.get(step, "reception")
        self._insert(
            tables.tasks,
            id=waiting.id,
            dossier=dossier,
            centre=centre,
            run=run,
            step=step,
            name=waiting.name,
            role=role,
            unit=centre if role == "reception" else deciding,
            state="open",
            opened_at=received,
            touched_at=received,
        )
        return waiting.id

    def claim(self, task: str, login: str) -> None:
        self.connection.execute(
            update(tables.tasks)
            .where(tables.tasks.c.id == task)
            .values(holder=self.people[login], claimed_at=NOW)
        )

    def happened(self, dossier: int, seq: int, at: datetime, **fact: Any) -> None:
        """A line of the journal with a personal part beside it."""
        self._insert(
            tables.journal,
            dossier=dossier,
            seq=seq,
            at=at,
            actor="officer.1",
            kind="completed",
            fact=fact,
            digest=str(seq),
        )
        body = '{"owner_id":"022185001234","area":"412"}'
        self._insert(tables.journal_payloads, dossier=dossier, seq=seq, body=body)

    def statements(self) -> list[str]:
        """What is sent to the database from now on."""
        sent: list[str] = []

        @event.listens_for(self.connection, "before_cursor_execute")
        def note(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        return sent
