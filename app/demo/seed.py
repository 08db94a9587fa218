"""Fill an empty database for the demo: province, calendar, procedures, sample dossiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.demo.dossiers import play
from app.demo.organisation import Account, known, write_province
from engine.calendar import ZONE
from engine.commands import calendar, releases
from engine.errors import BadSeed
from engine.package import Package, load_folder, names
from engine.store.database import Database
from engine.store.organisation import SETUP, units

YEARS = range(2024, 2028)
# The releases are drawn, approved and opened before the trial of June 2025.
DRAWN = datetime(2025, 6, 2, 9, tzinfo=ZONE)
TRIAL = datetime(2025, 6, 10, tzinfo=ZONE)
CUT_OVER = datetime(2025, 7, 1, tzinfo=ZONE)


@dataclass(frozen=True)
class Seeded:
    """What there is now; the passwords are told this once."""

    accounts: tuple[Account, ...]
    procedures: int
    dossiers: int


def is_empty(database: Database) -> bool:
    """Whether nobody has put an office into the database yet."""
    with database.reading() as connection:
        return not units(connection)


def seed(database: Database, processes: Path, forms: Path, now: datetime) -> Seeded:
    """The whole demo; raises BadSeed for a database in which there is an office already."""
    if not is_empty(database):
        raise BadSeed
    with database.transaction(SETUP, DRAWN) as tx:
        accounts = write_province(tx)
        calendar.seed_official_days(tx, YEARS)
    packages = {name: load_folder(processes, forms, name) for name in names(processes)}
    for number, package in enumerate(packages.values(), start=1):
        _open(database, package, f"QĐ mẫu {number:02d}/2025")
    return Seeded(tuple(accounts), len(packages), play(database, packages, now))


def _open(database: Database, package: Package, decision: str) -> None:
    """Publish, approve and roll out a procedure: three persons, three transactions."""
    with database.transaction(known(database, "designer", DRAWN), DRAWN) as tx:
        digest = releases.publish(tx, package)
    with database.transaction(known(database, "approver", DRAWN), DRAWN) as tx:
        releases.approve(tx, digest, decision)
    with database.transaction(known(database, "admin", DRAWN), DRAWN) as tx:
        releases.roll_out(tx, digest, model="three-level", valid_from=DRAWN, valid_until=CUT_OVER)
        releases.roll_out(tx, digest, model="two-level", trial=True, valid_from=TRIAL)
        releases.roll_out(tx, digest, model="two-level", valid_from=CUT_OVER)
