"""The pilot of June 2025 on virtual time: three communes, two government models, one change-over.

System trial from 10 June, two-level trial beside three-level reception from 15 June, and from
1 July the official two-level model, to whose offices everything still open is handed over.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from app.demo.dossiers import Sample, first_who_may, receive_sample, sample_applicant
from app.demo.organisation import known, write_province
from engine.calendar import ZONE
from engine.commands import calendar, cutover, due, letters, releases, tasks, trials, watching
from engine.package import Package, from_files, load_folder, names
from engine.queries import pilot as questions
from engine.queries.proof import Breach, breaches
from engine.queries.records import open_tasks_of
from engine.store.calendar import calendar as days_of
from engine.store.database import Database
from engine.store.organisation import SETUP

DRAWN = datetime(2025, 6, 2, 9, tzinfo=ZONE)
SYSTEM_TRIAL = datetime(2025, 6, 10, tzinfo=ZONE)
PARALLEL = datetime(2025, 6, 15, tzinfo=ZONE)
PLANNED = datetime(2025, 6, 27, 9, tzinfo=ZONE)
CUT_OVER = datetime(2025, 7, 1, tzinfo=ZONE)
LAST = date(2025, 7, 4)  # nobody hands anything in after this day
END = date(2025, 10, 1)
HOURS = (8, 9, 10, 11, 14, 15, 16)
A_DAY = 6  # dossiers handed in on a day of reception: two at each centre
# Procedure and walk, in turn; what comes out of it is a result in the citizen's hand.
WALKS = (
    ("land-confirmation", "plain"),
    ("land-confirmation", "supplement"),
    ("marital-status", "plain"),
    ("certified-copy", "plain"),
    ("land-confirmation", "plain"),
)
REASON = "Vận hành chính thức chính quyền địa phương hai cấp"


@dataclass
class Told:
    """What happened, and what was not as it must be."""

    received: Counter[tuple[str, bool]] = field(default_factory=Counter)  # (model, trial)
    purged: int = 0
    handed: int = 0
    stayed: int = 0
    settled: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    breaches: tuple[Breach, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every dossier went its way and nothing was mixed, lost, late or done twice."""
        return not self.breaches and not self.problems and not self.outcomes["late"]


@dataclass
class Folder(Sample):
    """A dossier on its way, and when it was handed in."""

    received_at: datetime = SYSTEM_TRIAL


@dataclass(frozen=True)
class Visit:
    """Somebody comes to a counter."""

    at: datetime
    centre: str
    place: str
    procedure: str
    walk: str
    model: str
    trial: bool


def play(database: Database, processes: Path, forms: Path, days: int = 5) -> Told:
    """The whole pilot in an empty database; ``days``: on how many days dossiers are handed in."""
    story = _Story(database, processes, forms, days)
    return story.told()


class _Story:
    def __init__(self, database: Database, processes: Path, forms: Path, days: int) -> None:
        self.database = database
        found = (load_folder(processes, forms, name) for name in names(processes))
        self.packages = {package.name: package for package in found}
        self._prepare()
        self.visits = list(_visits(self._reception_days(days)))
        self.under_way: list[Folder] = []
        self.found = Told()
        self.cutover = 0

    # -- before the first day ----------------------------------------------------------------------

    def _prepare(self) -> None:
        with self.database.transaction(SETUP, DRAWN) as tx:
            write_province(tx)
            calendar.seed_official_days(tx, (2025,))
        for number, package in enumerate(self.packages.values(), start=1):
            old = self._release(of_the_old_model(package), number)
            new = self._release(package, number + 10)
            admin = known(self.database, "admin", DRAWN)
            with self.database.transaction(admin, DRAWN) as tx:
                opened: tuple[tuple[str, str, bool, datetime, datetime | None], ...] = (
                    (old, "three-level", False, DRAWN, CUT_OVER),
                    (new, "two-level", True, SYSTEM_TRIAL, PARALLEL),
                    (new, "two-level", True, PARALLEL, CUT_OVER),
                    (new, "two-level", False, CUT_OVER, None),
                )
                for digest, model, trial, start, until in opened:
                    releases.roll_out(
                        tx, digest, model=model, trial=trial, valid_from=start, valid_until=until
                    )

    def _release(self, package: Package, number: int) -> str:
        with self.database.transaction(known(self.database, "designer", DRAWN), DRAWN) as tx:
            digest = releases.publish(tx, package)
        with self.database.transaction(known(self.database, "approver", DRAWN), DRAWN) as tx:
            releases.approve(tx, digest, f"QĐ mẫu {number:02d}/2025")
        return digest

    def _reception_days(self, count: int) -> list[date]:
        """That many working days from the first to the last, as even as can be."""
        with self.database.reading() as connection:
            book = days_of(connection, "province", "H49.99.01")
        first = SYSTEM_TRIAL.date()
        all = [first + timedelta(days=n) for n in range((LAST - first).days + 1)]
        open_days = [day for day in all if book.sessions(day)]
        count = max(1, min(count, len(open_days)))
        last = len(open_days) - 1
        return [open_days[round(n * last / max(1, count - 1))] for n in range(count)]

    # -- day by day --------------------------------------------------------------------------------

    def told(self) -> Told:
        """Let the days pass until nothing is open; look at everything once more."""
        now = SYSTEM_TRIAL
        for now in _ticks():
            self._tick(now)
            self._admin(now)
            while self.visits and self.visits[0].at <= now:
                self._receive(self.visits.pop(0), now)
            for sample in list(self.under_way):
                self._work(sample, now)
            if not self.visits and not self.under_way and now > CUT_OVER:
                break
        with self.database.reading() as connection:
            self.found.breaches = breaches(connection, now)
            for row in questions.dossiers_of(connection):
                self.found.settled += row.status == 10
                self.found.outcomes[row.outcome or "open"] += 1
                if row.status != 10:
                    self.found.problems.append(f"{row.code}: status {row.status}")
            results = questions.results(connection, self.cutover)
        self.found.handed, self.found.stayed = results["handed"], results["stays"]
        return self.found

    def _tick(self, now: datetime) -> None:
        """What the worker does."""
        before = self._owed()
        while cutover.carry_on(self.database, now):
            pass
        after = self._owed()
        for code, owed in before.items():
            if after[code] != owed:
                self.found.problems.append(f"{code}: due {owed} became {after[code]}")
        while due.run_due(self.database, now) + letters.deliver(self.database, now):
            pass
        watching.guard(self.database, now)

    def _owed(self) -> dict[str, datetime | None]:
        with self.database.reading() as connection:
            return {row.code: row.due_at for row in questions.dossiers_of(connection)}

    def _admin(self, now: datetime) -> None:
        """What the provincial admin does: plan the change-over, remove the system trial."""
        admin = known(self.database, "admin", now)
        if now >= PLANNED and not self.cutover:
            with self.database.transaction(admin, now) as tx:
                self.cutover = cutover.plan(
                    tx, from_model="three-level", to_model="two-level", at=CUT_OVER, reason=REASON
                )
        if now >= PARALLEL and not self.found.purged:
            with self.database.transaction(admin, now) as tx:
                count, files = trials.purge(tx, until=PARALLEL, reason="Hết vận hành thử hệ thống")
            trials.sweep(self.database, files, now)
            self.found.purged = count
            self.under_way = [one for one in self.under_way if one.received_at >= PARALLEL]

    def _receive(self, visit: Visit, now: datetime) -> None:
        package = self.packages[visit.procedure]
        walk = tomllib.loads(package.files[f"walks/{visit.walk}.toml"].decode())
        number = sum(self.found.received.values()) + 1
        steps = [step for step in walk["steps"] if not step.get("wait")]
        begun = steps[0]["at"].replace(tzinfo=ZONE)
        folder = Folder(
            number=number,
            procedure=visit.procedure,
            package=package,
            centre=visit.centre,
            place=visit.place,
            trial=visit.trial,
            claim=False,
            applicant=sample_applicant(number, walk["applicant"]),
            steps=tuple(steps[1:]),
            shift=timedelta(days=(now.date() - begun.date()).days),
            key=f"pilot-{number:03d}",
            model=visit.model,
            received_at=now,
        )
        receive_sample(self.database, folder, steps[0], now)
        self.found.received[visit.model, visit.trial] += 1
        self.under_way.append(folder)

    def _work(self, sample: Folder, now: datetime) -> None:
        """Whoever may does the sample's next step once its time has come."""
        while sample.steps and sample.at(sample.steps[0]) <= now:
            step = sample.steps[0]
            with self.database.reading() as connection:
                open_now = open_tasks_of(connection, sample.id or 0, now)
            task = next((one for one in open_now if step.get("step") in (None, one.step)), None)
            if task is None:
                return  # it waits for a timer that the calendar has put later than the walk's
            actor = first_who_may(self.database, sample, task, now)
            if actor is None:
                self.found.problems.append(f"{sample.id}: nobody may do {task.name}")
                self.under_way.remove(sample)
                return
            with self.database.transaction(actor, now) as tx:
                done = tasks.complete(tx, task.id, sample.moved(step.get("answers", {})))
            if done.incident is not None:
                self.found.problems.append(f"{done.code}: incident {done.incident}")
            sample.steps = sample.steps[1:]
        if not sample.steps:
            self.under_way.remove(sample)


def of_the_old_model(package: Package) -> Package:
    """The edition of the three-level time: there the district decided on land."""
    files = dict(package.files)
    text = "# Bản của mô hình ba cấp\n" + files["procedure.toml"].decode()
    if package.name == "land-confirmation":
        text = text.replace('three-level = "commune"', 'three-level = "district"')
    files["procedure.toml"] = text.encode()
    return from_files(files)


def _ticks() -> Iterator[datetime]:
    day = SYSTEM_TRIAL.date()
    while day < END:
        yield datetime.combine(day, time(), tzinfo=ZONE)  # at midnight things begin and end
        for hour in HOURS:
            yield datetime.combine(day, time(hour), tzinfo=ZONE)
        day += timedelta(days=1)


def _visits(days: list[date]) -> Iterator[Visit]:
    """Two dossiers at each centre a day; in the parallel time one of each model."""
    places = (("H49.99.01", "binhlieu"), ("H49.99.02", "luchon"), ("H49.99.03", "hoanhmo"))
    number = 0
    for day in days:
        for turn in range(2):
            for centre, place in places:
                procedure, walk = WALKS[number % len(WALKS)]
                at = datetime.combine(day, time(9), tzinfo=ZONE)
                model, trial = "two-level", at < CUT_OVER
                if PARALLEL <= at < CUT_OVER and turn == 0:
                    model, trial = "three-level", False
                yield Visit(at, centre, place, procedure, walk, model, trial)
                number += 1
