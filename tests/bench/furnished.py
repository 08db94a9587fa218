"""The sample province with the bench procedure open to every centre, and its settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.database import wall_clock
from app.demo.organisation import write_province
from app.demo.seed import YEARS
from app.settings import Settings
from engine.calendar import ZONE
from engine.commands import calendar, releases
from engine.store import tables
from engine.store.database import Database
from engine.store.organisation import SETUP
from tests.bench.procedure import package

CLERK = "reception1.binhlieu"
DRAWN = datetime(2025, 6, 2, 9, tzinfo=ZONE)


def environment(url: str, files: Path, bind: str = "127.0.0.1:0") -> dict[str, str]:
    """The variables a process of this bench is started with."""
    return {
        "MOTCUA_DATABASE_URL": url,
        "MOTCUA_DATA_DIR": str(files),
        "MOTCUA_SECRET_KEY": "a key for the bench",
        "MOTCUA_BASE_URL": f"http://{bind}",
        "MOTCUA_BIND": bind,
    }


def opened(url: str, files: Path) -> Database:
    """The database as the application opens it."""
    settings = Settings.from_env(environment(url, files))
    return Database(settings.database_url, settings.data_dir, settings.base_url)


def furnish(url: str, files: Path) -> str:
    """Write offices, accounts, calendar and release into a migrated database; the password."""
    database = opened(url, files)
    with database.transaction(SETUP, DRAWN) as tx:
        passwords = {one.login: one.password for one in write_province(tx)}
        calendar.seed_official_days(tx, YEARS)
        digest = releases.publish(tx, package())
        releases.approve(tx, digest, "QĐ mẫu 98/2025")
        yesterday = wall_clock() - timedelta(days=1)
        releases.roll_out(tx, digest, model="two-level", valid_from=yesterday)
    database.dispose()
    return passwords[CLERK]


def next_task(database: Database, code: str) -> tuple[str, str] | None:
    """A step of the dossier that waits, as (task, step); None after the last."""
    tasks, dossiers = tables.tasks, tables.dossiers
    question = (
        select(tasks.c.id, tasks.c.step)
        .join(dossiers, dossiers.c.id == tasks.c.dossier)
        .where(dossiers.c.code == code, tasks.c.state == "open")
        .order_by(tasks.c.step)
        .limit(1)
    )
    with database.reading() as connection:
        row = connection.execute(question).first()
    return None if row is None else (row.id, row.step)
