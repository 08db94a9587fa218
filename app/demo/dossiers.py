"""Sample dossiers: the walks of the procedures, played by the sample staff at past instants."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.demo.organisation import known
from engine.calendar import ZONE
from engine.commands import dossiers, due, tasks
from engine.package import Package
from engine.queries import dossiers as dossier_questions
from engine.queries.organisation import people_at
from engine.queries.records import OpenTaskLine
from engine.queries.tasks import view
from engine.store.database import Database
from engine.store.organisation import Actor, actor_of

WEEK = timedelta(weeks=1)
# Who takes the officer's tasks of a procedure; the others have their one person.
OFFICERS = {
    "land-confirmation": "officer1",
    "marital-status": "officer2",
    "birth-registration": "officer2",
    "death-registration": "officer2",
    "household-business": "officer1",
    "certified-copy": "officer2",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass
class Sample:
    """One sample dossier on its way through a walk."""

    number: int
    procedure: str
    package: Package
    centre: str
    place: str
    trial: bool
    claim: bool
    applicant: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    shift: timedelta
    key: str
    model: str = "two-level"
    id: int | None = None
    stopped: bool = field(default=False)

    def at(self, step: Mapping[str, Any]) -> datetime:
        """When the step is done, some whole weeks away from when the walk did it."""
        instant: datetime = step["at"]
        return instant.replace(tzinfo=ZONE) + self.shift

    def moved(self, value: Any) -> Any:
        """The walk's answers with their dates as far away as the steps are."""
        if isinstance(value, str) and _DAY.fullmatch(value):
            return (date.fromisoformat(value) + self.shift).isoformat()
        if isinstance(value, dict):
            return {key: self.moved(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.moved(inner) for inner in value]
        return value


def play(database: Database, packages: Mapping[str, Package], now: datetime) -> int:
    """Play every sample in the order things happened; how many dossiers there are now."""
    samples = list(_read(packages, now))
    todo = [
        (sample.at(step), sample.number, index)
        for sample in samples
        for index, step in enumerate(sample.steps)
    ]
    by_number = {sample.number: sample for sample in samples}
    for at, number, index in sorted(todo):
        due.run_due(database, at)
        sample = by_number[number]
        step = sample.steps[index]
        if not sample.stopped and not step.get("wait"):
            _play_step(database, sample, step, at)
    due.run_due(database, now)
    for sample in samples:
        if sample.claim:
            _claim(database, sample, now)
    return sum(sample.id is not None for sample in samples)


def _read(packages: Mapping[str, Package], now: datetime) -> Iterator[Sample]:
    here = Path(__file__).parent
    described = tomllib.loads((here / "dossiers.toml").read_text(encoding="utf-8"))
    places = tomllib.loads((here / "organisation.toml").read_text(encoding="utf-8"))["places"]
    for number, row in enumerate(described["dossiers"], start=1):
        procedure, name = row["walk"].split("/")
        walk = tomllib.loads(packages[procedure].files[f"walks/{name}.toml"].decode())
        steps = _first(walk["steps"], row.get("play"))
        if "answers" in row:
            steps[0] = steps[0] | {"answers": steps[0].get("answers", {}) | row["answers"]}
        last = steps[-1]["at"].replace(tzinfo=ZONE)
        yield Sample(
            number=number,
            procedure=procedure,
            package=packages[procedure],
            centre=places[row["place"]]["centre"],
            place=row["place"],
            trial=row.get("trial", False),
            claim=row.get("claim", False),
            applicant=sample_applicant(number, walk["applicant"]),
            steps=tuple(steps),
            shift=((now - last) // WEEK - row.get("weeks", 0)) * WEEK,
            key=f"sample-{number:02d}",
        )


def _first(steps: list[dict[str, Any]], count: int | None) -> list[dict[str, Any]]:
    """The walk up to its count-th step of a person."""
    taken: list[dict[str, Any]] = []
    for step in steps:
        if count == 0:
            break
        taken.append(step)
        if count is not None and "step" in step:
            count -= 1
    return taken


def sample_applicant(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """The walk's applicant under a name and numbers that only this sample has."""
    return {
        **given,
        "name": f"Hồ sơ mẫu {number:02d}",
        "citizen_id": f"{given['citizen_id'][:6]}{number:06d}",
        "phone": f"0900000{number:03d}",
    }


def _play_step(database: Database, sample: Sample, step: Mapping[str, Any], at: datetime) -> None:
    if sample.id is None:
        receive_sample(database, sample, step, at)
        return
    task = _open_task(database, sample, step["step"], at)
    actor = first_who_may(database, sample, task, at) if task else None
    if task is None or actor is None:
        # Holidays of the real year may let a timer be later than in the walk: it rests here.
        sample.stopped = True
        return
    with database.transaction(actor, at) as tx:
        tasks.complete(tx, task.id, sample.moved(step.get("answers", {})))


def receive_sample(
    database: Database, sample: Sample, step: Mapping[str, Any], at: datetime
) -> None:
    """The first step: the place's reception takes the papers."""
    actor = known(database, f"reception1.{sample.place}", at)
    kinds = {paper.key: paper for paper in sample.package.manifest.papers}
    with database.transaction(actor, at) as tx:
        received = dossiers.receive(
            tx,
            procedure=sample.procedure,
            centre=sample.centre,
            key=sample.key,
            applicant=dict(sample.applicant),
            answers=sample.moved(step.get("answers", {})),
            papers={key: (kinds[key].kind, kinds[key].quantity, []) for key in step["papers"]},
            trial=sample.trial,
            model=sample.model,
        )
    sample.id = received.dossier


def _open_task(
    database: Database, sample: Sample, step: str | None, at: datetime
) -> OpenTaskLine | None:
    if sample.id is None:
        return None
    auditor = known(database, "auditor", at)
    with database.reading() as connection:
        found = dossier_questions.view(connection, auditor, sample.id, at).tasks
    return next((task for task in found if step in (None, task.step)), None)


def first_who_may(
    database: Database, sample: Sample, task: OpenTaskLine, at: datetime
) -> Actor | None:
    """Who does the task: the procedure's own officer first, else anybody who may."""
    first = OFFICERS[sample.procedure]
    with database.reading() as connection:
        people = people_at(connection, task.role, task.unit, at)
        for person in sorted(people, key=lambda p: (not p.login.startswith(first), p.login)):
            actor = actor_of(connection, person.login, at)
            if actor and view(connection, actor, task.id, at).may_work:
                return actor
    return None


def _claim(database: Database, sample: Sample, now: datetime) -> None:
    task = _open_task(database, sample, None, now)
    actor = first_who_may(database, sample, task, now) if task else None
    if task is not None and actor is not None:
        with database.transaction(actor, now) as tx:
            tasks.claim(tx, task.id)
