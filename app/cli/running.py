"""Commands that run the platform and look after its database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from gunicorn.app.base import BaseApplication

from app import create_app
from app.database import wall_clock
from app.demo import seed as demo
from app.senders import console, senders
from app.settings import Settings
from engine import worker
from engine.queries.proof import breaches
from engine.store.database import Database

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_SQLITE = "sqlite:///"


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, told by our settings instead of its own files and flags."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Threads answer while one waits for the database; a worker that hangs is replaced."""
        for name, value in {
            "bind": self._settings.bind,
            "workers": self._settings.workers,
            "threads": 4,
            "worker_class": "gthread",
            "timeout": 60,
            # Longer than a reverse proxy keeps a connection it no longer uses (nginx 60 s,
            # Caddy 120 s): closed first from here, a posting on its way would be lost.
            "keepalive": 150,
            "graceful_timeout": 8,
            "proc_name": "motcua",
            "control_socket_disable": True,  # it would lie in somebody's home
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in every worker: a database connection never crosses a fork."""
        return create_app(self._settings)


def serve(asked: argparse.Namespace) -> int:
    """Answer browsers until SIGTERM or Ctrl-C."""
    Server(Settings.from_env()).run()
    return 0


def work(asked: argparse.Namespace) -> int:
    """Take due rows until SIGTERM or Ctrl-C."""
    with opened() as database:
        connected = senders(Settings.from_env())
        if asked.console:
            connected = {"mail": console, "sms": console} | connected
        worker.run(database, wall_clock, connected)
    return 0


def init(asked: argparse.Namespace) -> int:
    """Create or migrate."""
    upgrade(Settings.from_env().database_url)
    print("The database is up to date.")
    return 0


def upgrade(url: str) -> None:
    """Bring the database of that address to the newest tables."""
    if url.startswith(_SQLITE):
        Path(url.removeprefix(_SQLITE)).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def seed(asked: argparse.Namespace) -> int:
    """Fill an empty database; one that is not empty is left alone."""
    with opened() as database:
        if not demo.is_empty(database):
            print("The database is not empty: nothing was added.")
            return 0
        made = demo.seed(database, asked.processes, asked.forms, wall_clock())
    print(f"{made.procedures} procedures, {made.dossiers} dossiers. Accounts, shown this once:\n")
    width = max(len(account.login) for account in made.accounts)
    for account in made.accounts:
        print(f"  {account.login:<{width}}  {account.password}  {account.name}")
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Recompute every journal and every deadline; name whatever is not as it must be."""
    with opened() as database, database.reading() as connection:
        found = breaches(connection, wall_clock())
    for breach in found:
        print(breach)
    print("Not everything is in order." if found else "Everything is in order.")
    return 1 if found else 0


@contextmanager
def opened() -> Iterator[Database]:
    """The database of the settings, closed afterwards."""
    settings = Settings.from_env()
    database = Database(
        settings.database_url,
        settings.data_dir,
        settings.base_url,
        reports=bool(settings.lgsp_url),
    )
    try:
        yield database
    finally:
        database.dispose()
