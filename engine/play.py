"""Walks played by the real commands on a private database with virtual instants."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.calendar import ZONE
from engine.commands import calendar, dossiers, due, letters, organisation, releases, tasks
from engine.errors import Fault, UnknownUnit
from engine.package import Package
from engine.queries import records
from engine.queries.specs import spec_of
from engine.queries.tasks import view
from engine.store import dossiers as rows
from engine.store import tables
from engine.store.database import Database
from engine.store.organisation import SETUP, Actor, Unit, actor_by_id, actor_of, holders
from engine.words.walks import Difference

BEGINNING = datetime(2020, 1, 1, tzinfo=ZONE)
PROVINCE = "H49.00"
COMMUNES = {"H49.99.01": "06838", "H49.99.02": "06856", "H49.99.03": "06841"}
DECIDERS = ("commune", "district", "land-registry", "tax")
DUTY = "duty_"  # how the journal calls what the clock told
STAFF = 2  # of each role at each office, so that four eyes can be told apart


@dataclass(frozen=True)
class Result:
    """How one walk went; ``passed`` are the elements it went through.

    ``way`` says also where it waited: (element, whether it was passed).
    """

    name: str
    ok: bool
    differences: tuple[Difference, ...]
    passed: tuple[str, ...] = ()
    way: tuple[tuple[str, bool], ...] = ()


def play(package: Package) -> list[Result]:
    """Every walk of the package, each on a database of its own."""
    names = sorted(path for path in package.files if path.startswith("walks/"))
    return [play_walk(package, path.removeprefix("walks/").removesuffix(".toml")) for path in names]


def play_walk(package: Package, name: str) -> Result:
    """One walk; what came out otherwise than it expects is said, never raised."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database("sqlite://", Path(folder))
        try:
            tables.metadata.create_all(database.engine)
            walk = tomllib.loads(package.files[f"walks/{name}.toml"].decode())
            playing = Playing(database, package, walk)
            return Result(name, *playing.play(), way=playing.way())
        except Fault as fault:
            return Result(name, False, (Difference("refused", {"fault": fault}),))
        except KeyError as error:
            return Result(name, False, (Difference("missing", {"key": error.args[0]}),))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            return Result(name, False, (Difference("unreadable", {"detail": error}),))
        finally:
            database.dispose()


class Playing:
    """One walk under way."""

    def __init__(self, database: Database, package: Package, walk: Mapping[str, Any]) -> None:
        self.database, self.package, self.walk = database, package, walk
        self.centre = walk.get("centre", "H49.99.01")
        self.dossier: int | None = None
        self.now: datetime = _local(walk["start"])
        self.wrong: list[Difference] = []
        self.names: dict[str, str] = {}  # of the drawn elements

    def play(self) -> tuple[bool, tuple[Difference, ...], tuple[str, ...]]:
        """Whether all went as expected, what did not, and the way it took."""
        self._prepare()
        for number, told in enumerate(self.walk["steps"], start=1):
            self._until(_local(told["at"]))
            if not told.get("wait") and not self._done(told):
                break
            if "expect" in told:
                self._compare(told["expect"], number, told.get("step", ""))
        else:
            self._compare(self.walk.get("expect", {}))
        return not self.wrong, tuple(self.wrong), tuple(self._passed())

    def _prepare(self) -> None:
        model, start = self.walk.get("model", "two-level"), self.now
        with self.database.transaction(SETUP, BEGINNING) as tx:
            for office in _offices():
                organisation.add_unit(tx, office)
            for office in _offices():
                for role in sorted({post.role for post in self.package.manifest.lanes.values()}):
                    for number in range(1, STAFF + 1):
                        login = f"{role}{number}.{office.code}"
                        person = organisation.add_person(tx, login, login)
                        organisation.add_post(tx, person, role, office.code, BEGINNING)
            calendar.seed_official_days(tx, range(start.year - 1, start.year + 2))
            digest = releases.publish(tx, self.package)
            releases.approve(tx, digest, "walk")
            trial = bool(self.walk.get("trial", False))
            releases.roll_out(tx, digest, model=model, trial=trial, valid_from=BEGINNING)
            steps = spec_of(tx.connection, digest).steps.values()
            self.names = {step.id: step.name for step in steps if step.name}

    def _until(self, at: datetime) -> None:
        """Let time pass: what falls due on the way happens at its own instant."""
        while True:
            with self.database.reading() as connection:
                next_at = rows.next_due(connection)
            if next_at is None or next_at > at:
                break
            self.now = max(self.now, next_at)
            if not due.run_due(self.database, self.now):
                break
        self.now = at

    def _done(self, told: Mapping[str, Any]) -> bool:
        """Do the step; False where the platform refuses: then nothing behind it says anything."""
        papers = {paper.key for paper in self.package.manifest.papers}
        if unknown := [key for key in told.get("papers", ()) if key not in papers]:
            self._differs("no_paper", key=unknown[0])
            return False
        try:
            self._do(told)
        except Fault as fault:
            self._differs("fault", step=told["step"], fault=fault)
            return False
        return True

    def _do(self, told: Mapping[str, Any]) -> None:
        if self.dossier is None:
            self._receive(told)
            return
        task = next((row for row in self._waiting() if row["step"] == told["step"]), None)
        if task is None:
            self._differs("not_open", step=told["step"], open=self._open())
            return
        actor = self._somebody(task)
        if actor is None:
            self._differs("nobody", step=told["step"])
            return
        with self.database.transaction(actor, self.now) as tx:
            done = tasks.complete(tx, task["id"], told.get("answers", {}))
        while letters.deliver(self.database, self.now):
            pass  # what was told may let others tell more
        if done.incident is not None:
            self._differs("stuck", step=told["step"], cause=self._cause())

    def _receive(self, told: Mapping[str, Any]) -> None:
        kinds = {paper.key: paper for paper in self.package.manifest.papers}
        actor = self._known("reception", self.centre)
        with self.database.transaction(actor, self.now) as tx:
            received = dossiers.receive(
                tx,
                procedure=self.package.name,
                centre=self.centre,
                key="walk",
                applicant=dict(self.walk.get("applicant", {})),
                answers=told.get("answers", {}),
                papers={
                    key: (kinds[key].kind, kinds[key].quantity, [])
                    for key in told.get("papers", ())
                },
                trial=bool(self.walk.get("trial", False)),
                model=self.walk.get("model", "two-level"),
            )
        self.dossier = received.dossier

    def _known(self, role: str, office: str) -> Actor:
        with self.database.reading() as connection:
            actor = actor_of(connection, f"{role}1.{office}", self.now)
        if actor is None:
            raise UnknownUnit(code=office)
        return actor

    def _waiting(self) -> list[dict[str, Any]]:
        """The rows of the open tasks."""
        if self.dossier is None:
            return []
        with self.database.reading() as connection:
            return rows.open_tasks(connection, self.dossier)

    def _somebody(self, task: Mapping[str, Any]) -> Actor | None:
        with self.database.reading() as connection:
            for person in holders(connection, task["role"], task["unit"], self.now):
                actor = actor_by_id(connection, person, self.now)
                if actor and view(connection, actor, task["id"], self.now).may_work:
                    return actor
        return None

    # -- what came out -----------------------------------------------------------------------------

    def _differs(self, kind: str, **particulars: Any) -> None:
        self.wrong.append(Difference(kind, particulars, self.names))

    def _compare(
        self, expected: Mapping[str, Any], number: int | None = None, at: str = ""
    ) -> None:
        found = self._found()
        for key, value in expected.items():
            wanted: Any = _local(value) if isinstance(value, datetime) else value
            if key not in found:
                continue
            got = found[key]
            if key == "signals":
                ok = set(wanted) <= set(got)
            elif key == "path":
                ok = wanted == [element for element in got if element in set(wanted)]
            elif key in ("open", "slips"):
                ok = sorted(wanted) == sorted(got)
            else:
                ok = wanted == got
            if not ok:
                got = got.astimezone(ZONE) if isinstance(got, datetime) else got
                self._differs("unlike", number=number, at=at, key=key, got=got, wanted=wanted)

    def _found(self) -> dict[str, Any]:
        if self.dossier is None:
            return {}
        with self.database.reading() as connection:
            row = rows.row(connection, self.dossier)
            slips = records.slips_of(connection, self.dossier)
            kinds = [line.kind for line in records.journal_of(connection, self.dossier)]
        return {
            "path": self._passed(),
            "open": self._open(),
            "status": row["status"],
            "due": row["due_at"],
            "paused": row["paused"],
            "promised": row["promised_at"],
            "on_time": row["outcome"],
            "slips": [slip.kind for slip in slips],
            "signals": [kind.removeprefix(DUTY) for kind in kinds if kind.startswith(DUTY)],
        }

    def _passed(self) -> list[str]:
        if self.dossier is None:
            return []
        with self.database.reading() as connection:
            lines = records.journal_of(connection, self.dossier)
        return [element for line in lines for element in line.fact.get("passed", ())]

    def way(self) -> tuple[tuple[str, bool], ...]:
        """What was touched, in order: where a token began to wait, and what was passed."""
        if self.dossier is None:
            return ()
        with self.database.reading() as connection:
            lines = records.journal_of(connection, self.dossier)
        found: list[tuple[str, bool]] = []
        before: list[str] = []
        for line in lines:
            if "passed" not in line.fact:
                continue
            waiting = list(line.fact.get("waiting", ()))
            found += [(element, True) for element in line.fact["passed"]]
            found += [(element, False) for element in waiting if element not in before]
            before = waiting
        return tuple(found)

    def _open(self) -> list[str]:
        return [row["step"] for row in self._waiting()]

    def _cause(self) -> str:
        if self.dossier is None:
            return ""
        with self.database.reading() as connection:
            return records.incidents_of(connection, self.dossier)[0].cause


def _local(instant: datetime) -> datetime:
    return instant.replace(tzinfo=ZONE) if instant.tzinfo is None else instant.astimezone(ZONE)


def _offices() -> Iterator[Unit]:
    yield _office(PROVINCE, "province", None, None)
    for centre, commune in COMMUNES.items():
        yield _office(centre, "centre", PROVINCE, commune)
        for kind in DECIDERS:
            yield _office(f"{commune}.{kind}", kind, PROVINCE, commune)


def _office(code: str, kind: str, parent: str | None, territory: str | None) -> Unit:
    trial = code.replace(".99.", ".98.")
    name = f"Đơn vị thử xã {code}"
    return Unit(code, kind, name, name, parent, territory, code, trial, "", "", BEGINNING, None)
