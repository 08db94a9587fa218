"""A procedure's way to the offices from the terminal: the same orders as in the browser."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app.cli.running import opened, upgrade
from app.database import wall_clock
from app.demo import pilot as june
from engine import play
from engine.__main__ import packages
from engine.calendar import ZONE
from engine.changes import stays
from engine.check import uncovered
from engine.commands import closing, cutover, moving, releases, trials
from engine.errors import CheckFailed, UnknownPerson, UnknownRelease, WalksRed
from engine.package import to_zip
from engine.queries import moving as move_questions
from engine.queries import releases as questions
from engine.queries.specs import package_of
from engine.store.database import Database, Transaction
from engine.store.organisation import actor_of


def publish(asked: argparse.Namespace) -> int:
    """Freeze a procedure under its content hash; approval and rollout are other people's work."""
    (package,) = packages([asked.path])
    with _acting(asked) as tx:
        digest = releases.publish(tx, package)
        walked = play.play(package)
        wrong = [result.name for result in walked if not result.ok]
        if wrong:
            raise WalksRed(walks=", ".join(wrong), count=len(wrong))
        missed = uncovered(package, walked)
        if missed:
            raise CheckFailed(findings=missed, count=len(missed))
    print(digest)
    return 0


def listing(asked: argparse.Namespace) -> int:
    """Every release: digest, number, state, and where it is open."""
    now = wall_clock()
    with opened() as database, database.reading() as connection:
        rollouts = questions.open_rollouts(connection, now)
        for line in questions.listing(connection):
            print(f"{line.digest[:12]}  {line.procedure} {line.number}  {line.state}")
            for one in rollouts:
                if one.digest == line.digest:
                    kind = "trial" if one.trial else "live"
                    until = f" – {one.valid_until:%Y-%m-%d %H:%M}" if one.valid_until else ""
                    where = one.centre or "all centres"
                    print(
                        f"    {where}  {one.model} {kind}  {one.valid_from:%Y-%m-%d %H:%M}{until}"
                    )
    return 0


def export(asked: argparse.Namespace) -> int:
    """Write a release as a zip that installs elsewhere under the same hash."""
    with opened() as database, database.reading() as connection:
        package = package_of(connection, _digest(connection, asked.release))
    asked.file.write_bytes(to_zip(package))
    return 0


def approve(asked: argparse.Namespace) -> int:
    """Answer for a release with the number of a decision."""
    with _acting(asked) as tx:
        digest = _digest(tx.connection, asked.release)
        releases.approve(
            tx, digest, asked.decision, effective_from=asked.effective, notes=asked.notes
        )
    return 0


def roll_out(asked: argparse.Namespace) -> int:
    """Open a release at some centres, or all."""
    with _acting(asked) as tx:
        digest = _digest(tx.connection, asked.release)
        for centre in asked.centre or [None]:
            id = releases.roll_out(
                tx, digest, model=asked.model, trial=asked.trial, centre=centre,
                valid_from=asked.start or tx.now, valid_until=asked.until,
                stop_share=asked.stop_share,
            )  # fmt: skip
            print(id)
    return 0


def move(asked: argparse.Namespace) -> int:
    """Take open dossiers to a release; with --dry-run only say what would happen."""
    mapping = dict(pair.split("=", 1) for pair in asked.map)
    if not asked.dry_run:
        with _acting(asked) as tx:
            digest = _digest(tx.connection, asked.release)
            print(moving.start(
                tx, digest, reason=asked.reason, centre=asked.centre, mapping=mapping,
                recompute=asked.recompute,
            ))  # fmt: skip
        return 0
    with opened() as database, database.reading() as connection:
        digest = _digest(connection, asked.release)
        seen = move_questions.dry_run(connection, digest, asked.centre, mapping)
    print(f"{seen.total} open dossiers: {seen.moves} move, {seen.stays} stay.")
    for one in seen.staying:
        told = (stays(why, seen.names.get(why.element, ""), asked.lang) for why in one.reasons)
        print(f"{one.code}: {' '.join(told)}")
    return 0


def close(asked: argparse.Namespace) -> int:
    """Receive a procedure no more from an instant on."""
    with _acting(asked) as tx:
        closing.close(
            tx, asked.procedure, at=asked.at or tx.now, reason=asked.reason,
            successor=asked.successor,
        )  # fmt: skip
    return 0


def hand_over(asked: argparse.Namespace) -> int:
    """Plan the change of government models; the worker carries it out at its instant."""
    with _acting(asked) as tx:
        print(cutover.plan(
            tx, from_model=asked.from_model, to_model=asked.to_model, at=asked.at,
            reason=asked.reason,
        ))  # fmt: skip
    return 0


def purge(asked: argparse.Namespace) -> int:
    """Remove trial dossiers as a whole, with their files."""
    with _acting(asked) as tx:
        count, files = trials.purge(
            tx, until=asked.until or tx.now, reason=asked.reason, procedure=asked.procedure
        )
    with opened() as database:
        print(f"{count} dossiers, {trials.sweep(database, files, wall_clock())} files.")
    return 0


def pilot(asked: argparse.Namespace) -> int:
    """Play the pilot of June 2025 in a database of its own that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="motcua-pilot-") as folder:
        url = f"sqlite:///{folder}/pilot.db"
        upgrade(url)
        private = Database(url, Path(folder) / "files", "http://127.0.0.1:8000")
        told = june.play(private, asked.processes, asked.forms, asked.days)
        private.dispose()
    for (model, trial), count in sorted(told.received.items()):
        print(f"received, {model}, {'trial' if trial else 'live'}: {count}")
    print(f"trial dossiers of the system trial removed on 15 June: {told.purged}")
    print(f"handed over on 1 July: {told.handed}, stayed: {told.stayed}")
    results = ", ".join(f"{name} {count}" for name, count in sorted(told.outcomes.items()))
    print(f"returned: {told.settled} ({results})")
    for problem in (*told.problems, *map(str, told.breaches)):
        print(f"WRONG  {problem}")
    print("Everything kept." if told.ok else "Not everything was kept.")
    return 0 if told.ok else 1


def instant(text: str) -> datetime:
    """``2025-07-01`` or ``2025-07-01T00:00``, local time unless it says otherwise."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=ZONE) if read.tzinfo is None else read


@contextmanager
def _acting(asked: argparse.Namespace) -> Iterator[Transaction]:
    """A transaction of the account that --as names."""
    now = wall_clock()
    with opened() as database:
        with database.reading() as connection:
            actor = actor_of(connection, asked.login, now)
        if actor is None:
            raise UnknownPerson(login=asked.login)
        with database.transaction(actor, now) as tx:
            yield tx


def _digest(connection: object, text: str) -> str:
    """The whole digest that begins like this; raises UnknownRelease unless it is one."""
    found = [line.digest for line in questions.listing(connection) if line.digest.startswith(text)]  # type: ignore[arg-type]
    if len(found) != 1 or len(text) < 6:
        raise UnknownRelease(release=text)
    return found[0]
