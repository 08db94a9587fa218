"""Whatever order people act in: the inbox holds what the runs wait for, and a run at rest rests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, select

from engine.bpmn.runtime import Facts, Outcome, Refresh, advance
from engine.calendar import ZONE
from engine.commands import dossiers, due, tasks
from engine.commands.case import open_case
from engine.errors import Fault
from engine.package import load_folder
from engine.queries.organisation import people_at
from engine.sides import SIDES
from engine.store import tables
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK, actor_of
from engine.store.verify import verify
from tests.office import ROOT, Office, open_office

PROCEDURES = ("land-confirmation", "marital-status", "certified-copy")
RECEIVED = datetime(2025, 7, 7, 9, tzinfo=ZONE)
keys = count(1)


@dataclass
class Known:
    """What the walks of a procedure say: its applicant, papers, and answers that fit each step."""

    applicant: dict[str, Any]
    papers: list[str]
    counter: dict[str, Any]
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def known(procedure: str) -> Known:
    found: Known | None = None
    for walk in sorted(Path(ROOT, "processes", procedure, "walks").glob("*.toml")):
        told = tomllib.loads(walk.read_text(encoding="utf-8"))
        first, *later = told["steps"]
        found = found or Known(told["applicant"], first.get("papers", []), first["answers"])
        for step in later:
            if "step" in step:
                found.answers.setdefault(step["step"], []).append(step.get("answers", {}))
    assert found is not None
    return found


KNOWN = {procedure: known(procedure) for procedure in PROCEDURES}


@pytest.fixture
def two_provinces(
    sqlite_url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Office, Office]]:
    """The same province twice, on both databases, with ids that are numbered instead of drawn."""
    numbers: dict[str, Iterator[int]] = {}

    def numbered(tx: Transaction) -> str:
        mine = numbers.setdefault(tx.connection.dialect.name, count(1))
        return str(UUID(int=next(mine)))

    monkeypatch.setattr(Transaction, "fresh_id", numbered)
    pair = (
        open_office(sqlite_url, tmp_path / "sqlite", *PROCEDURES),
        open_office(postgres_url, tmp_path / "postgres", *PROCEDURES),
    )
    yield pair
    for office in pair:
        office.database.dispose()


@pytest.fixture
def province(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """The sample province with all three procedures open."""
    office = open_office(database_url, tmp_path / "files", *PROCEDURES)
    yield office
    office.database.dispose()


class Story:
    """One dossier, and hands that do something to it."""

    def __init__(self, database: Database, procedure: str, number: int) -> None:
        self.database, self.told, self.now = database, KNOWN[procedure], RECEIVED
        with database.reading() as connection:
            actor = actor_of(connection, "reception1.binhlieu", self.now)
        package = load_folder(ROOT / "processes", ROOT / "forms", procedure)
        papers = {paper.key: paper for paper in package.manifest.papers}
        assert actor is not None
        with database.transaction(actor, self.now) as tx:
            self.dossier = dossiers.receive(
                tx,
                procedure=procedure,
                centre="H49.99.01",
                key=f"story {number}",
                applicant=self.told.applicant,
                answers=self.told.counter,
                papers={key: (papers[key].kind, 1, []) for key in self.told.papers},
            ).dossier

    def open(self) -> list[Row[Any]]:
        """The rows of the inbox that the diagram has put there."""
        question = select(tables.tasks).where(
            tables.tasks.c.dossier == self.dossier,
            tables.tasks.c.state == "open",
            tables.tasks.c.step.not_in(SIDES),
        )
        with self.database.reading() as connection:
            return list(connection.execute(question.order_by(tables.tasks.c.id)))

    def act(self, do: str, which: int) -> None:
        """Let time pass, or let somebody do something to one of the open tasks."""
        if do == "wait":
            self.now += timedelta(hours=3 * which)  # at most fifty days
            due.run_due(self.database, self.now)
            return
        there = self.open()
        if not there:
            return
        task = there[which % len(there)]
        with self.database.reading() as connection:
            people = people_at(connection, task.role, task.unit, self.now)
            actor = actor_of(connection, people[which % len(people)].login, self.now)
        assert actor is not None
        choices = self.told.answers.get(task.step, [{}])
        answers = choices[which % len(choices)]
        try:
            with self.database.transaction(actor, self.now) as tx:
                if do == "claim":
                    tasks.claim(tx, task.id)
                elif do == "release":
                    tasks.release(tx, task.id)
                elif do == "draft":
                    tasks.save_draft(tx, task.id, answers)
                else:
                    tasks.complete(tx, task.id, answers)
        except Fault:
            pass  # held by another, four eyes, a date not yet come: then nothing has happened

    def written(self) -> list[Any]:
        """What the dossier left behind: its runs at rest, its inbox, its journal."""
        snapshots = select(tables.runs.c.id, tables.runs.c.snapshot).where(
            tables.runs.c.dossier == self.dossier, tables.runs.c.kind == "main"
        )
        lines = (
            select(tables.journal.c.kind, tables.journal.c.fact, tables.journal.c.digest)
            .where(tables.journal.c.dossier == self.dossier)
            .order_by(tables.journal.c.seq)
        )
        with self.database.reading() as connection:
            told = [tuple(row) for row in connection.execute(snapshots.order_by(tables.runs.c.id))]
            told += [tuple(row) for row in connection.execute(lines)]
        return [*told, *((row.id, row.step, row.holder) for row in self.open())]

    def rested(self) -> Iterator[tuple[Row[Any], Outcome]]:
        """Every run, and what the runtime says of it when nothing new is told."""
        question = select(tables.runs).where(
            tables.runs.c.dossier == self.dossier, tables.runs.c.kind == "main"
        )
        with self.database.transaction(CLOCK, self.now) as tx:
            case = open_case(self.dossier, tx)
            assert case is not None
            facts = Facts(self.now, case.calendar, case.clock.due, case.clock.paused)
            for run in tx.connection.execute(question).all():
                yield run, advance(case.spec, run.snapshot, Refresh(), facts, run.id)


assert settings.default is not None
MANY = settings.default.max_examples // 4  # a story is long; `make soak` tells hundreds
FOR_STORIES = settings(
    max_examples=MANY,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["complete", "complete", "complete", "claim", "release", "draft", "wait", "wait"]
        ),
        st.integers(min_value=0, max_value=400),
    ),
    max_size=14,
)


# Papers are asked for (the third answer the walks know), and thirty working days pass in silence.
NO_ANSWER = [("wait", 24), ("complete", 2), ("wait", 400), ("complete", 0)]


@FOR_STORIES
@given(procedure=st.sampled_from(PROCEDURES), acts=ACTS)
@example("land-confirmation", NO_ANSWER)
def test_the_inbox_holds_what_the_runs_wait_for(
    province: Office, procedure: str, acts: list[tuple[str, int]]
) -> None:
    story = Story(province.database, procedure, next(keys))
    for do, which in acts:
        story.act(do, which)
        waiting: set[str] = set()
        for run, outcome in story.rested():
            # Woken and put to rest again it is the same: no event, not one byte.
            assert outcome.events == ()
            assert outcome.snapshot == run.snapshot
            assert not outcome.services
            waiting |= {task.id for task in outcome.tasks}
        assert waiting == {row.id for row in story.open()}
    with province.database.reading() as connection:
        assert verify(connection) is None


@FOR_STORIES
@given(procedure=st.sampled_from(PROCEDURES), acts=ACTS)
@example("land-confirmation", NO_ANSWER)
def test_the_same_acts_write_the_same_bytes_in_both_databases(
    two_provinces: tuple[Office, Office], procedure: str, acts: list[tuple[str, int]]
) -> None:
    number = next(keys)
    written = []
    for office in two_provinces:
        story = Story(office.database, procedure, number)
        for do, which in acts:
            story.act(do, which)
        written.append(story.written())
    assert written[0] == written[1]
